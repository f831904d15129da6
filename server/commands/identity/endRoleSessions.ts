import { notFound, type Receipt } from '../../../shared/protocol/index.ts';
import type { App, Caller } from '../../lib/app.ts';
import { endOnce } from './endOnce.ts';
import { mustMayEnd } from './mayEnd.ts';

/**
 * Ends every session of everyone who holds a role now, the caller's own included if they do.
 * @throws ApiError `not_found` for an unknown role, and without `end_sessions`; `idempotency_conflict`
 */
export const endRoleSessions = (
  app: App,
  caller: Caller,
  roleId: string,
  idempotencyKey?: string,
): Promise<Receipt> =>
  endOnce(app, caller, {
    content: ['end role', roleId],
    idempotencyKey,
    async meant(tx) {
      await mustMayEnd(tx, caller, null);
      const [role] = await tx`select 1 from role where id = ${roleId}`;
      if (!role) throw notFound();
      return { which: { roleId }, reason: 'ended_by_admin' };
    },
  });
