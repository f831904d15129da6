import { holds, possible, rightsOf, type Actor } from '../../shared/access/index.ts';
import {
  notAllowed,
  notFound,
  type ErrandAnswer,
  type HeldRole,
  type JoiningAnswer,
  type PersonTeams,
  type TeamAdministrator,
  type TerritoryCount,
} from '../../shared/protocol/index.ts';
import { mayAdminister, partsOf, partsThatAsk, seesAll, standingsOf } from '../access/parts.ts';
import type { App } from '../lib/app.ts';
import { latestErrand } from '../records/latestErrand.ts';
import { maskedSql } from '../records/readSql.ts';

/** How far filling the territories has come, the last time. @throws ApiError `not_allowed` */
export async function fillProgress(app: App, actor: Actor): Promise<ErrandAnswer | null> {
  mustAdministerAll(actor);
  return latestErrand(app.sql, 'fill_territories', null);
}

/** How far a person's records have come along, the last time. @throws ApiError `not_found` */
export async function moveProgress(app: App, actor: Actor, user: string): Promise<ErrandAnswer | null> {
  if (!(await seesAdministrationOf(app, actor, user))) throw notFound();
  return latestErrand(app.sql, 'take_along', user);
}

/** Which companies a territory fills with; null: no rule says. @throws ApiError `not_allowed`, `not_found` */
export async function territoryRule(
  app: App,
  actor: Actor,
  id: string,
): Promise<{ criteria: Record<string, unknown> | null }> {
  mustAdministerAll(actor);
  const [row] = await app.sql<{ criteria: Record<string, unknown> | null }[]>`
    select r.filter as criteria from territory t left join territory_rule r on r.territory_id = t.id
    where t.id = ${id} and t.deleted_at is null
  `;
  if (!row) throw notFound();
  return { criteria: row.criteria };
}

/** How many companies (that the actor sees) and active people there are in each territory itself. */
export async function territoryCounts(app: App, actor: Actor): Promise<TerritoryCount[]> {
  const { sql, registry } = app;
  const company = registry.get('company');
  const sees = possible(rightsOf(actor, registry, company, null).read.get('territory'));
  const companies = sees
    ? sql`select m.territory as id, count(*)::int as count from ${maskedSql(sql, actor, registry, company)} m
        where m.territory is not null group by m.territory`
    : sql`select null::uuid as id, 0 as count where false`;
  const rows = await sql<TerritoryCount[]>`
    with company_count as (${companies}), person_count as (
      select t.id, count(*)::int as count from user_account u, unnest(u.territory_ids) t (id)
      where u.active and u.deleted_at is null group by t.id
    )
    select t.id as territory, coalesce(c.count, 0) as companies, coalesce(p.count, 0) as people,
      exists (select from territory_rule r where r.territory_id = t.id) as ruled
    from territory t left join company_count c on c.id = t.id left join person_count p on p.id = t.id
    where t.deleted_at is null order by t.name collate "und-x-icu", t.id
  `;
  return [...rows];
}

/** The teams a person is in: as public as the home team that stands on their record. @throws ApiError `not_found` */
export async function personTeams(app: App, user: string): Promise<PersonTeams> {
  const [row] = await app.sql<PersonTeams[]>`
    select u.id, u.team_id as home, array(
      select m.team_id from team_member m join team t on t.id = m.team_id and t.deleted_at is null
      where m.user_id = u.id order by t.name, t.id
    ) as teams
    from user_account u where u.id = ${user} and u.deleted_at is null
  `;
  if (!row) throw notFound();
  return row;
}

