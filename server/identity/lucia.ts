import { Lucia, TimeSpan, type Adapter } from 'lucia';
import { DAY_ms, HOUR_ms } from '../../shared/lib/time.ts';
import type { ISql } from 'postgres';
import type { TokenHash } from './tokens.ts';

/** A session ends after this long without use, and after this long in any case. */
export const IDLE_ms = 12 * HOUR_ms;
export const ABSOLUTE_ms = 30 * DAY_ms;

/** What is known of a session beyond lucia's own idea of one. */
export interface SessionFacts {
  /** The id that lists and addresses show. Lucia's `id` is the token's hash. */
  publicId: string;
  /** ISO. Lucia's `expiresAt` is the nearer of this and the idle end, moved to the node's clock. */
  absoluteEnd: string;
  /** Seconds since it was last noted as used. */
  unseen_s: number;
}

declare module 'lucia' {
  interface Register {
    Lucia: Lucia<SessionFacts>;
    DatabaseSessionAttributes: SessionFacts;
  }
}

/** Stores a new session under the hash lucia was given as its id. */
export type StoreSession = (hash: TokenHash, userId: string) => Promise<void>;

/**
 * Lucia, hashing at the boundary: every id it sees is already the hash of a token, so nothing it returns opens a
 * session and nothing it stores is one. What it would do by the node's clock or behind our back is not done here:
 * - expiry is judged by the database; lucia is given "local now + what remains by the database", which it can only
 *   find to be in the future;
 * - it neither slides nor ends sessions: a slide is our own UPDATE, an end a tombstone with reason, actor and audit
 *   (see sessions.ts, endSessions.ts).
 */
export function luciaOn(sql: ISql, store: StoreSession = refuse): Lucia<SessionFacts> {
  return new Lucia(adapter(sql, store), {
    sessionExpiresIn: new TimeSpan(IDLE_ms, 'ms'),
    getSessionAttributes: (facts) => facts,
  });
}

const adapter = (sql: ISql, store: StoreSession): Adapter => ({
  async getSessionAndUser(hash) {
    const [row] = await sql<SessionRow[]>`
      select s.id, s.user_id, s.expires_at,
        extract(epoch from least(s.idle_expires_at, s.expires_at) - clock_timestamp())::float8 * 1000 as remaining_ms,
        extract(epoch from clock_timestamp() - s.seen_at)::float8 as unseen_s
      from session s join user_account u on u.id = s.user_id
      where s.token_hash = ${hash} and s.ended_at is null and s.deleted_at is null
        and s.idle_expires_at > clock_timestamp() and s.expires_at > clock_timestamp()
        and u.active and u.deleted_at is null
    `;
    if (!row) return [null, null];
    const session = {
      id: hash,
      userId: row.user_id,
      expiresAt: new Date(Date.now() + Math.max(1, row.remaining_ms)),
      attributes: { publicId: row.id, absoluteEnd: row.expires_at, unseen_s: row.unseen_s },
    };
    return [session, { id: row.user_id, attributes: {} }];
  },
  setSession: (session) => store(session.id as TokenHash, session.userId),
  // Called in the second half of a session's life, with a date by the node's clock.
  updateSessionExpiration: async () => {},
  // Called when the node's clock finds a session expired that the database does not.
  deleteSession: async () => {},
  deleteUserSessions: refuse,
  deleteExpiredSessions: refuse,
  getUserSessions: refuse,
});

interface SessionRow {
  id: string;
  user_id: string;
  expires_at: string;
  remaining_ms: number;
  unseen_s: number;
}

function refuse(): never {
  throw new Error('Sessions are written by server/identity/sessions.ts and endSessions.ts only');
}
