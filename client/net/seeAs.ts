import { parseSeeAs, SEE_AS_HEADER, seeAsText, type SeeAs } from '../../shared/protocol/seeAs.ts';

// As whom this tab looks: said with every request of it, so that nothing is asked or done as somebody else by mistake.

const KEY = 'see-as';
/** What is said and done as oneself all the same. */
const OWN = ['/api/see-as', '/api/session'];

let current = read();

/** Null: as oneself. */
export const looksAs = (): SeeAs | null => current;

/** Kept for this tab, over reloads. To be followed by one: what was asked as somebody else must not stay. */
export function lookAs(as: SeeAs | null): void {
  current = as;
  if (as === null) sessionStorage.removeItem(KEY);
  else sessionStorage.setItem(KEY, seeAsText(as));
}

export const isAsOneself = (path: string): boolean =>
  current === null || OWN.some((own) => path === own || path.startsWith(`${own}?`));

export const seeAsHeader = (path: string): Record<string, string> =>
  current === null || isAsOneself(path) ? {} : { [SEE_AS_HEADER]: seeAsText(current) };

function read(): SeeAs | null {
  const stored = typeof sessionStorage === 'undefined' ? null : sessionStorage.getItem(KEY);
  try {
    return stored === null ? null : parseSeeAs(stored);
  } catch {
    return null;
  }
}
