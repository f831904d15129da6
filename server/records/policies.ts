import type { ObjectDef, Registry } from '../../shared/objects/index.ts';
import { parseFilter, passes, type Filter } from '../../shared/protocol/index.ts';
import { joined, type AnySql, type Fragment } from '../db/fragments.ts';
import type { Tx } from '../db/transaction.ts';
import { appendChanged } from '../outbox/append.ts';
import { merged, type Draft, type Work } from './behaviours/behaviour.ts';
import { filterSql } from './filterSql.ts';
import { markedSql, partsAreMarked, partsAreUnmarked } from './parts.ts';
import { valueSql } from './valueSql.ts';
import type { WriteContext, Writer } from './write.ts';

// Which rules, restrictions and shares a record falls under stands on the record, as one more fact: so that the three
// readings find it like an owner or a team, indexes serve it, parts carry it and the log tells when it changes. Whoever
// writes a record works it out from the values; `markSome` brings it to the records that were there before a rule was.

/** What a rule or restriction looks for; `filter` is null where nothing looks for it any more. */
interface Criteria {
  id: string;
  filter: Filter | null;
}

/** Writes onto each draft which criteria it fulfils; what else it holds (shares) stays. A part has it from its parent. */
export async function policiesFollow(
  { tx, object }: Pick<Work, 'tx' | 'object'>,
  drafts: readonly Draft[],
): Promise<void> {
  const field = object.facts.policies;
  if (field === undefined || object.parents.length > 0) return;
  const all = await criteriaOf(tx, object);
  if (all.length === 0) return;
  const known = new Set(all.map(({ id }) => id));
  for (const draft of drafts) {
    const record = { created_at: draft.at, ...merged(draft), id: draft.id };
    const fulfilled = all.filter(({ filter }) => filter !== null && passes(filter, record));
    const held = idsIn(draft.values[field] ?? draft.before?.[field]);
    const next = [...held.filter((id) => !known.has(id)), ...fulfilled.map(({ id }) => id)];
    if (!isSameSet(next, held)) draft.values[field] = next;
  }
}

/**
 * Keeps the criteria of an object as they are until the commit. Whoever makes or retires some holds them `alone`, and
 * before anything else (`holdPolicy` comes after): then every writer has either committed, and is found by `markSome`,
 * or will know them.
 */
export async function holdCriteria(tx: Tx, object: string, how: 'shared' | 'alone'): Promise<void> {
  await (how === 'shared'
    ? tx`select pg_advisory_xact_lock_shared(${LOCK}, hashtext(${object}))`
    : tx`select pg_advisory_xact_lock(${LOCK}, hashtext(${object}))`);
}
const LOCK = 7_101;

async function criteriaOf(tx: Tx, object: ObjectDef): Promise<Criteria[]> {
  // Two statements, for the second must look after the first has waited; sent together.
  const [, rows] = await Promise.all([
    holdCriteria(tx, object.name, 'shared'),
    tx<{ id: string; filter: unknown }[]>`
      select id, case when retired_at is null then filter end as filter
      from criteria where object = ${object.name} order by id
    `,
  ]);
  return rows.map(({ id, filter }) => ({
    id,
    filter: filter === null ? null : criteriaFilter(object, id, filter),
  }));
}

// What an id stands for never changes, so each is read once for every registry.
const parsedOnes = new WeakMap<ObjectDef, Map<string, Filter | null>>();

/** What criteria of that id look for; null for those on a field that is gone: nothing fulfils them. */
export function criteriaFilter(object: ObjectDef, id: string, json: unknown): Filter | null {
  let known = parsedOnes.get(object);
  if (!known) parsedOnes.set(object, (known = new Map()));
  let filter = known.get(id);
  if (filter === undefined) known.set(id, (filter = read(object, json)));
  return filter;
}

function read(object: ObjectDef, json: unknown): Filter | null {
  try {
    return parseFilter(object, json);
  } catch {
    return null;
  }
}

/** Ids of the records that pass a filter, whoever may see them, those in the bin too, as a subselect. */
export const passingSql = (sql: AnySql, object: ObjectDef, filter: Filter): Fragment =>
  sql`(select m.id from ${unmaskedSql(sql, object)} m where ${filterSql(sql, object, filter, 'm')})`;

