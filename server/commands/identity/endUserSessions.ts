import { notFound, type Receipt } from '../../../shared/protocol/index.ts';
import { transaction } from '../../db/transaction.ts';
import { endSessionsIn, receiptOf } from '../../identity/endSessions.ts';
import type { App, Caller } from '../../lib/app.ts';
import { enderOf, mustMayEnd, reasonFor } from './mayEnd.ts';

/**
 * Ends every session of a person: of oneself, or of anyone with `end_sessions`.
 * @throws ApiError `not_found` for an unknown person as for another
 */
export async function endUserSessions(app: App, caller: Caller, userId: string): Promise<Receipt> {
  const end = await transaction(app.sql, async (tx) => {
    await mustMayEnd(tx, caller, userId);
    const [person] = await tx`select 1 from user_account where id = ${userId}`;
    if (!person) throw notFound();
    return endSessionsIn(tx, app, enderOf(caller), { userId }, reasonFor(caller, userId), caller.sessionId);
  });
  return receiptOf(app, end);
}
