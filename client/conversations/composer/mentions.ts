import { firstName as firstNameOf } from '../../../shared/lib/names.ts';
import { mentionsIn, type Mentionable } from '../thread/pieces.ts';

/** An `@` with what is typed after it, up to the caret. */
export interface Query {
  /** Where the `@` stands. */
  start: number;
  text: string;
}

const QUERY_MAX = 40;
const OFFERED_MAX = 8;

/** What is being looked for where the caret stands; null where nobody is being mentioned. */
export function queryAt(text: string, caret: number): Query | null {
  const match = /(?:^|[\s(,])@([\p{L}\p{M}\p{N}'’.-]*(?: [\p{L}\p{M}\p{N}'’.-]*)?)$/u.exec(
    text.slice(0, caret),
  );
  const typed = match?.[1];
  if (typed === undefined || typed.length > QUERY_MAX) return null;
  return { start: caret - typed.length - 1, text: typed };
}

/** Whom the text can mean: a word of the name begins with it, whatever the accents. Those whose name begins so first. */
export function matchPeople<P extends Mentionable>(people: readonly P[], typed: string): P[] {
  const wanted = plain(typed).trim();
  const begins = (name: string) => plain(name).startsWith(wanted);
  const found = people.filter(
    ({ name }) => begins(name) || name.split(/[\s-]+/).some((word) => begins(word)),
  );
  return found
    .toSorted((a, b) => Number(begins(b.name)) - Number(begins(a.name)) || a.name.localeCompare(b.name))
    .slice(0, OFFERED_MAX);
}

/** How somebody is written in a text: by the first name where only one person has it. */
export function formOf(person: Mentionable, people: readonly Mentionable[]): string {
  const first = firstNameOf(person.name);
  const same = people.some((other) => other.id !== person.id && firstNameOf(other.name) === first);
  return same ? person.name : first;
}

/** The text with the query replaced by a name, and where the caret is then. */
export function insertName(
  text: string,
  caret: number,
  { start }: Query,
  form: string,
): { text: string; caret: number } {
  const after = text.slice(caret);
  const inserted = `@${form}${/^\s/.test(after) ? '' : ' '}`;
  return {
    text: text.slice(0, start) + inserted + after,
    caret: start + inserted.length + (/^\s/.test(after) ? 1 : 0),
  };
}

/** Those of the mentioned whose name still stands in the text. */
export const stillMentioned = (text: string, mentioned: readonly Mentionable[]): string[] => [
  ...new Set(mentionsIn(text, mentioned).map(({ id }) => id)),
];

/** For comparing: without accents, and with the letters that Unicode does not take apart. */
const plain = (text: string): string =>
  text
    .normalize('NFD')
    .replace(/\p{M}/gu, '')
    .toLocaleLowerCase()
    .replace(/[øæßłđœ]/g, (letter) => LETTERS[letter] ?? letter);
const LETTERS: Record<string, string> = { ø: 'o', æ: 'ae', ß: 'ss', ł: 'l', đ: 'd', œ: 'oe' };
