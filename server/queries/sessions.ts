import { notFound, type SessionInfo } from '../../shared/protocol/index.ts';
import { mayAdminister } from '../access/parts.ts';
import type { App, Caller } from '../lib/app.ts';

/** Of those that are over, this many of the latest are listed. */
const ENDED_MAX = 20;
const OPEN_MAX = 500;

/** The caller's sessions: the open ones, latest used first, then the latest that ended. */
export const ownSessions = (app: App, caller: Caller): Promise<SessionInfo[]> =>
  sessionsOf(app, caller, caller.actor.userId);

/**
 * Those of a person: of oneself, or of anyone for holders of `end_sessions` and `read_audit`; of the people of a part,
 * for those who hold them there.
 * @throws ApiError `not_found` for an unknown person as for another's
 */
export async function userSessions(app: App, caller: Caller, userId: string): Promise<SessionInfo[]> {
  if (userId === caller.actor.userId) return sessionsOf(app, caller, userId);
  const may =
    (await mayAdminister(app.sql, caller.actor, 'end_sessions', [userId])) ||
    (await mayAdminister(app.sql, caller.actor, 'read_audit', [userId]));
  if (!may) throw notFound();
  const [person] = await app.sql`select 1 from user_account where id = ${userId}`;
  if (!person) throw notFound();
  return sessionsOf(app, caller, userId);
}

async function sessionsOf(app: App, caller: Caller, userId: string): Promise<SessionInfo[]> {
  const rows = await app.sql<SessionInfo[]>`
    with mine as (
      select s.*, s.ended_at is null and least(s.idle_expires_at, s.expires_at) > now() as open
      from session s where s.user_id = ${userId} and s.deleted_at is null
    ), listed as (
      (select * from mine where open order by seen_at desc, id limit ${OPEN_MAX})
      union all
      (select * from mine where not open order by coalesce(ended_at, seen_at) desc, id limit ${ENDED_MAX})
    )
    select s.id, s.user_id as "user", u.name as user_name,
      array(
        select r.name from held_role a join role r on r.id = a.role_id
        where a.user_id = u.id and a.starts_at <= now() and (a.ends_at is null or a.ends_at > now())
        order by r.name
      ) as roles,
      s.id = ${caller.sessionId} as current,
      coalesce(s.device, '') as device, coalesce(s.address, '') as address, coalesce(s.method, '') as method,
      s.created_at, s.seen_at, s.expires_at, s.sockets,
      case when s.open then null else coalesce(s.ended_at, least(s.idle_expires_at, s.expires_at)) end as ended_at,
      case
        when s.open then null
        else coalesce(s.end_reason, case when s.expires_at <= s.idle_expires_at then 'expired' else 'idle' end)
      end as end_reason
    from listed s join user_account u on u.id = s.user_id
    order by s.open desc, s.seen_at desc, s.id
  `;
  return [...rows];
}
