import type { Actor, MaskedRecord } from '../../shared/access/index.ts';
import { isId } from '../../shared/lib/ids.ts';
import type { ObjectDef, Registry } from '../../shared/objects/index.ts';
import type { AnySql } from '../db/fragments.ts';
import type { App } from '../lib/app.ts';
import { maskedSql, toMasked, type MaskedRow } from '../records/readSql.ts';

/** One record as the actor may see it; null alike for one that is not there and one that is not theirs to see. */
export function findRecord(
  app: App,
  actor: Actor,
  object: ObjectDef,
  id: string,
): Promise<MaskedRecord | null> {
  return findMasked(app.sql, actor, app.registry, object, id);
}

/** The same within a transaction. */
export async function findMasked(
  sql: AnySql,
  actor: Actor,
  registry: Registry,
  object: ObjectDef,
  id: string,
): Promise<MaskedRecord | null> {
  if (!isId(id)) return null;
  const [row] = await sql<MaskedRow[]>`
    select * from ${maskedSql(sql, actor, registry, object)} m where m.id = ${id}::uuid
  `;
  return row ? toMasked(actor, registry, object, row) : null;
}
