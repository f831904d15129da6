import { Router } from 'express';
import { explainQuerySchema, whoCanSeeQuerySchema } from '../../shared/protocol/index.ts';
import { explain } from '../queries/explain.ts';
import { myRights } from '../queries/myRights.ts';
import { whoCanSee } from '../queries/whoCanSee.ts';
import type { Doors } from './door.ts';
import { nothing } from './query.ts';

/** Why somebody may do something, and who may see something. */
export function rightsRoutes({ read }: Doors): Router {
  const router = Router();
  router.get(
    '/explain',
    read(async ({ app, caller, query }) => explain(app, caller, explainQuerySchema.parse(query))),
  );
  router.get(
    '/who-can-see',
    read(async ({ app, caller, query }) => whoCanSee(app, caller, whoCanSeeQuerySchema.parse(query))),
  );
  router.get(
    '/me/rights',
    read(async ({ app, caller, query }) => {
      nothing.parse(query);
      return myRights(app, caller);
    }),
  );
  return router;
}
