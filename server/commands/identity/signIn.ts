import { isStorable } from '../../../shared/fields/index.ts';
import { badCredentials } from '../../../shared/protocol/index.ts';
import { transaction, type Tx } from '../../db/transaction.ts';
import { audit } from '../../identity/audit.ts';
import { endSessionsIn } from '../../identity/endSessions.ts';
import { verifyPassword } from '../../identity/passwords.ts';
import { createSession, validateSession, type LiveSession } from '../../identity/sessions.ts';
import { forgiveTries, passSignInGuard, type HitCounter } from '../../identity/signInGuard.ts';
import type { Token } from '../../identity/tokens.ts';
import type { App } from '../../lib/app.ts';

export interface SignIn {
  email: string;
  password: string;
  device: string;
  address: string;
  requestId: string;
  /** The token the browser still holds: its session ends, so that no sign-in leaves another behind. */
  replaces: Token | null;
}

export interface SignedIn {
  token: Token;
  session: LiveSession;
  user: { id: string; name: string; email: string | null };
}

/**
 * Opens a session for e-mail address and password, with a token made for it alone.
 * @throws ApiError `bad_credentials` in the same words and after the same work, whether the account exists or not;
 *   `too_many_requests`, see server/identity/signInGuard.ts
 */
export async function signIn(app: App, hits: HitCounter, request: SignIn): Promise<SignedIn> {
  const { email, password, device, address, requestId } = request;
  const account = await findAccount(app, email);
  await passSignInGuard(hits, { email, address }, () => isKnownAddress(app, account?.id, address));

  const fits = await verifyPassword(account?.password_hash ?? null, password);
  if (!account || !fits) return refuse(app, account?.id ?? null, request);
  await forgiveTries(hits, { email, address });

  const replaced = request.replaces && (await validateSession(app.sql, request.replaces));
  const signedIn = await transaction(app.sql, async (tx) => {
    if (!(await isStillRight(tx, account))) return null;
    const ender = { actorId: account.id, requestId, address };
    if (replaced) await endSessionsIn(tx, app, ender, { sessions: [replaced.sessionId] }, 'logout');
    const opened = await createSession(tx, app, {
      userId: account.id,
      method: 'password',
      device,
      address,
      requestId,
    });
    const targetId = opened.session.sessionId;
    await audit(tx, {
      ...ender,
      action: 'session.create',
      object: 'session',
      targetId,
      after: { device, method: 'password' },
    });
    return opened;
  });
  if (!signedIn) return refuse(app, account.id, request);
  if (replaced) app.poke('sessions');
  app.poke('log');
  return { ...signedIn, user: { id: account.id, name: account.name, email: account.email } };
}

interface Account {
  id: string;
  name: string;
  email: string | null;
  password_hash: string | null;
}

async function findAccount(app: App, email: string): Promise<Account | undefined> {
  if (!isStorable(email)) return undefined;
  const [account] = await app.sql<Account[]>`
    select u.id, u.name, u.email, c.password_hash
    from user_account u left join credential c on c.user_id = u.id
    where lower(u.email) = lower(${email.trim()}) and u.active and u.deleted_at is null
  `;
  return account;
}

/** Between the reading and now the person may have been deactivated, or have changed their password. */
async function isStillRight(tx: Tx, account: Account): Promise<boolean> {
  const [row] = await tx`
    select 1 from user_account u join credential c on c.user_id = u.id
    where u.id = ${account.id} and u.active and u.deleted_at is null and c.password_hash = ${account.password_hash}
    for share
  `;
  return row !== undefined;
}

async function isKnownAddress(app: App, userId: string | undefined, address: string): Promise<boolean> {
  if (userId === undefined) return false;
  const [row] = await app.sql`
    select 1 from session
    where user_id = ${userId} and address = ${address} and created_at > now() - interval '30 days' limit 1
  `;
  return row !== undefined;
}

/** The failure is on record whatever becomes of it. What was typed is not: it may be a password in the wrong field. */
async function refuse(app: App, userId: string | null, { address, requestId }: SignIn): Promise<never> {
  await transaction(app.sql, (tx) =>
    audit(tx, {
      actorId: null,
      action: 'session.refuse',
      object: 'user',
      targetId: userId,
      address,
      requestId,
    }),
  );
  throw badCredentials();
}
