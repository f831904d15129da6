import { toJson } from '../../server/db/json.ts';
import type { Sql } from '../../server/db/connect.ts';
import { transaction } from '../../server/db/transaction.ts';
import { markSome } from '../../server/records/policies.ts';
import { fetchImage } from '../../server/records/imageSql.ts';
import { changeRecord } from '../../server/records/write.ts';
import { KINDS, type Field, type Value } from '../../shared/fields/index.ts';
import { must } from '../../shared/lib/must.ts';
import type { ObjectDef, Registry } from '../../shared/objects/index.ts';
import { parseFilter } from '../../shared/protocol/index.ts';
import type { Dice } from './dice.ts';
import { randomValue } from './randomValues.ts';

// Rules, restrictions and shares thrown with dice into a random organisation.

export const SHARED_OBJECTS = ['company', 'contact', 'product', 'deal', 'ticket'];
// Told of a fixed time, so that two stores from one seed are the same.
const ctx = { actorId: null, requestId: 'test', at: '2026-01-02T03:04:05.678Z' };

/** Whom a rule or share may name, by kind, and the records there are. */
export interface Means {
  sql: Sql;
  dice: Dice;
  registry: Registry;
  targets: Record<'user' | 'team' | 'role' | 'territory', readonly string[]>;
  ids: Readonly<Record<string, readonly string[]>>;
  /** Fields, by object, that no rule asks for. */
  unasked: Readonly<Record<string, readonly string[]>>;
}

/** Some rules and restrictions on random criteria, filled onto the records that are there, and some shares. */
export async function randomSharing(means: Means, count: number): Promise<void> {
  for (let i = 0; i < count; i++) {
    await addRule(means, i % 3 === 2 ? 'restriction' : 'sharing_rule');
    await addShare(means);
    await addShare(means);
  }
}

/** Rules and restrictions come, are switched on and off; shares come and end. */
export async function moveSharing(means: Means): Promise<void> {
  const { sql, dice } = means;
  await randomSharing(means, dice.int(1, 2));
  for (const table of ['sharing_rule', 'restriction', 'share']) {
    const rows = await sql<{ id: string }[]>`select id from ${sql(table)} order by id`;
    const ids = dice.some(rows, 0.3).map(({ id }) => id);
    const change = table === 'share' ? sql`ends_at = now()` : sql`active = not active`;
    await sql`update ${sql(table)} set ${change} where id = any (${ids}::uuid[])`;
  }
}

/** Another rule or restriction, with its id on every record that passes. */
export async function addRule(
  means: Means,
  what: 'sharing_rule' | 'restriction',
  sure?: { object: string; filter: Record<string, unknown>; role?: string },
): Promise<void> {
  const { sql, dice, registry } = means;
  const object = registry.get(sure?.object ?? dice.pick(SHARED_OBJECTS));
  const id = dice.id();
  const criteria = await addCriteria(means, object, sure?.filter ?? randomCriteria(means, object));
  const active = sure !== undefined || dice.chance(0.85);
  if (what === 'restriction') {
    const excepted = sure ? [] : dice.some(means.targets.role, 0.3);
    // Changed, and not yet gone through: what it hid before it hides still.
    const former =
      !sure && dice.chance(0.3) ? [await addCriteria(means, object, randomCriteria(means, object))] : [];
    await sql`
      insert into restriction (id, name, object, criteria_id, former_ids, except_roles, active)
      values (${id}, ${`Restriction ${id}`}, ${object.name}, ${criteria}, ${former}::uuid[], ${excepted}::uuid[], ${active})
    `;
  } else {
    const drawn = randomTarget(means);
    const { kind, target } = sure?.role === undefined ? drawn : { kind: 'role', target: sure.role };
    await sql`
      insert into sharing_rule (id, name, object, criteria_id, to_kind, to_id, level, active)
      values (${id}, ${`Rule ${id}`}, ${object.name}, ${criteria}, ${kind}, ${target}, ${dice.pick(['read', 'edit'])}, ${active})
    `;
  }
}