/** Whether somebody can sign in. For whoever looks after them. @throws ApiError `not_found`, `not_allowed` */
export async function joining(app: App, actor: Actor, user: string): Promise<JoiningAnswer> {
  const parts = partsOf(actor, 'manage_users');
  if (parts !== 'everyone' && parts.length === 0) throw notAllowed('manage_users');
  const [row] = (await mayAdminister(app.sql, actor, 'manage_users', [user]))
    ? await app.sql<JoiningAnswer[]>`
        select exists (select from credential c where c.user_id = u.id) as joined,
          (select max(expires_at) from invitation i
            where i.user_id = u.id and i.used_at is null and i.expires_at > now()) as invited_until
        from user_account u where u.id = ${user} and u.deleted_at is null
      `
    : [];
  if (!row) throw notFound();
  return row;
}

/** People who are in a team besides their home team, by name. @throws ApiError `not_found` */
export async function furtherMembers(app: App, team: string): Promise<{ id: string }[]> {
  const [known] = await app.sql`select 1 from team where id = ${team} and deleted_at is null`;
  if (!known) throw notFound();
  const rows = await app.sql<{ id: string }[]>`
    select u.id from team_member m join user_account u on u.id = m.user_id
    where m.team_id = ${team} and u.deleted_at is null and u.team_id is distinct from ${team}
    order by u.name collate "und-x-icu", u.id limit 2000
  `;
  return [...rows];
}

/**
 * Who administers a team by a role that is limited to it, or to one above: for those who may see its administration.
 * @throws ApiError `not_found`
 */
export async function teamAdministrators(app: App, actor: Actor, team: string): Promise<TeamAdministrator[]> {
  const may =
    seesAll(actor) ||
    holds(actor, 'manage_users') ||
    partsThatAsk(actor).some(({ teams }) => teams.has(team));
  if (!may) throw notFound();
  const rows = await app.sql<TeamAdministrator[]>`
    with recursive up as (
      select id, parent_id from team where id = ${team}
      union
      select t.id, t.parent_id from team t join up on t.id = up.parent_id
    )
    select distinct h.user_id as "user", h.role_id as role, r.name as role_name, h.within_id as within
    from held_role h join up on up.id = h.within_id join role r on r.id = h.role_id
    join user_account u on u.id = h.user_id and u.active and u.deleted_at is null
    where r.system @> '["manage_users"]' and h.starts_at <= now() and (h.ends_at is null or h.ends_at > now())
    order by role_name, "user"
  `;
  return [...rows];
}

/**
 * Roles that these people hold or will, each with the assignment it comes from: of those whose administration the actor
 * may see, the others are left out.
 */
export async function heldRoles(app: App, actor: Actor, users: readonly string[]): Promise<HeldRole[]> {
  const { sql } = app;
  const theirs = await seenOf(app, actor, users);
  if (theirs.length === 0) return [];
  const rows = await sql<HeldRole[]>`
    select h.id, h.user_id as user, a.team_id as team, h.role_id as role, r.name as role_name,
      h.within_id as within, h.starts_at, h.ends_at
    from held_role h join role_assignment a on a.id = h.id join role r on r.id = h.role_id
    where h.user_id = any (${theirs}::uuid[]) and (h.ends_at is null or h.ends_at > now())
    order by h.user_id, r.name, h.id
  `;
  return [...rows];
}

async function seenOf(app: App, actor: Actor, users: readonly string[]): Promise<string[]> {
  if (seesAll(actor)) return [...users];
  const parts = partsThatAsk(actor);
  const people = parts.length === 0 ? [] : await standingsOf(app.sql, users);
  const inside = people.filter(({ team }) => team !== null && parts.some(({ teams }) => teams.has(team)));
  return users.filter((id) => id === actor.userId || inside.some((person) => person.id === id));
}

const seesAdministrationOf = async (app: App, actor: Actor, user: string): Promise<boolean> =>
  holds(actor, 'manage_users') || (await seenOf(app, actor, [user])).length > 0;

function mustAdministerAll(actor: Actor): void {
  const may = (['manage_users', 'manage_roles', 'read_audit'] as const).some((one) => holds(actor, one));
  if (!may) throw notAllowed('manage_users');
}
