import type { ApiError } from '../../../shared/protocol/errors.ts';

/** What the server has against a map, each where it belongs. */
export interface MapProblems {
  columns: Record<string, string>;
  set: Record<string, string>;
  match: string | null;
  /** What belongs nowhere in particular. */
  other: string[];
}

export const NO_PROBLEMS: MapProblems = { columns: {}, set: {}, match: null, other: [] };

/** Sorts a refusal by `columns.HEAD`, `set.TARGET` and `match`; a bare head is a column too. */
export function mapProblems({ message, details }: ApiError, heads: readonly string[]): MapProblems {
  const problems: MapProblems = { columns: {}, set: {}, match: null, other: [] };
  for (const [key, text] of Object.entries(details.fields ?? {})) {
    // Said by the screen itself, from the targets.
    if (key.startsWith('targets.')) continue;
    const head = headOf(key, heads);
    if (head !== null) problems.columns[head] = text;
    else if (key.startsWith('set.')) problems.set[key.slice(4)] = text;
    else if (key === 'match' || key.startsWith('match.')) problems.match = text;
    else problems.other.push(`${key}: ${text}`);
  }
  if (Object.keys(details.fields ?? {}).length === 0) problems.other.push(message);
  return problems;
}

export const hasProblems = ({ columns, set, match, other }: MapProblems): boolean =>
  Object.keys(columns).length + Object.keys(set).length + other.length > 0 || match !== null;

/** The longest head that the key names: heads may hold dots themselves. */
function headOf(key: string, heads: readonly string[]): string | null {
  const path = key.startsWith('columns.') ? key.slice(8) : key;
  const within = heads.filter((head) => path === head || path.startsWith(`${head}.`));
  return within.sort((a, b) => b.length - a.length)[0] ?? null;
}