/** Criteria, with their id on every record that passes. */
async function addCriteria(
  { sql, dice, registry }: Means,
  object: ObjectDef,
  filter: Record<string, unknown>,
): Promise<string> {
  const id = dice.id();
  await sql`
    insert into criteria (id, object, filter, filled_at) values (${id}, ${object.name}, ${toJson(sql, filter)}, now())
  `;
  const marked = { id, filter: parseFilter(object, filter) };
  for (let after: string | null = null; ;) {
    const { last } = await transaction(sql, (tx) =>
      markSome(tx, { registry }, ctx, object, marked, { after, limit: 5 }),
    );
    if (last === null) return id;
    after = last;
  }
}

/** One record shared with somebody; over already, ending, or without an end. */
export async function addShare(means: Means): Promise<void> {
  const { sql, dice, registry } = means;
  const object = registry.get(dice.pick(SHARED_OBJECTS));
  const record = dice.pick(means.ids[object.name] ?? []);
  const { kind, target } = randomTarget(means);
  const id = dice.id();
  await transaction(sql, async (tx) => {
    const image = must(await fetchImage(tx, object, record, { lock: true }), 'the record');
    if (image.deleted_at !== null) return;
    const added = await tx`
      insert into share (id, object, record_id, to_kind, to_id, level, ends_at)
      values (${id}, ${object.name}, ${record}, ${kind}, ${target}, ${dice.pick(['read', 'edit'])},
        ${dice.pick([null, null, '2090-01-01T00:00:00Z', '2020-01-01T00:00:00Z'])})
      on conflict do nothing returning id
    `;
    if (added.length === 0) return;
    const held = image['policies'];
    await changeRecord(tx, { registry }, ctx, object, record, {
      policies: [...(Array.isArray(held) ? (held as string[]) : []), id],
    });
  });
}

/** `{"stage":"won","amount":{"gte":10},"or":[{…},{"and":[…]}]}` on fields of every kind, three levels deep. */
export function randomCriteria({ dice, ids, unasked }: Means, object: ObjectDef): Record<string, unknown> {
  const fields = Object.values(object.fields)
    .filter(({ kind, computedFrom }) => kind !== 'stages' && computedFrom === null)
    .filter(({ kind, target }) => !kind.startsWith('relation') || (ids[target ?? ''] ?? []).length > 0)
    .filter(({ name }) => name !== 'place' && !unasked[object.name]?.includes(name));
  const some = (count: number) =>
    Object.fromEntries(
      dice.many(count, () => dice.pick(fields)).map((field) => [field.name, randomTest(dice, field, ids)]),
    );
  if (dice.chance(0.7)) return some(dice.int(1, 2));
  const inner = dice.chance(0.5) ? some(dice.int(1, 2)) : { and: [some(1), { or: [some(1), some(1)] }] };
  return { ...some(dice.int(0, 1)), or: [some(1), inner] };
}

/** By any operator that the field's kind knows; what is compared with a value most of all. */
function randomTest(dice: Dice, field: Field, ids: Means['ids']): unknown {
  const value = () => valueAsKept(dice, field, ids[field.target ?? ''] ?? []);
  const { operators } = KINDS[field.kind];
  const operator = dice.pick([...operators, ...operators.filter((one) => one === 'eq' || one === 'ne')]);
  switch (operator) {
    case 'empty':
      return dice.chance(0.5) ? null : { empty: dice.chance(0.5) };
    case 'in':
      return dice.chance(0.5) ? [value(), value()] : { in: [value()] };
    case 'nin':
      return { nin: [value(), value()] };
    case 'has':
      return { has: dice.pick(ids[field.target ?? ''] ?? []) };
    case 'contains':
      return { contains: dice.pick(['a', 'E', '0']) };
    case 'eq':
      return value();
    default:
      return { [operator]: value() };
  }
}

/** As it would be kept: a rule that is written with blanks around a text looks for the text without. */
const valueAsKept = (dice: Dice, field: Field, ids: readonly string[]): Value =>
  KINDS[field.kind].schema(field).parse(randomValue(dice, field, ids));

function randomTarget({ dice, targets }: Means): { kind: string; target: string } {
  const kind = dice.pick(['user', 'team', 'role', 'territory'] as const);
  return { kind, target: dice.pick(targets[kind]) };
}
