import {
  alreadyDone,
  invalid,
  notAllowed,
  notFound,
  type InvitationLink,
} from '../../../../shared/protocol/index.ts';
import { holdPolicy } from '../../../access/accessLog.ts';
import { covers, partsOf, standingsOf } from '../../../access/parts.ts';
import { audit } from '../../../identity/audit.ts';
import { invite } from '../../../identity/invitations.ts';
import type { App, Caller } from '../../../lib/app.ts';
import { perform, type Act } from '../../perform.ts';

/**
 * Makes the link by which somebody new chooses a password and enters; the one before is over with it. It is told once,
 * to whoever asks, and works once. Whoever can sign in already needs none: nobody comes into an account that is used.
 * As the link opens what they hold, those who hold more than records are invited by who may change roles.
 * @throws ApiError `not_allowed`, `not_found`, `already_done`, `invalid` (no address to sign in with), `session_ended`
 */
export const invitePerson = (app: App, caller: Caller, id: string): Promise<InvitationLink> =>
  perform(app, caller, async (act) => {
    await mayInvite(act, id);
    const [person] = await act.tx<{ email: string | null; active: boolean; joined: boolean }[]>`
      select email, active, exists (select from credential c where c.user_id = u.id) as joined
      from user_account u where u.id = ${id} and u.deleted_at is null for no key update of u
    `;
    if (!person) throw notFound();
    if (person.joined) throw alreadyDone('They can sign in already');
    if (!person.active) throw invalid({ active: 'Activate them first' });
    if (person.email === null) throw invalid({ email: 'They sign in with it: fill it in first' });
    const link = await invite(act.tx, id);
    await audit(act.tx, { ...act.by, action: 'invitation.create', object: 'user', targetId: id });
    return link;
  });

async function mayInvite(act: Act, id: string): Promise<void> {
  const parts = partsOf(await act.actor(), 'manage_users');
  if (parts !== 'everyone' && parts.length === 0) throw notAllowed('manage_users');
  // What they hold must not grow while we look.
  await holdPolicy(act.tx);
  const [person] = await standingsOf(act.tx, [id]);
  if (!person) throw notFound();
  if (parts === 'everyone') {
    if (person.held.some(({ isSystem }) => isSystem)) await act.mustHold('manage_roles');
  } else if (!parts.some((part) => covers(part, person))) throw notFound();
}
