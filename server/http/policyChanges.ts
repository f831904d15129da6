import { Router } from 'express';
import { notFound, previewRequestSchema, tooManyRequests } from '../../shared/protocol/index.ts';
import { previewChange } from '../commands/governance/preview/previewChange.ts';
import { undoChange } from '../commands/governance/undo/undoChange.ts';
import { listPolicyChanges } from '../queries/policyChanges.ts';
import { Turns } from '../lib/turns.ts';
import type { HttpDeps } from './deps.ts';
import type { Doors } from './door.ts';
import { proposalRoutes } from './proposals.ts';
import { nothing } from './query.ts';

/** Counts over whole tables that run at once on a node; so many more wait. */
export const COUNTS_AT_ONCE = 2;
const WAITING_MAX = 8;
const RETRY_s = 2;

/** What changes of policy come to, before they are made; those that were made, and taking them back. */
export function policyChangeRoutes(deps: HttpDeps, ways: Doors): Router {
  const { countSql } = deps;
  const { read, write } = ways;
  const router = Router();
  const turns = new Turns(COUNTS_AT_ONCE, WAITING_MAX);
  router.use(proposalRoutes(deps, ways, turns));

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
  router.get(
    '/policy-changes',
    read(async ({ app, caller, query }) => {
      nothing.parse(query);
      return { rows: await listPolicyChanges(app, caller.actor), next: null };
    }),
  );
  router.post(
    '/policy-changes/:id/undo',
    write(async ({ app, caller, params, query, idempotencyKey }) => {
      nothing.parse(query);
      return { status: 200, body: await undoChange(app, caller, { id: lineIn(params), idempotencyKey }) };
    }),
  );
  return router;
}

/** The number of a line of the trail. @throws ApiError `not_found`, as for a number that none has */
function lineIn({ id = '' }: Readonly<Record<string, string>>): number {
  if (!/^[1-9]\d{0,14}$/.test(id)) throw notFound();
  return Number(id);
}
