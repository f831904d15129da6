import { createHash } from 'node:crypto';
import {
  actorSets,
  customerActor,
  roleSchema,
  type Actor,
  type Baseline,
  type Role,
} from '../../shared/access/index.ts';
import type { AnySql } from '../db/fragments.ts';
import { heldSql, openedSql, personSql, teamsSql } from './openedSql.ts';

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
  const rows = await sql<Row[]>`
    with recursive ${personSql(sql, userIds)}, below as (
      select person.id as root, report.id
      from person join user_account report on report.manager_id = person.id
      -- Without "all", so that a circle in the tree ends.
      union
      select below.root, report.id
      from below join user_account report on report.manager_id = below.id
    ), reports as (
      select root, array_agg(id order by id) as ids from below where id <> root group by root
    ), ${teamsSql(sql)}, worked as (
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
    ), ${heldSql(sql, role)}, inside as (
      select within_id as top, within_id as id from held where within_id is not null
      union
      select inside.top, team.id from inside join team on team.parent_id = inside.id
    ), roles as (
      select user_id, jsonb_agg(jsonb_build_array(role_id, within_id) order by role_id, within_id) as list
      from held group by user_id
    ), policies as (
      -- Thousands of people share a handful of roles: each comes once, with the first row.
      select jsonb_object_agg(id, jsonb_build_object('name', name, 'purpose', purpose, 'grants', grants,
        'fields', fields, 'system', system, 'hands_out', hands_out)) as known
      from role where id in (select role_id from held)
    ), parts as (
      select jsonb_object_agg(top, ids) as known
      from (select top, jsonb_agg(id order by id) as ids from inside group by top) i
    ), ${openedSql(sql)}
    select person.id, reports.ids as reports, teams.ids as teams, queues.ids as queues, roles.list as roles,
      case when row_number() over () = 1 then (select known from policies) end as policies,
      case when row_number() over () = 1 then (select known from parts) end as parts,
      territories.ids as territories, shared.ids as shared, shared.edit_ids as shared_edit, hidden.ids as restrictions,
      (select jsonb_object_agg(object, baseline) from object_baseline) as open
    from person
    left join reports on reports.root = person.id
    left join teams on teams.user_id = person.id
    left join queues on queues.user_id = person.id
    left join roles on roles.user_id = person.id
    left join territories on territories.user_id = person.id
    left join shared on shared.user_id = person.id
    left join hidden on hidden.user_id = person.id
  `;
  const roles = new KnownRoles(rows.find(({ policies }) => policies !== null));
  return new Map(rows.map((row) => [row.id, toActor(row, roles)]));
}

interface Row {
  id: string;
  reports: string[] | null;
  teams: string[] | null;
  queues: string[] | null;
  /** Ids of roles, each with the team within which its system permissions hold. */
  roles: [role: string, within: string | null][] | null;
  /** In one row: what these roles allow, and the teams within the teams named. */
  policies: Record<string, object> | null;
  parts: Record<string, string[]> | null;
  territories: string[] | null;
  shared: string[] | null;
  shared_edit: string[] | null;
  restrictions: string[] | null;
  open: Record<string, Baseline> | null;
}

function toActor({ id, roles, open, ...row }: Row, known: KnownRoles): Actor {
  const held = (roles ?? []).map(([role, within]) => known.get(role, within));
  const { reports, teams, queues, territories, shared, shared_edit, restrictions } = row;
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
    roles: held.map(({ role }) => role),
    ...(open === null ? {} : { open }),
    fingerprint: digest([
      id,
      [reports, teams, queues, territories, shared, shared_edit, restrictions].map((set) => set ?? []),
      held.map((one) => one.digest),
      open ?? {},
    ]),
  };
}

/** Each role is checked once, and shared by all who hold it. */
class KnownRoles {
  readonly #known = new Map<string, { role: Role; digest: string }>();

  constructor(readonly row: Pick<Row, 'policies' | 'parts'> | undefined) {}

  get(id: string, within: string | null): { role: Role; digest: string } {
    const key = `${id} ${within ?? ''}`;
    let known = this.#known.get(key);
    if (!known) {
      const policy = roleSchema.parse(this.row?.policies?.[id]);
      const role = { id, ...policy, ...(within === null ? {} : { within: this.row?.parts?.[within] ?? [] }) };
      this.#known.set(key, (known = { role, digest: digest(role) }));
    }
    return known;
  }
}

// jsonb keeps keys in one order and the lists above are sorted, so equal rights give equal text.
const digest = (content: unknown): string =>
  createHash('sha256').update(JSON.stringify(content)).digest('base64url').slice(0, 22);
