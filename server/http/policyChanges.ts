import { Router } from 'express';
import { previewRequestSchema, tooManyRequests } from '../../shared/protocol/index.ts';
import { previewChange } from '../commands/governance/preview/previewChange.ts';
import { Turns } from '../lib/turns.ts';
import type { HttpDeps } from './deps.ts';
import type { Doors } from './door.ts';
import { nothing } from './query.ts';

/** Counts over whole tables that run at once on a node; so many more wait. */
export const COUNTS_AT_ONCE = 2;
const WAITING_MAX = 8;
const RETRY_s = 2;

/** What changes of policy come to, before they are made. */
export function policyChangeRoutes({ countSql }: HttpDeps, { write }: Doors): Router {
  const router = Router();
  const turns = new Turns(COUNTS_AT_ONCE, WAITING_MAX);

  // Changes nothing, but tries the change out in the transaction of a writing door.
  router.post(
    '/role-preview',
    write(async ({ app, caller, query, body }) => {
      nothing.parse(query);
      const { change } = previewRequestSchema.parse(body);
      const answer = await turns.take(() => previewChange(app, { sql: countSql }, caller, change));
      if (answer === null) throw tooManyRequests(RETRY_s);
      return { status: 200, body: answer };
    }),
  );
  return router;
}
