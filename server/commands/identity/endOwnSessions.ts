import type { Receipt } from '../../../shared/protocol/index.ts';
import type { App, Caller } from '../../lib/app.ts';
import { endOnce } from './endOnce.ts';

/** Ends the caller's sessions everywhere, or everywhere else. @throws ApiError `idempotency_conflict` */
export function endOwnSessions(
  app: App,
  caller: Caller,
  options: { exceptCurrent: boolean; idempotencyKey?: string },
): Promise<Receipt> {
  const { exceptCurrent, idempotencyKey } = options;
  const except = exceptCurrent ? caller.sessionId : undefined;
  const { userId } = caller.actor;
  return endOnce(app, caller, {
    content: ['end own', except ?? null],
    idempotencyKey,
    meant: async () => ({ which: { userId, except }, reason: 'ended_by_self' }),
  });
}
