import type { Fragment } from '../../server/db/fragments.ts';
import type { Sql } from '../../server/db/connect.ts';

// Values that follow from the number `i` of their row, so that each run has the same world.

/** The share of a row that falls to something, 0 to 1: as good as random, and the same in every run. */
export const share = (sql: Sql, salt: number): Fragment =>
  sql`((hashint8extended(i::bigint, ${salt}::bigint) & 2147483647) / 2147483648.0)`;

/** One of a list. */
export const one = (sql: Sql, list: readonly string[], salt: number): Fragment =>
  sql`(${[...list]}::text[])[1 + floor(${share(sql, salt)} * ${list.length}::int)::int]`;

/** A moment within the last so many days. */
export const moment = (sql: Sql, days: number, salt: number): Fragment =>
  sql`date_trunc('milliseconds', timestamptz '2026-11-01' - ${share(sql, salt)} * ${days}::int * interval '1 day')`;

export interface Ids<K extends string> {
  /** The id of the n-th of a kind. */
  of: (kind: K, n: number) => string;
  /** The same where `n` is an expression. */
  sql: (sql: Sql, kind: K, n: Fragment) => Fragment;
}

/** Ids by kind and number. */
export function madeIds<K extends string>(kinds: readonly K[]): Ids<K> {
  const head = (kind: K) => `0190${String(kinds.indexOf(kind)).padStart(4, '0')}-0000-7000-8000-`;
  return {
    of: (kind, n) => `${head(kind)}${String(n).padStart(12, '0')}`,
    sql: (sql, kind, n) => sql`(${head(kind)}::text || lpad((${n})::text, 12, '0'))::uuid`,
  };
}
