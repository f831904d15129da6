import { Router } from 'express';
import { accessRequestSchema, declineSchema, grantSchema } from '../../shared/protocol/index.ts';
import { declineRequest, grantRequest } from '../commands/requests/answer.ts';
import { askForAccess } from '../commands/requests/ask.ts';
import { previewGrant } from '../commands/requests/give.ts';
import { ownRequests, requestsToAnswer } from '../queries/accessRequests.ts';
import type { Doors } from './door.ts';
import { idIn, nothing } from './query.ts';

/** Asking for what one does not see or may not do, and answering those who ask. */
export function accessRequestRoutes({ read, write }: Doors): Router {
  const router = Router();

  router.post(
    '/access-requests',
    write(async ({ app, caller, query, body, idempotencyKey }) => {
      nothing.parse(query);
      const request = accessRequestSchema.parse(body);
      return { status: 202, body: await askForAccess(app, caller, { request, idempotencyKey }) };
    }),
  );
  router.get(
    '/me/access-requests',
    read(async ({ app, caller, query }) => {
      nothing.parse(query);
      return { rows: await ownRequests(app, caller.actor), next: null };
    }),
  );
  router.get(
    '/access-requests',
    read(async ({ app, caller, query }) => {
      nothing.parse(query);
      return { rows: await requestsToAnswer(app, caller.actor), next: null };
    }),
  );
  router.post(
    '/access-requests/:id/preview',
    write(async ({ app, caller, params, query, body }) => {
      nothing.parse(query);
      const grant = grantSchema.parse(body ?? {});
      return { status: 200, body: await previewGrant(app, caller, idIn(params), grant) };
    }),
  );
  router.post(
    '/access-requests/:id/grant',
    write(async ({ app, caller, params, query, body, idempotencyKey }) => {
      nothing.parse(query);
      const request = { id: idIn(params), grant: grantSchema.parse(body ?? {}), idempotencyKey };
      return { status: 200, body: await grantRequest(app, caller, request) };
    }),
  );
  router.post(
    '/access-requests/:id/decline',
    write(async ({ app, caller, params, query, body, idempotencyKey }) => {
      nothing.parse(query);
      const { words } = declineSchema.parse(body ?? {});
      return {
        status: 200,
        body: await declineRequest(app, caller, { id: idIn(params), words, idempotencyKey }),
      };
    }),
  );
  return router;
}