/** All rows with their values, by the fields' names, as a subselect. */
export function unmaskedSql(sql: AnySql, object: ObjectDef): Fragment {
  const columns = Object.values(object.fields).map(
    (field) => sql`${valueSql(sql, field, 'r')} as ${sql(field.name)}`,
  );
  return sql`(select r.id, r.created_at, ${joined(sql, columns, sql`, `)} from ${sql(object.table)} r)`;
}

export interface Marked {
  /** Where the next call goes on; null: all are marked. */
  last: string | null;
  /** How many fulfil them, and how many of these did not have the id yet. */
  found: number;
  changed: number;
}

/**
 * Marks some of the records that fulfil criteria (made and committed before) with their id, in the order of record ids,
 * from `after` on; each with a new version and its event.
 */
export async function markSome(
  tx: Tx,
  app: Writer,
  ctx: WriteContext,
  object: ObjectDef,
  criteria: { id: string; filter: Filter },
  { after, limit }: { after: string | null; limit: number },
): Promise<Marked> {
  const { id, filter } = criteria;
  const found = await tx<{ id: string }[]>`
    select p.id from ${passingSql(tx, object, filter)} p
    where ${after === null ? tx`true` : tx`p.id > ${after}::uuid`} order by p.id limit ${limit}
  `;
  const ids = found.map((row) => row.id);
  const field = object.facts.policies;
  if (ids.length === 0 || field === undefined) return { last: null, found: ids.length, changed: 0 };
  // Others may have changed them since: whoever did has known the criteria, and only those that lack the id are behind.
  // What is looked at after they are locked is what stays.
  await tx`select 1 from ${tx(object.table)} where id = any (${ids}::uuid[]) order by id for no key update`;
  const before = tx`
    select id, policy_ids from ${tx(object.table)}
    where id = any (${ids}::uuid[]) and not policy_ids @> array[${id}::uuid] and id in ${passingSql(tx, object, filter)}
  `;
  const marked = markedSql(tx, object, { before, policies: tx`old_row.policy_ids || ${id}::uuid` });
  const changed = await appendChanged(tx, marked, { object: object.name, ...ctx });
  if (changed > 0) await partsAreMarked(tx, app.registry, object, ids, ctx);
  return { last: ids.length < limit ? null : (ids.at(-1) ?? null), found: ids.length, changed };
}

/** How many records pass a filter, as `passingSql` finds them. */
export async function countPassing(tx: Tx, object: ObjectDef, filter: Filter): Promise<number> {
  const [row] = await tx<[{ many: number }]>`
    select count(*)::int as many from ${passingSql(tx, object, filter)} p
  `;
  return row.many;
}

/**
 * Takes an id that nobody can hold any more (of retired criteria, of a share that is over) off some records, and off
 * their parts; in the order of their ids, from `after` on. It is no change of theirs: no version, no event. Answers where
 * the next call goes on; null: no record has it any more.
 */
export async function unmarkSome(
  tx: Tx,
  registry: Registry,
  object: ObjectDef,
  id: string,
  { after, limit }: { after: string | null; limit: number },
): Promise<string | null> {
  const rows = await tx<{ id: string }[]>`
    with chosen as (
      select id from ${tx(object.table)}
      where policy_ids @> array[${id}::uuid] and ${after === null ? tx`true` : tx`id > ${after}::uuid`}
      order by id limit ${limit} for no key update
    )
    update ${tx(object.table)} r set policy_ids = array_remove(r.policy_ids, ${id}::uuid)
    from chosen where chosen.id = r.id returning r.id
  `;
  const ids = rows.map((row) => row.id).sort();
  await partsAreUnmarked(tx, registry, object, ids, id);
  return ids.length < limit ? null : (ids.at(-1) ?? null);
}

const idsIn = (value: unknown): string[] => (Array.isArray(value) ? (value as string[]) : []);

const isSameSet = (a: readonly string[], b: readonly string[]): boolean =>
  a.length === b.length && a.every((id) => b.includes(id));
