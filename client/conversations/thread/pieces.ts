import { firstName as firstNameOf } from '../../../shared/lib/names.ts';
/** A stretch of what was said: plain, a link, or a colleague's name. */
export type Piece =
  | { kind: 'text'; text: string }
  | { kind: 'link'; text: string; href: string }
  | { kind: 'mention'; text: string; id: string };

export interface Mentionable {
  id: string;
  name: string;
}

const LINK_MAX = 2_000;
const LINK = /https?:\/\/[^\s<>"'`]+/giu;

/**
 * What was said, cut into what is drawn differently. Only http and https become links, and only the names of those who
 * were really mentioned become chips; everything else stays the text it is.
 */
export function piecesOf(body: string, mentioned: readonly Mentionable[] = []): Piece[] {
  const pieces: Piece[] = [];
  let from = 0;
  for (const match of body.matchAll(LINK)) {
    const text = withoutEnd(match[0]);
    const href = safeHref(text);
    if (href === null) continue;
    pieces.push(...withMentions(body.slice(from, match.index), mentioned));
    pieces.push({ kind: 'link', text, href });
    from = match.index + text.length;
  }
  pieces.push(...withMentions(body.slice(from), mentioned));
  return pieces;
}

function withMentions(text: string, mentioned: readonly Mentionable[]): Piece[] {
  const pieces: Piece[] = [];
  let from = 0;
  for (const { start, end, id } of mentionsIn(text, mentioned)) {
    if (start > from) pieces.push({ kind: 'text', text: text.slice(from, start) });
    pieces.push({ kind: 'mention', text: text.slice(start, end), id });
    from = end;
  }
  if (from < text.length) pieces.push({ kind: 'text', text: text.slice(from) });
  return pieces;
}

/** Where these people are named with an `@`, by their whole or their first name; the longer of two counts. */
export function mentionsIn(
  text: string,
  people: readonly Mentionable[],
): { start: number; end: number; id: string }[] {
  const forms = people
    .flatMap(({ id, name }) => [...new Set([name, firstNameOf(name)])].map((form) => ({ id, form })))
    .filter(({ form }) => form !== '')
    .sort((a, b) => b.form.length - a.form.length);
  const found: { start: number; end: number; id: string }[] = [];
  for (let at = text.indexOf('@'); at !== -1; at = text.indexOf('@', at + 1)) {
    // The middle of a mail address mentions nobody.
    if (WORD.test(text.charAt(at - 1))) continue;
    const rest = text.slice(at + 1);
    const hit = forms.find(({ form }) => rest.startsWith(form) && !WORD.test(rest.charAt(form.length)));
    if (!hit) continue;
    found.push({ start: at, end: at + 1 + hit.form.length, id: hit.id });
    at += hit.form.length;
  }
  return found;
}

const WORD = /[\p{L}\p{N}_]/u;

/** Without the full stop, comma or bracket that ends the sentence rather than the address. */
function withoutEnd(link: string): string {
  let end = link.length;
  for (; end > 0; end--) {
    const last = link[end - 1] ?? '';
    const text = link.slice(0, end);
    const opened = last === ')' && count(text, '(') >= count(text, ')');
    if (opened || !'.,;:!?)]}…»”’'.includes(last)) break;
  }
  return link.slice(0, end);
}

const count = (text: string, character: string): number => text.split(character).length - 1;

function safeHref(text: string): string | null {
  if (text.length > LINK_MAX || !URL.canParse(text)) return null;
  const url = new URL(text);
  return url.protocol === 'https:' || url.protocol === 'http:' ? url.href : null;
}
