import { Router } from 'express';
import { readNotification, readNotifications } from '../commands/support/readNotification.ts';
import type { Ask, Doors } from './door.ts';
import { idIn, nothing } from './query.ts';

/** Taking note of what one was told, one by one or all at once. */
export function notificationRoutes({ write }: Doors): Router {
  const router = Router();

  router.post(
    '/notifications/read',
    write(async (ask) => {
      nothing.parse(ask.query);
      nothing.parse(ask.body ?? {});
      await readNotifications(ask.app, ask.caller);
      return { status: 204, body: undefined };
    }),
  );
  router.post(
    '/notifications/:id/read',
    write(async (ask: Ask) => {
      nothing.parse(ask.query);
      nothing.parse(ask.body ?? {});
      await readNotification(ask.app, ask.caller, idIn(ask.params));
      return { status: 204, body: undefined };
    }),
  );
  return router;
}
