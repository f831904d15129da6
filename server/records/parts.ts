import { factIds, type Image } from '../../shared/access/index.ts';
import { sameValue } from '../../shared/fields/index.ts';
import { columnOf, FACTS, type ObjectDef, type Registry } from '../../shared/objects/index.ts';
import { allOf, type Fragment } from '../db/fragments.ts';
import type { Tx } from '../db/transaction.ts';
import { appendChanged, appendEvents, type Change } from '../outbox/append.ts';
import { columnsOf, type Values } from './columns.ts';
import { imageSql } from './imageSql.ts';

// A part (an activity of a deal) is seen with its parent, so it carries the parent's facts and shares its fate. Each
// part changed along has its own event, and none of them an entry in history.

/** The facts that a part has from its parent, by the part's own field names. */
export function factsFor(part: ObjectDef, parentObject: ObjectDef, parent: Image): Values {
  const facts: Values = {};
  for (const fact of FACTS) {
    const field = part.facts[fact];
    if (field === undefined) continue;
    const ids = factIds(parentObject, parent, fact);
    facts[field] = part.fields[field]?.kind === 'relations' ? [...ids] : (ids[0] ?? null);
  }
  return facts;
}

/** After a change of a record: its parts get its facts if these changed, and go where it went. */
export async function partsFollow(
  tx: Tx,
  registry: Registry,
  object: ObjectDef,
  {
    before,
    after,
    actorId,
    requestId,
    at,
  }: Pick<Change, 'before' | 'after' | 'actorId' | 'requestId' | 'at'>,
): Promise<void> {
  if (!before) return;
  const facts = FACTS.some((fact) => !sameValue(factIds(object, before, fact), factIds(object, after, fact)));
  const bin = before.deleted_at !== after.deleted_at;
  if (!facts && !bin) return;

  for (const { part, field } of registry.partsOf(object.name)) {
    // Those that went into the bin before their parent stay there when it comes back.
    const concerned = bin
      ? tx`${tx(`${part.table}.deleted_at`)} is not distinct from ${before.deleted_at}`
      : tx`true`;
    const old = await lockWhere(tx, part, tx`${isPartOf(tx, part, field, [after.id])} and ${concerned}`);
    const { columns } = columnsOf(tx, part, factsFor(part, object, after));
    const op = !bin ? 'update' : after.deleted_at === null ? 'restore' : 'delete';
    const next = { ...columns, ...(bin ? { deleted_at: after.deleted_at } : {}) };
    await changeAll(tx, part, old, next, { op, actorId, requestId, at });
  }
}

/** The same for many records of one object that have gone into the bin at one moment: their parts go with them. */
export async function partsGo(
  tx: Tx,
  registry: Registry,
  object: ObjectDef,
  gone: readonly Image[],
  by: Pick<Change, 'actorId' | 'requestId' | 'at'>,
): Promise<void> {
  const [one] = gone;
  if (!one) return;
  const ids = gone.map(({ id }) => id);
  for (const { part, field } of registry.partsOf(object.name)) {
    const isThere = tx`${tx(`${part.table}.deleted_at`)} is null`;
    const old = await lockWhere(tx, part, tx`${isPartOf(tx, part, field, ids)} and ${isThere}`);
    await changeAll(tx, part, old, { deleted_at: one.deleted_at }, { op: 'delete', ...by });
  }
}

/** The parts of records that have just been marked (see policies.ts) get what their parents fall under. */
export async function partsAreMarked(
  tx: Tx,
  registry: Registry,
  object: ObjectDef,
  ids: readonly string[],
  by: Pick<Change, 'actorId' | 'requestId'>,
): Promise<void> {
  for (const { part, field } of registry.partsOf(object.name)) {
    const named = part.fields[field];
    const parent = tx(`${part.table}.${named ? columnOf(named) : field}`);
    const before = tx`
      select id, policy_ids from ${tx(part.table)} where ${isPartOf(tx, part, field, ids)}
      order by id for no key update
    `;
    const policies = tx`(select p.policy_ids from ${tx(object.table)} p where p.id = ${parent})`;
    await appendChanged(tx, markedSql(tx, part, { before, policies }), { object: part.name, ...by });
  }
}

