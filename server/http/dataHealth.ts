import { Router } from 'express';
import { duplicatesQuerySchema, healthQuerySchema } from '../../shared/protocol/index.ts';
import { readDuplicates, readHealth } from '../queries/health.ts';
import type { Doors } from './door.ts';

/** What is to be mended in the data. */
export function dataHealthRoutes({ read }: Doors): Router {
  const router = Router();
  router.get(
    '/data-health',
    read(async ({ app, caller, query }) => {
      const { check } = healthQuerySchema.parse(query);
      return readHealth(app, caller.actor, { check, today: new Date().toISOString().slice(0, 10) });
    }),
  );
  router.get(
    '/data-health/duplicates',
    read(async ({ app, caller, query }) =>
      readDuplicates(app, caller.actor, duplicatesQuerySchema.parse(query)),
    ),
  );
  return router;
}
