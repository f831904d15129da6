import { Router } from 'express';
import { z } from 'zod';
import { endOwnSessions } from '../commands/identity/endOwnSessions.ts';
import { endRoleSessions } from '../commands/identity/endRoleSessions.ts';
import { endSession } from '../commands/identity/endSession.ts';
import { endUserSessions } from '../commands/identity/endUserSessions.ts';
import { ownSessions, userSessions } from '../queries/sessions.ts';
import type { Doors } from './door.ts';
import { idIn, nothing } from './query.ts';

export const endOwnQuery = z.strictObject({ except: z.literal('current').optional() });

/** Sessions, listed and ended; every end answers with a receipt. */
export function sessionRoutes({ read, write }: Doors): Router {
  const router = Router();

  router.get(
    '/sessions',
    read(async ({ app, caller, query }) => {
      nothing.parse(query);
      return { rows: await ownSessions(app, caller), next: null };
    }),
  );
  router.get(
    '/users/:id/sessions',
    read(async ({ app, caller, params, query }) => {
      nothing.parse(query);
      return { rows: await userSessions(app, caller, idIn(params)), next: null };
    }),
  );

  router.delete(
    '/sessions',
    write(async ({ app, caller, query, idempotencyKey }) => {
      const { except } = endOwnQuery.parse(query);
      return {
        status: 200,
        body: await endOwnSessions(app, caller, { exceptCurrent: except === 'current', idempotencyKey }),
      };
    }),
  );
  router.delete(
    '/sessions/:id',
    write(async ({ app, caller, params, query, idempotencyKey }) => {
      nothing.parse(query);
      return { status: 200, body: await endSession(app, caller, idIn(params), idempotencyKey) };
    }),
  );
  router.delete(
    '/users/:id/sessions',
    write(async ({ app, caller, params, query, idempotencyKey }) => {
      nothing.parse(query);
      return { status: 200, body: await endUserSessions(app, caller, idIn(params), idempotencyKey) };
    }),
  );
  router.delete(
    '/roles/:id/sessions',
    write(async ({ app, caller, params, query, idempotencyKey }) => {
      nothing.parse(query);
      return { status: 200, body: await endRoleSessions(app, caller, idIn(params), idempotencyKey) };
    }),
  );
  return router;
}
