import type { ActorSets } from '../../shared/access/index.ts';
import type { AnySql, Fragment } from '../db/fragments.ts';

// What rules, restrictions and shares open to people, and hide from them: tables of a `with`, each after those that it
// looks at, for whoever loads the whole of a person's rights and for whoever needs no more than this.

/** Those of these people who are active: `person (id, territory_ids)`. */
export const personSql = (sql: AnySql, userIds: readonly string[]): Fragment => sql`
    person as (
      select id, territory_ids from user_account
      where id = any (${[...userIds]}::uuid[]) and active and deleted_at is null
    )`;

export const teamsSql = (sql: AnySql): Fragment => sql`
    teams as (
      select user_id, array_agg(team_id order by team_id) as ids
      from team_person where user_id in (select id from person) group by user_id
    )`;

/** Roles that they hold on database time, or as if each held `only` that one: `held (user_id, role_id, within_id)`. */
export const heldSql = (sql: AnySql, only?: string): Fragment =>
  only === undefined
    ? sql`
    held as (
      select distinct user_id, role_id, within_id from held_role
      where user_id in (select id from person)
        and starts_at <= statement_timestamp() and (ends_at is null or ends_at > statement_timestamp())
    )`
    : sql`
    held as (
      select id as user_id, ${only}::uuid as role_id, null::uuid as within_id from person
    )`;

/** After these three: `shared (user_id, ids, edit_ids)` and `hidden (user_id, ids)`. */
export const openedSql = (sql: AnySql): Fragment => sql`
    meant as (
      -- What a share or rule names to mean them: themselves, their teams and roles, the territories they work in.
      select id as user_id, id as target from person
      union all select user_id, unnest(ids) from teams
      union all select user_id, role_id from held
      union all select id, unnest(territory_ids) from person
    ), opened as (
      select meant.user_id, r.criteria_id as id, r.level
      from meant join sharing_rule r on r.to_id = meant.target and r.active
      union
      select meant.user_id, s.id, s.level
      from meant join share s on s.to_id = meant.target
      where s.ends_at is null or s.ends_at > statement_timestamp()
    ), shared as (
      select user_id, array_agg(distinct id order by id) as ids,
        array_agg(distinct id order by id) filter (where level = 'edit') as edit_ids
      from opened group by user_id
    ), hidden as (
      select person.id as user_id, array_agg(distinct c.id order by c.id) as ids
      from person
      join restriction r on r.active and not exists (
        select from held where held.user_id = person.id and held.role_id = any (r.except_roles))
      cross join lateral unnest(r.criteria_id || r.former_ids) c (id)
      group by person.id
    )`;

/** What follows from rules, restrictions and shares alone, by person; whoever is inactive is left out. */
export async function loadOpened(
  sql: AnySql,
  userIds: readonly string[],
): Promise<Map<string, Pick<ActorSets, 'shared' | 'sharedEdit' | 'restrictions'>>> {
  const rows = await sql<
    { id: string; shared: string[] | null; edit: string[] | null; hidden: string[] | null }[]
  >`
    with ${personSql(sql, userIds)}, ${teamsSql(sql)}, ${heldSql(sql)}, ${openedSql(sql)}
    select person.id, shared.ids as shared, shared.edit_ids as edit, hidden.ids as hidden
    from person left join shared on shared.user_id = person.id left join hidden on hidden.user_id = person.id
  `;
  return new Map(
    rows.map(({ id, shared, edit, hidden }) => [
      id,
      { shared: new Set(shared), sharedEdit: new Set(edit), restrictions: new Set(hidden) },
    ]),
  );
}
