import type { Actor } from '../../shared/access/index.ts';
import type { ObjectDef, Registry } from '../../shared/objects/index.ts';
import { readableSql } from '../access/predicate.ts';
import { readsAll } from '../access/reaches.ts';
import type { AnySql } from '../db/fragments.ts';

/**
 * How many records of an object somebody reads: by the store's guess, made once for all who have the same rights. Infinity
 * for whoever reads all.
 */
export async function guessReads(
  sql: AnySql,
  actor: Actor,
  registry: Registry,
  object: ObjectDef,
): Promise<number> {
  if (readsAll(actor, registry, object)) return Infinity;
  const key = `${object.name} ${actor.fingerprint}`;
  const known = guesses.get(key);
  if (known !== undefined && performance.now() < known.until_ms) return known.rows;
  const [plan] = await sql<{ 'QUERY PLAN': [{ Plan: { 'Plan Rows': number } }] }[]>`
    explain (format json) select from ${sql(object.table)} r where ${readableSql(sql, actor, registry, object, 'r')}
  `;
  const rows = plan?.['QUERY PLAN'][0].Plan['Plan Rows'] ?? Infinity;
  if (guesses.size >= GUESSES) guesses.clear();
  guesses.set(key, { rows, until_ms: performance.now() + GOOD_FOR_MS });
  return rows;
}

const GOOD_FOR_MS = 10 * 60_000;
const GUESSES = 20_000;
const guesses = new Map<string, { rows: number; until_ms: number }>();
