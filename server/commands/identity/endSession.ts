import { notFound, type Receipt } from '../../../shared/protocol/index.ts';
import type { App, Caller } from '../../lib/app.ts';
import { endOnce } from './endOnce.ts';
import { mustMayEnd, reasonFor } from './mayEnd.ts';

/**
 * Ends one session: one's own, or anyone's with `end_sessions`. One that is over already gives a receipt of 0.
 * @throws ApiError `not_found` for an unknown session as for another's; `idempotency_conflict`
 */
export const endSession = (app: App, caller: Caller, id: string, idempotencyKey?: string): Promise<Receipt> =>
  endOnce(app, caller, {
    content: ['end session', id],
    idempotencyKey,
    async meant(tx) {
      const [session] = await tx<{ user_id: string }[]>`select user_id from session where id = ${id}`;
      await mustMayEnd(tx, caller, session?.user_id ?? null);
      if (!session) throw notFound();
      return { which: { sessions: [id] }, reason: reasonFor(caller, session.user_id) };
    },
  });
