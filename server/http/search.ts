import { Router } from 'express';
import { searchQuerySchema } from '../../shared/protocol/index.ts';
import { search } from '../queries/search.ts';
import type { Doors } from './door.ts';

/** Looking for records of every kind at once. */
export function searchRoutes({ read }: Doors): Router {
  const router = Router();
  router.get(
    '/search',
    read(async ({ app, caller, query }) => search(app, caller.actor, searchQuerySchema.parse(query))),
  );
  return router;
}
