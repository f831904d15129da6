import type { MaskedRecord } from '../../shared/access/index.ts';
import {
  compareIn,
  maskTag,
  SOCKET_LIMITS,
  type OpenAnswer,
  type View,
} from '../../shared/protocol/index.ts';

/** What is held of a view when it is opened anew, so that its answer need hold the differences only. */
export interface Resume {
  /** The cursor of the answer that it came by. */
  since: string;
  rows: readonly MaskedRecord[];
}

/** The same as it is told; null: there is too much of it, or nothing, and the answer must be whole. */
export function told({ since, rows }: Resume): { since: string; have: [string, number, string][] } | null {
  if (rows.length === 0 || rows.length > SOCKET_LIMITS.have) return null;
  return { since, have: rows.map((row) => [row.id, row.version, maskTag(row)]) };
}

/** The page that an answer comes to: all rows in their order, those that were not told again just as they were held. */
export function wholePage(view: View, answer: OpenAnswer, held: Resume | null): OpenAnswer {
  if (answer.reset || !held) return answer;
  const { gone = [], later = [] } = answer;
  const others = new Set([...gone, ...later, ...answer.rows.map((row) => row.id)]);
  const rows = [...answer.rows, ...held.rows.filter((row) => !others.has(row.id))];
  return { ...answer, rows: rows.sort((a, b) => compareIn(view, a, b)) };
}
