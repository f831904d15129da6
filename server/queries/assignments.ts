import type { Actor } from '../../shared/access/index.ts';
import { malformed, notAllowed, notFound, type AssignmentRow } from '../../shared/protocol/index.ts';
import { partsThatAsk, seesAll, standingsOf, type Part } from '../access/parts.ts';
import type { App } from '../lib/app.ts';

/** Of one and the same at a time; the rest is cut. */
const ROWS_MAX = 5_000;

/**
 * Assignments that hold or will, of a person (those of their teams too), of a team, or of a role. Holders of manage_roles
 * or read_audit may ask for all; whoever administers a part, for its people and teams, and of a role for what is theirs;
 * everyone for their own.
 * @throws ApiError `malformed` (not exactly one is named), `not_allowed`, `not_found` (nobody, or no one of theirs)
 */
export async function listAssignments(
  app: App,
  actor: Actor,
  { user, team, role }: { user?: string | undefined; team?: string | undefined; role?: string | undefined },
): Promise<AssignmentRow[]> {
  if ([user, team, role].filter((one) => one !== undefined).length !== 1)
    throw malformed('Name a person, a team or a role', { user: 'Or a team, or a role' });
  const all = seesAll(actor);
  const parts = partsThatAsk(actor);
  if (!all && user !== actor.userId) {
    if (parts.length === 0) throw notAllowed('manage_roles');
    const theirs =
      role !== undefined ||
      (team !== undefined ? parts.some(({ teams }) => teams.has(team)) : await isOfPart(app, parts, user!));
    if (!theirs) throw notFound();
  }
  const { sql } = app;
  const inside = [...new Set(parts.flatMap(({ teams }) => [...teams]))];
  const seen =
    all || role === undefined
      ? sql`true`
      : sql`(a.team_id = any (${inside}::uuid[]) or a.user_id in (
          select id from user_account where team_id = any (${inside}::uuid[])))`;
  const whose =
    user !== undefined
      ? sql`(a.user_id = ${user} or a.team_id in (select team_id from team_person where user_id = ${user}))`
      : team !== undefined
        ? sql`a.team_id = ${team}`
        : sql`a.role_id = ${role!}`;
  const rows = await sql<AssignmentRow[]>`
    select a.id, a.user_id as user, a.team_id as team, a.role_id as role, r.name as role_name,
      a.within_id as within, a.starts_at, a.ends_at
    from role_assignment a join role r on r.id = a.role_id
    where ${whose} and ${seen} and (a.ends_at is null or a.ends_at > now())
    order by r.name, a.team_id nulls first, a.id limit ${ROWS_MAX}
  `;
  return [...rows];
}

async function isOfPart({ sql }: App, parts: readonly Part[], user: string): Promise<boolean> {
  const [person] = await standingsOf(sql, [user]);
  return person !== undefined && parts.some(({ teams }) => person.team !== null && teams.has(person.team));
}
