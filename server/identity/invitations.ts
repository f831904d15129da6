import { must } from '../../shared/lib/must.ts';
import { DAY_ms } from '../../shared/lib/time.ts';
import { ApiError } from '../../shared/protocol/index.ts';
import type { Tx } from '../db/transaction.ts';
import type { App } from '../lib/app.ts';
import { audit } from './audit.ts';
import { hashToken, newToken, type Token, type TokenHash } from './tokens.ts';

const LINK_ms = DAY_ms;
const INVITE_ms = 7 * DAY_ms;

/** Adds an invitation for the first administrator, if the store has nobody yet; null if it has. */
export async function inviteFirst(tx: Tx): Promise<Token | null> {
  if (!(await isEmpty(tx))) return null;
  const token = newToken();
  await tx`
    insert into invitation (token_hash, purpose, expires_at)
    values (${hashToken(token)}, 'first_administrator', now() + ${LINK_ms} * interval '1 ms')
  `;
  await audit(tx, { actorId: null, action: 'invitation.create', after: { purpose: 'first_administrator' } });
  return token;
}

/** Whether an invitation could be used now: asked before anything costly is done for whoever shows it. */
export async function isOpen(app: App, hash: TokenHash): Promise<boolean> {
  const [row] = await app.sql`
    select 1 from invitation where token_hash = ${hash} and used_at is null and expires_at > clock_timestamp()
  `;
  return row !== undefined;
}

/**
 * Uses up an invitation of the first administrator, and with it all others of its kind. Of any number of tries at once
 * one gets through; the rest wait for its commit and find nothing left.
 * @throws ApiError `not_found`
 */
export async function useFirstInvitation(tx: Tx, hash: TokenHash): Promise<void> {
  const used = await tx<{ token_hash: string; expired: boolean }[]>`
    update invitation set used_at = clock_timestamp()
    where token_hash in (
      select token_hash from invitation where purpose = 'first_administrator' and used_at is null
      order by token_hash for update
    )
    returning token_hash, expires_at <= clock_timestamp() as expired
  `;
  const wasGood = used.some((row) => row.token_hash === hash && !row.expired);
  if (!wasGood || !(await isEmpty(tx))) throw linkIsOver();
}

/**
 * Adds an invitation for somebody who is in the store and cannot sign in yet; former ones of theirs open nothing any
 * more. Nobody but whoever asked gets to know the token.
 */
export async function invite(tx: Tx, userId: string): Promise<{ token: Token; expires_at: string }> {
  const token = newToken();
  await closeInvitations(tx, userId);
  const [row] = await tx<{ expires_at: string }[]>`
    insert into invitation (token_hash, purpose, user_id, expires_at)
    values (${hashToken(token)}, 'invite', ${userId}, now() + ${INVITE_ms} * interval '1 ms')
    returning expires_at
  `;
  return { token, expires_at: must(row, 'an invitation').expires_at };
}

/** Uses up somebody's invitation; of any number of tries at once one gets through. @throws ApiError `not_found` */
export async function useInvitation(tx: Tx, hash: TokenHash): Promise<string> {
  const [used] = await tx<{ user: string }[]>`
    update invitation set used_at = clock_timestamp()
    where token_hash = ${hash} and purpose = 'invite' and used_at is null and expires_at > clock_timestamp()
    returning user_id as user
  `;
  if (!used) throw linkIsOver();
  return used.user;
}

const closeInvitations = (tx: Tx, userId: string) => tx`
  update invitation set used_at = clock_timestamp() where user_id = ${userId} and used_at is null
`;

export const linkIsOver = (): ApiError =>
  new ApiError('not_found', 'This link has been used, or is too old: ask for a new one');

async function isEmpty(tx: Tx): Promise<boolean> {
  const [person] = await tx`select 1 from user_account limit 1`;
  return person === undefined;
}
