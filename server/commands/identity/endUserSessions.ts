import { notFound, type Receipt } from '../../../shared/protocol/index.ts';
import type { App, Caller } from '../../lib/app.ts';
import { endOnce } from './endOnce.ts';
import { mustMayEnd, reasonFor } from './mayEnd.ts';

/**
 * Ends every session of a person: of oneself, or of anyone with `end_sessions`.
 * @throws ApiError `not_found` for an unknown person as for another; `idempotency_conflict`
 */
export const endUserSessions = (
  app: App,
  caller: Caller,
  userId: string,
  idempotencyKey?: string,
): Promise<Receipt> =>
  endOnce(app, caller, {
    content: ['end user', userId],
    idempotencyKey,
    async meant(tx) {
      await mustMayEnd(tx, caller, userId);
      const [person] = await tx`select 1 from user_account where id = ${userId}`;
      if (!person) throw notFound();
      return { which: { userId }, reason: reasonFor(caller, userId) };
    },
  });
