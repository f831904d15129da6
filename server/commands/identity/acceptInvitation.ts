import { isStorable } from '../../../shared/fields/index.ts';
import { newId } from '../../../shared/lib/ids.ts';
import { must } from '../../../shared/lib/must.ts';
import { invalid } from '../../../shared/protocol/index.ts';
import { logAccess } from '../../access/accessLog.ts';
import { transaction } from '../../db/transaction.ts';
import { audit } from '../../identity/audit.ts';
import { isOpen, linkIsOver, useFirstInvitation } from '../../identity/invitations.ts';
import { hashPassword, passwordProblem } from '../../identity/passwords.ts';
import { createSession } from '../../identity/sessions.ts';
import { hashToken, readToken } from '../../identity/tokens.ts';
import type { App } from '../../lib/app.ts';
import { insertRecord } from '../../records/write.ts';
import type { SignedIn } from './signIn.ts';

export interface Acceptance {
  /** From the link. */
  token: string;
  name: string;
  email: string;
  password: string;
  device: string;
  address: string;
  requestId: string;
}

/**
 * Makes the first person, with the role Administrator, and signs them in. Once only, however many try at once.
 * @throws ApiError `not_found` (no such link, or used, or too old), `invalid` per field
 */
export async function acceptInvitation(app: App, acceptance: Acceptance): Promise<SignedIn> {
  const { name, email, password, device, address, requestId } = acceptance;
  const token = readToken(acceptance.token);
  if (!token || !(await isOpen(app, hashToken(token)))) throw linkIsOver();
  const problem = passwordProblem(password, [name, email]);
  if (problem !== null) throw invalid({ password: problem });
  if (!isStorable(name)) throw invalid({ name: 'Contains characters that cannot be stored' });

  const password_hash = await hashPassword(password);
  const userId = newId();
  const ctx = { actorId: userId, requestId };
  const opened = await transaction(app.sql, async (tx) => {
    await useFirstInvitation(tx, hashToken(token));
    await insertRecord(tx, app, ctx, app.registry.get('user'), { name, email, active: true }, { id: userId });
    await tx`insert into credential (user_id, password_hash) values (${userId}, ${password_hash})`;
    const [role] = await tx<{ id: string }[]>`select id from role where built_in = 'administrator'`;
    const roleId = must(role, 'the role Administrator').id;
    await tx`insert into role_assignment (id, user_id, role_id) values (${newId()}, ${userId}, ${roleId})`;
    const session = await createSession(tx, app, {
      userId,
      method: 'invitation',
      device,
      address,
      requestId,
    });
    const person = { ...ctx, address, object: 'user', targetId: userId };
    await audit(tx, { ...person, action: 'invitation.accept', after: { name, email, roles: [roleId] } });
    await logAccess(tx, { users: [userId], cause: 'invitation.accept', actorId: userId });
    return session;
  });
  app.poke('access');
  app.poke('log');
  return { ...opened, user: { id: userId, name, email } };
}
