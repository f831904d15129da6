import { ticketOfVisitor } from '../../conversations/threads.ts';
import { renameVisitor } from '../../identity/visitors.ts';
import type { App, Caller } from '../../lib/app.ts';
import { changeRecord } from '../../records/write.ts';
import { perform } from '../perform.ts';
import { asTicketFields, checkedDetails, type Details } from './visitorDetails.ts';

/**
 * A visitor says who they are, or says it anew; their ticket tells us.
 * @throws ApiError `invalid`, `session_ended`
 */
export async function changeVisitor(app: App, caller: Caller, given: Details): Promise<void> {
  const details = checkedDetails(app, given);
  await perform(app, caller, async ({ tx, ctx }) => {
    await renameVisitor(tx, caller.actor.userId, details);
    const ticket = await ticketOfVisitor(tx, caller.actor.userId);
    if (ticket) await changeRecord(tx, app, ctx, app.registry.get('ticket'), ticket, asTicketFields(details));
  });
}
