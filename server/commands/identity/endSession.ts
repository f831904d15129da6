import { notFound, type Receipt } from '../../../shared/protocol/index.ts';
import { transaction } from '../../db/transaction.ts';
import { endSessionsIn, receiptOf } from '../../identity/endSessions.ts';
import type { App, Caller } from '../../lib/app.ts';
import { enderOf, mustMayEnd, reasonFor } from './mayEnd.ts';

/**
 * Ends one session: one's own, or anyone's with `end_sessions`. One that is over already gives a receipt of 0.
 * @throws ApiError `not_found` for an unknown session as for another's
 */
export async function endSession(app: App, caller: Caller, id: string): Promise<Receipt> {
  const end = await transaction(app.sql, async (tx) => {
    const [session] = await tx<{ user_id: string }[]>`select user_id from session where id = ${id}`;
    await mustMayEnd(tx, caller, session?.user_id ?? null);
    if (!session) throw notFound();
    const reason = reasonFor(caller, session.user_id);
    return endSessionsIn(tx, app, enderOf(caller), { sessions: [id] }, reason, caller.sessionId);
  });
  return receiptOf(app, end);
}
