import type { Actor } from '../../shared/access/index.ts';
import type { ObjectDef, Registry } from '../../shared/objects/index.ts';
import type { Filter } from '../../shared/protocol/index.ts';
import { isUnavailable } from '../db/failures.ts';
import { joined, type AnySql } from '../db/fragments.ts';
import { filterSql } from './filterSql.ts';
import { maskedSql } from './readSql.ts';

/**
 * How many records of an object pass each of the filters, as the actor sees them: all of them counted in one pass, as
 * each would be by `readTotals`. Whether the actor may ask by these fields is for the caller to see to.
 */
export async function readCounts(
  sql: AnySql,
  actor: Actor,
  registry: Registry,
  object: ObjectDef,
  filters: readonly Filter[],
): Promise<number[]> {
  if (filters.length === 0) return [];
  const counts = filters.map(
    (filter) => sql`count(*) filter (where ${filterSql(sql, object, filter, 'm')})::int`,
  );
  const [row] = await sql<{ counts: number[] }[]>`
    select array[${joined(sql, counts, sql`, `)}] as counts from ${maskedSql(sql, actor, registry, object)} m
  `;
  return row?.counts ?? [];
}

/** How many pass one filter: counted up to a limit, and beyond it, or where that takes too long, as the store guesses. */
export async function countOrGuess(
  sql: AnySql,
  actor: Actor,
  registry: Registry,
  object: ObjectDef,
  filter: Filter,
  limit: number,
): Promise<{ rows: number; isGuess: boolean }> {
  const passing = sql`
    select from ${maskedSql(sql, actor, registry, object)} m where ${filterSql(sql, object, filter, 'm')}
  `;
  const [counted] = await sql<{ rows: number }[]>`
    select count(*)::int as rows from (${passing} limit ${limit + 1}) passing
  `.catch((error: unknown) => {
    if (isUnavailable(error)) return [];
    throw error;
  });
  if (counted && counted.rows <= limit) return { rows: counted.rows, isGuess: false };
  const [plan] = await sql<
    { 'QUERY PLAN': [{ Plan: { 'Plan Rows': number } }] }[]
  >`explain (format json) ${passing}`;
  return {
    rows: Math.max(counted?.rows ?? 0, plan?.['QUERY PLAN'][0].Plan['Plan Rows'] ?? 0),
    isGuess: true,
  };
}
