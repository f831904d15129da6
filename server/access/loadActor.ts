import { createHash } from 'node:crypto';
import { customerActor, roleSchema, type Actor, type Role } from '../../shared/access/index.ts';
import type { AnySql } from '../db/fragments.ts';

/** Whoever has that id, person or visitor, with all that decides what they may; null for the inactive and nobody. */
export async function loadActor(sql: AnySql, userId: string): Promise<Actor | null> {
  return (await loadActors(sql, [userId])).get(userId) ?? null;
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
 * in the reach of those above them. Teams count whether or not their record is in the bin.
 */
async function loadPeople(sql: AnySql, userIds: readonly string[]): Promise<Map<string, Actor>> {
  const rows = await sql<Row[]>`
    with recursive person as (
      select id, team_id from user_account
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
      select user_id, array_agg(distinct team_id order by team_id) as ids
      from (
        select id as user_id, team_id from person where team_id is not null
        union all
        select user_id, team_id from team_member where user_id in (select id from person)
      ) membership
      group by user_id
    ), queues as (
      select teams.user_id, array_agg(queue.id order by queue.id) as ids
      from teams join queue on queue.team_ids && teams.ids and queue.deleted_at is null
      group by teams.user_id
    ), roles as (
      select user_id, jsonb_agg(jsonb_build_object('id', role.id, 'name', name, 'purpose', purpose,
        'grants', grants, 'fields', fields, 'system', system) order by role.id) as list
      from role_assignment join role on role.id = role_id
      where user_id in (select id from person)
        and starts_at <= statement_timestamp() and (ends_at is null or ends_at > statement_timestamp())
      group by user_id
    )
    select person.id, reports.ids as reports, teams.ids as teams, queues.ids as queues, roles.list as roles
    from person
    left join reports on reports.root = person.id
    left join teams on teams.user_id = person.id
    left join queues on queues.user_id = person.id
    left join roles on roles.user_id = person.id
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
}

function toActor({ id, reports, teams, queues, roles }: Row, known: Map<string, Role>): Actor {
  const held = (roles ?? []).map((role) => toRole(role, known));
  return {
    kind: 'person',
    userId: id,
    sets: {
      self: new Set([id]),
      reports: new Set(reports),
      teams: new Set(teams),
      queues: new Set(queues),
    },
    roles: held,
    fingerprint: digest([id, reports ?? [], teams ?? [], queues ?? [], held]),
  };
}

// Thousands of people share a handful of roles: each is checked once, and shared.
function toRole(json: unknown, known: Map<string, Role>): Role {
  const { id, ...policy } = json as Role;
  const role = known.get(id) ?? { id, ...roleSchema.parse(policy) };
  known.set(id, role);
  return role;
}

// jsonb keeps keys in one order and the lists above are sorted, so equal rights give equal text.
const digest = (content: unknown): string =>
  createHash('sha256').update(JSON.stringify(content)).digest('base64url').slice(0, 22);
