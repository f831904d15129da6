import { Router } from 'express';
import { notFound, seenSchema, ticketMessageSchema } from '../../shared/protocol/index.ts';
import { markSeen } from '../commands/support/markSeen.ts';
import { sendMessage } from '../commands/support/sendMessage.ts';
import { readThread } from '../queries/thread.ts';
import type { Doors } from './door.ts';
import { idIn, nothing } from './query.ts';
import { answered } from './records.ts';

/** What a ticket has beside what every record has: its thread, and how far we have read. */
export function ticketRoutes({ read, write }: Doors): Router {
  const router = Router();

  router.get(
    '/tickets/:id/messages',
    read(async ({ app, caller, params, query }) => {
      nothing.parse(query);
      const rows = await readThread(app, caller.actor, idIn(params));
      if (!rows) throw notFound();
      return { rows };
    }),
  );
  router.post(
    '/tickets/:id/messages',
    write(async ({ app, caller, params, query, body, idempotencyKey }) => {
      nothing.parse(query);
      const ticket = idIn(params);
      const message = ticketMessageSchema.parse(body);
      return answered(await sendMessage(app, caller, { ...message, ticket, idempotencyKey }));
    }),
  );
  router.post(
    '/tickets/:id/seen',
    write(async ({ app, caller, params, query, body }) => {
      nothing.parse(query);
      const { through } = seenSchema.parse(body ?? {});
      await markSeen(app, caller, idIn(params), through);
      return { status: 204, body: undefined };
    }),
  );
  return router;
}
