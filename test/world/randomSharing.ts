import { joined } from '../../server/db/fragments.ts';
import { toJson } from '../../server/db/json.ts';
import type { Image } from '../../shared/access/index.ts';
import { must } from '../../shared/lib/must.ts';
import type { ObjectDef } from '../../shared/objects/index.ts';
import { parseFilter, passes } from '../../shared/protocol/index.ts';
import { imageSql } from '../../server/records/imageSql.ts';
import type { Thrown } from './thrown.ts';

/** Objects whose records fall under rules. */
const SHARED = ['company', 'contact', 'product', 'deal', 'ticket'];
const LEVELS = ['read', 'edit'] as const;

/**
 * Rules, restrictions and shares of every kind, and roles given to teams: active and not, to people, teams, roles and
 * territories, with ends in the past and to come. Records, and the parts of them, hold the ids of what they fulfil.
 * To be called when all records are there, and before the log is told of them.
 */
export async function randomSharing(thrown: Thrown, roles: readonly string[]): Promise<void> {
  const { sql, dice, ids, registry } = thrown;
  for (const role of dice.some(roles, 0.5)) {
    for (const team of dice.some(ids['team'] ?? [], 0.3)) {
      await sql`
        insert into role_assignment (id, team_id, role_id, starts_at, ends_at)
        values (${dice.id()}, ${team}, ${role}, now() - interval '1 hour', now() + ${dice.pick([null, 60, -1])} * interval '1 min')
      `;
    }
  }
  for (const name of SHARED) {
    const object = registry.get(name);
    for (let i = dice.int(1, 3); i > 0; i--) await oneRule(thrown, object, roles);
    if (dice.chance(0.6)) await oneRestriction(thrown, object, roles);
    for (const id of dice.some(ids[name] ?? [], 0.3)) await oneShare(thrown, object, id, roles);
    for (const { part, field } of registry.partsOf(name)) {
      const { parents } = part;
      const before = parents
        .slice(0, parents.indexOf(field))
        .map((one) => sql`and p.${sql(`${one}_id`)} is null`);
      await sql`
        update ${sql(part.table)} p set policy_ids = above.policy_ids
        from ${sql(object.table)} above where above.id = p.${sql(`${field}_id`)} ${before.length === 0 ? sql`` : joined(sql, before, sql` `)}
      `;
    }
  }
}

async function oneRule(thrown: Thrown, object: ObjectDef, roles: readonly string[]): Promise<void> {
  const { sql, dice } = thrown;
  const [kind, to] = target(thrown, roles);
  const criteria = await oneCriteria(thrown, object);
  await sql`
    insert into sharing_rule (id, name, object, criteria_id, to_kind, to_id, level, active)
    values (${dice.id()}, ${`Rule ${criteria}`}, ${object.name}, ${criteria}, ${kind}, ${to}, ${dice.pick(LEVELS)}, ${dice.chance(0.9)})
  `;
}

async function oneRestriction(thrown: Thrown, object: ObjectDef, roles: readonly string[]): Promise<void> {
  const { sql, dice } = thrown;
  const criteria = await oneCriteria(thrown, object);
  await sql`
    insert into restriction (id, name, object, criteria_id, except_roles, active)
    values (${dice.id()}, ${`Restriction ${criteria}`}, ${object.name}, ${criteria}, ${dice.some(roles, 0.4)}::uuid[], ${dice.chance(0.8)})
  `;
}

async function oneShare(
  thrown: Thrown,
  object: ObjectDef,
  record: string,
  roles: readonly string[],
): Promise<void> {
  const { sql, dice, ids } = thrown;
  const [kind, to] = target(thrown, roles);
  const id = dice.id();
  await sql`
    insert into share (id, object, record_id, to_kind, to_id, level, ends_at, given_by)
    values (${id}, ${object.name}, ${record}, ${kind}, ${to}, ${dice.pick(LEVELS)},
      now() + ${dice.pick([null, null, 60, -1])} * interval '1 min', ${dice.maybe(0.2, ids['user'] ?? [])})
  `;
  await sql`update ${sql(object.table)} set policy_ids = policy_ids || ${id}::uuid where id = ${record}`;
}

function target({ dice, ids }: Thrown, roles: readonly string[]): [kind: string, id: string] {
  const kind = dice.pick(['user', 'team', 'role', 'territory']);
  return [kind, dice.pick(kind === 'role' ? roles : must(ids[kind], kind))];
}

/** Simple ones, which the oracle can read for itself: fields that equal a value, one such list or another. */
async function oneCriteria(thrown: Thrown, object: ObjectDef): Promise<string> {
  const { sql, dice } = thrown;
  const rows = await sql<
    { image: Image }[]
  >`select ${imageSql(sql, object, 'r')} as image from ${sql(object.table)} r`;
  const fields = Object.values(object.fields).filter(
    ({ kind, custom, system }) =>
      !custom && !system && ['choice', 'relation', 'boolean', 'stage'].includes(kind),
  );
  const list = () => {
    const like = dice.pick(rows).image;
    const told = dice.some(fields, 0.15).filter(({ name }) => (like[name] ?? null) !== null);
    return Object.fromEntries(told.map(({ name }) => [name, like[name]]));
  };
  const filter = dice.chance(0.5) ? list() : { or: [list(), list()] };
  const id = dice.id();
  await sql`
    insert into criteria (id, object, filter, filled_at) values (${id}, ${object.name}, ${toJson(sql, filter)}, now())
  `;
  const parsed = parseFilter(object, filter);
  const fulfilled = rows.flatMap(({ image }) => (passes(parsed, image) ? [image.id] : []));
  await sql`update ${sql(object.table)} set policy_ids = policy_ids || ${id}::uuid where id = any (${fulfilled}::uuid[])`;
  return id;
}
