import { createHash } from 'node:crypto';
import { actorSets, customerActor, roleSchema, type Actor, type Role } from '../../shared/access/index.ts';
import type { AnySql } from '../db/fragments.ts';

/** Whoever has that id, person or visitor, with all that decides what they may; null for the inactive and nobody. */
export async function loadActor(sql: AnySql, userId: string): Promise<Actor | null> {
  return (await loadActors(sql, [userId])).get(userId) ?? null;
}

/** Somebody with their own place, people and territories, and just that role; null for the inactive, or no such role. */
export async function loadAsRole(sql: AnySql, userId: string, roleId: string): Promise<Actor | null> {
  const actor = (await loadPeople(sql, [userId], roleId)).get(userId);
  return actor?.roles.length === 1 ? actor : null;
}

/** The actors of those people and visitors, by id. */
export async function loadActors(sql: AnySql, ids: readonly string[]): Promise<Map<string, Actor>> {
  const actors = await loadPeople(sql, ids);
  const others = ids.filter((id) => !actors.has(id));
  if (others.length === 0) return actors;
  const visitors = await sql<{ id: string }[]>`
    select id from visitor
    where id = any (${others}::uuid[]) and ended_at is null and expires_at > clock_timestamp()
  `;
  for (const { id } of visitors) actors.set(id, customerActor(id));
  return actors;
}

/**
 * The actors of those people, by id, in one statement; whoever is inactive or in the bin is left out. Assignments
 * count while they hold on database time. The management tree goes through inactive people too: what they own stays
 * in the reach of those above them. Teams count whether or not their record is in the bin. With `role` they hold just that.
 */
async function loadPeople(
  sql: AnySql,
  userIds: readonly string[],
  role?: string,
): Promise<Map<string, Actor>> {
  const given = role === undefined ? sql`false` : sql`true`;
  const rows = await sql<Row[]>`
    with recursive person as (
      select id, territory_ids from user_account
      where id = any (${[...userIds]}::uuid[]) and active and deleted_at is null
    ), below as (
      select person.id as root, report.id
      from person join user_account report on report.manager_id = person.id
      -- Without "all", so that a circle in the tree ends.
      union
      select below.root, report.id
      from below join user_account report on report.manager_id = below.id
    ), reports as (
      select root, array_agg(id order by id) as ids from below where id <> root group by root
    ), teams as (
      select user_id, array_agg(team_id order by team_id) as ids
      from team_person where user_id in (select id from person) group by user_id
    ), worked as (
      select person.id as user_id, territory.id
      from person join territory on territory.id = any (person.territory_ids)
      union
      select worked.user_id, territory.id from worked join territory on territory.parent_id = worked.id
    ), territories as (
      select user_id, array_agg(id order by id) as ids from worked group by user_id
    ), queues as (
      select teams.user_id, array_agg(queue.id order by queue.id) as ids
      from teams join queue on queue.team_ids && teams.ids and queue.deleted_at is null
      group by teams.user_id
    ), held as (
      select distinct user_id, role_id, within_id from held_role
      where user_id in (select id from person)
        and starts_at <= statement_timestamp() and (ends_at is null or ends_at > statement_timestamp())
        and not ${given}
      union all
      select id, ${role ?? null}::uuid, null from person where ${given}
    ), inside as (
      select within_id as top, within_id as id from held where within_id is not null
      union
      select inside.top, team.id from inside join team on team.parent_id = inside.id
    ), roles as (
      select user_id, jsonb_agg(jsonb_build_object('id', role.id, 'name', name, 'purpose', purpose,
        'grants', grants, 'fields', fields, 'system', system, 'hands_out', hands_out,
        'within', (select jsonb_agg(inside.id order by inside.id) from inside where inside.top = within_id))
        order by role.id, within_id) as list
      from held join role on role.id = role_id
      group by user_id
    ), meant as (
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
      join lateral (values (r.criteria_id), (r.former_id)) c (id) on c.id is not null
      group by person.id
    )
    select person.id, reports.ids as reports, teams.ids as teams, queues.ids as queues, roles.list as roles,
      territories.ids as territories, shared.ids as shared, shared.edit_ids as shared_edit, hidden.ids as restrictions
    from person
    left join reports on reports.root = person.id
    left join teams on teams.user_id = person.id
    left join queues on queues.user_id = person.id
    left join roles on roles.user_id = person.id
    left join territories on territories.user_id = person.id
    left join shared on shared.user_id = person.id
    left join hidden on hidden.user_id = person.id
  `;
  const known = new Map<string, Role>();
  return new Map(rows.map((row) => [row.id, toActor(row, known)]));
}

interface Row {
  id: string;
  reports: string[] | null;
  teams: string[] | null;
  queues: string[] | null;
  roles: unknown[] | null;
  territories: string[] | null;
  shared: string[] | null;
  shared_edit: string[] | null;
  restrictions: string[] | null;
}

function toActor({ id, roles, ...ids }: Row, known: Map<string, Role>): Actor {
  const held = (roles ?? []).map((role) => toRole(role, known));
  const { reports, teams, queues, territories, shared, shared_edit, restrictions } = ids;
  return {
    kind: 'person',
    userId: id,
    sets: actorSets(id, {
      reports: new Set(reports),
      teams: new Set(teams),
      queues: new Set(queues),
      territories: new Set(territories),
      shared: new Set(shared),
      sharedEdit: new Set(shared_edit),
      restrictions: new Set(restrictions),
    }),
    roles: held,
    fingerprint: digest([
      id,
      [reports, teams, queues, territories, shared, shared_edit, restrictions].map((set) => set ?? []),
      held,
    ]),
  };
}

// Thousands of people share a handful of roles: each is checked once, and shared.
function toRole(json: unknown, known: Map<string, Role>): Role {
  const { id, within, ...policy } = json as Omit<Role, 'within'> & { within: string[] | null };
  const key = `${id} ${within?.[0] ?? ''} ${within?.length ?? ''}`;
  const role = known.get(key) ?? {
    id,
    ...roleSchema.parse(policy),
    ...(within === null ? {} : { within }),
  };
  known.set(key, role);
  return role;
}

// jsonb keeps keys in one order and the lists above are sorted, so equal rights give equal text.
const digest = (content: unknown): string =>
  createHash('sha256').update(JSON.stringify(content)).digest('base64url').slice(0, 22);
