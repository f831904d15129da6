import { invalid } from '../../../shared/protocol/index.ts';
import { audit } from '../../identity/audit.ts';
import { isOpen, linkIsOver, useInvitation } from '../../identity/invitations.ts';
import { hashPassword, passwordProblem } from '../../identity/passwords.ts';
import { createSession } from '../../identity/sessions.ts';
import { hashToken, readToken } from '../../identity/tokens.ts';
import { transaction } from '../../db/transaction.ts';
import type { App } from '../../lib/app.ts';
import type { SignedIn } from './signIn.ts';

export interface Joining {
  /** From the link. */
  token: string;
  password: string;
  device: string;
  address: string;
  requestId: string;
}

/**
 * Gives somebody who was invited the password that they choose, and signs them in.
 * @throws ApiError `not_found` (no such link, or used, or too old, or they are not to come any more), `invalid`
 */
export async function join(app: App, { token: text, password, ...from }: Joining): Promise<SignedIn> {
  const token = readToken(text);
  // Before anything costly is done.
  if (!token || !(await isOpen(app, hashToken(token)))) throw linkIsOver();
  const password_hash = await hashPassword(password);
  const joined = await transaction(app.sql, async (tx) => {
    const userId = await useInvitation(tx, hashToken(token));
    const [user] = await tx<{ id: string; name: string; email: string }[]>`
      select id, name, email from user_account
      where id = ${userId} and active and deleted_at is null and email is not null for no key update
    `;
    if (!user) throw linkIsOver();
    const problem = passwordProblem(password, [user.name, user.email]);
    if (problem !== null) throw invalid({ password: problem });
    const [added] = await tx`
      insert into credential (user_id, password_hash) values (${userId}, ${password_hash})
      on conflict do nothing returning user_id
    `;
    if (!added) throw linkIsOver();
    const session = await createSession(tx, app, { userId, method: 'invitation', ...from });
    const { address, requestId } = from;
    const person = { actorId: userId, requestId, address, object: 'user', targetId: userId };
    await audit(tx, {
      ...person,
      action: 'invitation.accept',
      after: { name: user.name, email: user.email },
    });
    return { ...session, user };
  });
  app.poke('log');
  return joined;
}
