/** A piece of a message: plain text, or a link where `href` is given. */
export interface Part {
  text: string;
  href?: string;
}

const LINKS_MAX = 50;
const HREF_MAX = 2_000;
/** Without what cannot be seen, and so could make an address look like another one. */
const ADDRESS = /https?:\/\/[^\s<>"`\p{Cc}\p{Cf}，。；：！？、（）【】《》「」“”‘’]+/giu;
/** What a sentence puts behind an address. */
const TRAILING = /[.,;:!?'*_~]+$/u;

/** Splits a message so that its addresses can be links: http and https only, everything else stays text. */
export function partsOf(body: string): Part[] {
  const parts: Part[] = [];
  let end = 0;
  let links = 0;
  for (const { 0: found, index } of body.matchAll(ADDRESS)) {
    // Trimming takes time by the square of the length.
    if (found.length > HREF_MAX || links >= LINKS_MAX) continue;
    const text = trimmed(found);
    const href = hrefOf(text);
    if (href === null) continue;
    if (index > end) parts.push({ text: body.slice(end, index) });
    parts.push({ text, href });
    end = index + text.length;
    links += 1;
  }
  if (end < body.length || parts.length === 0) parts.push({ text: body.slice(end) });
  return parts;
}

/** The address without the punctuation of the sentence around it. */
function trimmed(found: string): string {
  // Chinese and Japanese go on behind an address without a space; within a path they belong to it.
  let text = found.replace(/^(https?:\/\/[^/?#\p{sc=Han}\p{sc=Hiragana}\p{sc=Katakana}]+)[\p{sc=Han}\p{sc=Hiragana}\p{sc=Katakana}].*$/iu, '$1'); // prettier-ignore
  for (let before = ''; before !== text;) {
    before = text;
    text = text.replace(TRAILING, '');
    for (const [open, close] of BRACKETS)
      if (text.endsWith(close) && count(text, close) > count(text, open)) text = text.slice(0, -1);
  }
  return text;
}

const BRACKETS: readonly [string, string][] = [
  ['(', ')'],
  ['[', ']'],
  ['{', '}'],
];

const count = (text: string, letter: string): number => text.split(letter).length - 1;

/** Null for what is no address, or one that pretends to be another: `https://bank.example@evil.example`. */
function hrefOf(text: string): string | null {
  if (!URL.canParse(text)) return null;
  const { protocol, username, password, href } = new URL(text);
  if (protocol !== 'https:' && protocol !== 'http:') return null;
  return username === '' && password === '' ? href : null;
}
