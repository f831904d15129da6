import {
  factIds,
  grantedOn,
  readMask,
  roleSchema,
  WAY_NAMES,
  WAYS,
  waysIn,
  type ActorSets,
  type Image,
} from '../../shared/access/index.ts';
import type { Fact, ObjectDef } from '../../shared/objects/index.ts';
import { joined, type AnySql, type Fragment } from '../db/fragments.ts';

/**
 * Ids of those who might read a record: whoever matches it by any way, whatever their roles let them do by it, and who
 * holds a role that reaches all. More than do, so that few need be asked of `decide`, and never fewer; null: everyone might.
 */
export async function mightRead(sql: AnySql, object: ObjectDef, record: Image): Promise<string[] | null> {
  if (object.baseline === 'read' || (await isOpen(sql, object))) return null;
  const by = WAY_NAMES.flatMap((way) => {
    const { through } = WAYS[way];
    return through === 'always' ? [] : (through as readonly { fact: Fact; set: PersonSet }[]);
  }).flatMap(({ fact, set }) => {
    const ids = factIds(object, record, fact);
    return ids.length === 0 ? [] : [sql`(${HOLDERS[set](sql, ids)})`];
  });
  const roles = await rolesThatReachAll(sql, object);
  by.push(sql`(select user_id as id from held_role where role_id = any (${roles}::uuid[]))`);
  const rows = await sql<{ id: string }[]>`${joined(sql, by, sql` union `)}`;
  return rows.map(({ id }) => id);
}

/** What lets in, not what keeps out. */
type PersonSet = Exclude<keyof ActorSets, 'restrictions'>;

/** Who has one of these ids in that set: the inverse of `loadActors`, and never less than that. */
const HOLDERS: Record<PersonSet, (sql: AnySql, ids: readonly string[]) => Fragment> = {
  self: (sql, ids) => sql`select id from user_account where id = any (${[...ids]}::uuid[])`,
  reports: (sql, ids) => sql`
    with recursive above (id) as (
      select manager_id from user_account where id = any (${[...ids]}::uuid[])
      union
      select u.manager_id from above join user_account u on u.id = above.id
    )
    select id from above where id is not null
  `,
  teams: (sql, ids) => sql`select user_id as id from team_person where team_id = any (${[...ids]}::uuid[])`,
  queues: (sql, ids) => sql`
    select p.user_id as id from queue q join team_person p on p.team_id = any (q.team_ids)
    where q.id = any (${[...ids]}::uuid[])
  `,
  territories: (sql, ids) => sql`
    with recursive above (id) as (
      select unnest(${[...ids]}::uuid[])
      union
      select t.parent_id from above join territory t on t.id = above.id
    )
    select id from user_account where territory_ids && array(select id from above where id is not null)
  `,
  shared: meantSql,
  sharedEdit: meantSql,
};

function meantSql(sql: AnySql, ids: readonly string[]): Fragment {
  return sql`
    select people_meant(array(
      select to_id from sharing_rule where criteria_id = any (${[...ids]}::uuid[])
      union select to_id from share where id = any (${[...ids]}::uuid[])
    )) as id
  `;
}

async function isOpen(sql: AnySql, object: ObjectDef): Promise<boolean> {
  const rows = await sql`
    select from object_baseline where object = any (${[object.name, grantedOn(object)]}::text[])
  `;
  return rows.length > 0;
}

async function rolesThatReachAll(sql: AnySql, object: ObjectDef): Promise<string[]> {
  const rows = await sql<{ id: string }[]>`
    select id, name, purpose, grants, fields, system, hands_out from role
  `;
  return rows
    .filter(({ id, ...policy }) =>
      waysIn(readMask({ id, ...roleSchema.parse(policy) }, object)).some(
        (way) => WAYS[way].through === 'always',
      ),
    )
    .map(({ id }) => id);
}
