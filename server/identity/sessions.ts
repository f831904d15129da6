import type { Caller, App } from '../lib/app.ts';
import type { Sql } from '../db/connect.ts';
import { transaction, type Tx } from '../db/transaction.ts';
import { changeRecord, insertRecord } from '../records/write.ts';
import { newId } from '../../shared/lib/ids.ts';
import { must } from '../../shared/lib/must.ts';
import { MINUTE_ms } from '../../shared/lib/time.ts';
import { sessionEnded, type EndReason } from '../../shared/protocol/index.ts';
import { ABSOLUTE_ms, IDLE_ms, luciaOn } from './lucia.ts';
import { hashToken, newToken, type Token } from './tokens.ts';

// The one module that reaches lucia. Nothing outside knows that it exists, so it can be replaced in a day.

export { ABSOLUTE_ms } from './lucia.ts';

/** How somebody signed in, as the list of sessions tells it. */
export type SignInMethod = 'password' | 'invitation';

export interface NewSession {
  userId: string;
  method: SignInMethod;
  /** Short, for people: "Chrome 141 · macOS". */
  device: string;
  address: string;
  requestId: string;
}

/** A session that is not over. */
export interface LiveSession {
  /** The public id. */
  sessionId: string;
  userId: string;
  /** Its absolute end, ISO. */
  expiresAt: string;
  /** Whether it is time to call `slide`. */
  slideDue: boolean;
}

const SLIDE_EVERY_ms = MINUTE_ms;

/** Opens a session with a token of its own. The token leaves here once, for the cookie; the store has its hash. */
export async function createSession(
  tx: Tx,
  app: App,
  { userId, method, device, address, requestId }: NewSession,
): Promise<{ token: Token; session: LiveSession }> {
  const token = newToken();
  const sessionId = newId();
  const [times] = await tx<{ now: string; idle: string; absolute: string }[]>`
    select now() as now, now() + ${IDLE_ms} * interval '1 ms' as idle, now() + ${ABSOLUTE_ms} * interval '1 ms' as absolute
  `;
  const { now, idle, absolute } = must(times, 'the database time');

  const lucia = luciaOn(tx, async (token_hash, user) => {
    const values = { user, device, address, method, seen_at: now, expires_at: absolute, sockets: 0 };
    await insertRecord(tx, app, { actorId: userId, requestId }, app.registry.get('session'), values, {
      id: sessionId,
      columns: { token_hash, idle_expires_at: idle },
    });
  });
  const attributes = { publicId: sessionId, absoluteEnd: absolute, unseen_s: 0 };
  await lucia.createSession(userId, attributes, { sessionId: hashToken(token) });
  return { token, session: { sessionId, userId, expiresAt: absolute, slideDue: false } };
}

/** The session a token opens, or null: unknown, ended, idle too long, past its end, or its person inactive. */
export async function validateSession(sql: Sql, token: Token): Promise<LiveSession | null> {
  const { session, user } = await luciaOn(sql).validateSession(hashToken(token));
  if (!session) return null;
  return {
    sessionId: session.publicId,
    userId: user.id,
    expiresAt: session.absoluteEnd,
    slideDue: session.unseen_s * 1000 >= SLIDE_EVERY_ms,
  };
}

/** Why the session of this token is over, for whoever holds the token; null if it never was one. */
export async function endOf(sql: Sql, token: Token): Promise<EndReason | null> {
  const [row] = await sql<{ reason: EndReason }[]>`
    select coalesce(s.end_reason,
      case
        when not u.active or u.deleted_at is not null then 'deactivated'
        when s.expires_at <= clock_timestamp() then 'expired'
        else 'idle'
      end) as reason
    from session s join user_account u on u.id = s.user_id
    where s.token_hash = ${hashToken(token)}
  `;
  return row?.reason ?? null;
}

/**
 * Notes that a session is in use, which puts its idle end off; does nothing more often than once a minute, and
 * nothing at all for a session that is over: there is only an UPDATE, of a row that is locked and found alive.
 */
export async function slide(app: App, sessionId: string, requestId: string): Promise<boolean> {
  const slid = await transaction(app.sql, async (tx) => {
    const [live] = await tx<{ user_id: string; now: string }[]>`
      select user_id, clock_timestamp() as now from session
      where id = ${sessionId} and ended_at is null and deleted_at is null
        and idle_expires_at > clock_timestamp() and expires_at > clock_timestamp()
        and seen_at <= clock_timestamp() - ${SLIDE_EVERY_ms} * interval '1 ms'
      for no key update
    `;
    if (!live) return false;
    const ctx = { actorId: live.user_id, requestId };
    await changeRecord(tx, app, ctx, app.registry.get('session'), sessionId, { seen_at: live.now });
    await tx`
      update session set idle_expires_at = clock_timestamp() + ${IDLE_ms} * interval '1 ms'
      where id = ${sessionId} and ended_at is null
    `;
    return true;
  });
  if (slid) app.poke('log');
  return slid;
}

/**
 * Holds the caller's session open until this transaction is over: the first statement of every command, so that an
 * end of the session comes after the commit, or the command fails.
 *
 * Not by a lock of the row: those who share one go on joining in while an end waits for it, so a session that writes
 * without a pause could never be ended. Advisory locks are given in the order in which they were asked for.
 * @throws ApiError `session_ended`
 */
export async function lockSession(tx: Tx, caller: Caller): Promise<void> {
  const [, [held]] = await Promise.all([
    tx`select pg_advisory_xact_lock_shared(hashtextextended(${caller.sessionId}, 0))`,
    // A statement of its own, and after that one on the same connection: it sees what was committed until then.
    tx`
      select 1 from session s join user_account u on u.id = s.user_id
      where s.id = ${caller.sessionId} and s.user_id = ${caller.actor.userId}
        and s.ended_at is null and s.deleted_at is null
        and s.idle_expires_at > clock_timestamp() and s.expires_at > clock_timestamp()
        and u.active and u.deleted_at is null
    `,
  ]);
  if (!held) throw sessionEnded();
}
