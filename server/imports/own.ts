import { holds, type Actor, type Image, type MaskedRecord } from '../../shared/access/index.ts';
import type { ObjectDef } from '../../shared/objects/index.ts';
import { notAllowed, notFound, type ImportMap, type ImportResult } from '../../shared/protocol/index.ts';
import type { AnySql } from '../db/fragments.ts';
import type { App } from '../lib/app.ts';
import { findMasked } from '../records/readView.ts';

/** What there is to an import beside its record: a row of `import_plan`. */
export interface Plan {
  map: ImportMap | null;
  result: ImportResult | null;
  /** What it does, or did last. */
  doing: Doing | null;
  phase: 'rows' | 'links';
  /** Rows gone through: where it goes on. */
  at: number;
  /** Since when the file is not kept any more. */
  forgotten_at: string | null;
}
export type Doing = 'check' | 'run' | 'undo';

export interface OwnImport<R extends Image | MaskedRecord> {
  record: R;
  object: ObjectDef;
  plan: Plan;
}

/** An import to look at: for whoever began it, as long as they may bring in files. @throws ApiError `not_found`, `not_allowed` */
export async function findOwnImport(app: App, actor: Actor, id: string): Promise<OwnImport<MaskedRecord>> {
  return ownImport(
    app.sql,
    app,
    actor,
    await findMasked(app.sql, actor, app.registry, app.registry.get('import'), id),
  );
}

/** The import of this record, if it is this person's to work with. @throws ApiError `not_found`, `not_allowed` */
export async function ownImport<R extends Image | MaskedRecord>(
  sql: AnySql,
  { registry }: Pick<App, 'registry'>,
  actor: Actor,
  record: R | null,
): Promise<OwnImport<R>> {
  if (!record) throw notFound();
  if (record['owner'] !== actor.userId) throw notAllowed('import.owner');
  if (!holds(actor, 'import')) throw notAllowed('import');
  const object = registry.find(String(record['object']));
  if (!object) throw notFound();
  return { record, object, plan: await planOf(sql, record.id) };
}

export async function planOf(sql: AnySql, id: string): Promise<Plan> {
  const [plan] = await sql<Plan[]>`
    select map, result, doing, phase, at, forgotten_at from import_plan where import_id = ${id}
  `;
  if (!plan) throw notFound();
  return plan;
}