/** A statement that gives rows (their `id` and `policy_ids` before) what they fall under, for `appendChanged`. */
export function markedSql(
  tx: Tx,
  object: ObjectDef,
  { before, policies }: { before: Fragment; policies: Fragment },
): Fragment {
  const field = object.facts.policies ?? 'policies';
  const table = tx(object.table);
  return tx`
    update ${table} set policy_ids = ${policies}, version = ${tx(`${object.table}.version`)} + 1,
      updated_at = clock_timestamp()
    from (${before}) old_row where ${tx(`${object.table}.id`)} = old_row.id
    returning ${tx(`${object.table}.id`)}, ${tx(`${object.table}.version`)},
      ${imageSql(tx, object, object.table)} as after,
      jsonb_build_object(${field}::text, old_row.policy_ids) as old
  `;
}

/** The same when an id that nobody holds has been taken off their parents: it is no change of theirs. */
export async function partsAreUnmarked(
  tx: Tx,
  registry: Registry,
  object: ObjectDef,
  ids: readonly string[],
  id: string,
): Promise<void> {
  for (const { part, field } of registry.partsOf(object.name)) {
    await tx`
      update ${tx(part.table)} set policy_ids = array_remove(policy_ids, ${id}::uuid)
      where ${isPartOf(tx, part, field, ids)} and policy_ids @> array[${id}::uuid]
    `;
  }
}

/** Gives parts that are locked the same columns, each with its event. */
async function changeAll(
  tx: Tx,
  part: ObjectDef,
  old: readonly Image[],
  columns: Record<string, unknown>,
  event: Pick<Change, 'op' | 'actorId' | 'requestId' | 'at'>,
): Promise<void> {
  if (old.length === 0) return;
  const next: Record<string, unknown> = {
    ...columns,
    version: tx`version + 1`,
    updated_at: tx`clock_timestamp()`,
  };
  const rows = await tx<{ image: Image }[]>`
    update ${tx(part.table)} set ${tx(next)}
    where id = any (${old.map(({ id }) => id)}::uuid[])
    returning ${imageSql(tx, part, part.table)} as image
  `;
  const now = new Map(rows.map(({ image }) => [image.id, image]));
  const events = old.map((image): Change => ({
    ...event,
    object: part.name,
    keep: false,
    before: image,
    after: now.get(image.id) ?? image,
  }));
  await appendEvents(tx, events);
}

/** Locks records, in one order for all, and answers them as they are, those in the bin too. */
export const lockImages = (tx: Tx, object: ObjectDef, ids: readonly string[]): Promise<Image[]> =>
  lockWhere(tx, object, tx`${tx(`${object.table}.id`)} = any (${[...ids]}::uuid[])`);

async function lockWhere(tx: Tx, object: ObjectDef, condition: Fragment): Promise<Image[]> {
  const rows = await tx<{ image: Image }[]>`
    select ${imageSql(tx, object, object.table)} as image from ${tx(object.table)}
    where ${condition} order by id for no key update
  `;
  return rows.map(({ image }) => image);
}

/** The part names one of these in that field, and none before it: only the first that is set is the parent. */
function isPartOf(tx: Tx, part: ObjectDef, field: string, ids: readonly string[]): Fragment {
  const columns = part.parents.slice(0, part.parents.indexOf(field) + 1).map((name) => {
    const named = part.fields[name];
    const column = tx(`${part.table}.${named ? columnOf(named) : name}`);
    return name === field ? tx`${column} = any (${[...ids]}::uuid[])` : tx`${column} is null`;
  });
  return allOf(tx, columns);
}
