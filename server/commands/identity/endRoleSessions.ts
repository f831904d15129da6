import { notFound, type Receipt } from '../../../shared/protocol/index.ts';
import { transaction } from '../../db/transaction.ts';
import { endSessionsIn, receiptOf } from '../../identity/endSessions.ts';
import type { App, Caller } from '../../lib/app.ts';
import { enderOf, mustMayEnd } from './mayEnd.ts';

/**
 * Ends every session of everyone who holds a role now, the caller's own included if they do.
 * @throws ApiError `not_found` for an unknown role, and without `end_sessions`
 */
export async function endRoleSessions(app: App, caller: Caller, roleId: string): Promise<Receipt> {
  const end = await transaction(app.sql, async (tx) => {
    await mustMayEnd(tx, caller, null);
    const [role] = await tx`select 1 from role where id = ${roleId}`;
    if (!role) throw notFound();
    return endSessionsIn(tx, app, enderOf(caller), { roleId }, 'ended_by_admin', caller.sessionId);
  });
  return receiptOf(app, end);
}
