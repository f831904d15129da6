import { Router } from 'express';
import { baselineSchema } from '../../shared/protocol/index.ts';
import { setBaseline } from '../commands/governance/setBaseline.ts';
import { listBaselines } from '../queries/baselines.ts';
import type { Doors } from './door.ts';
import { nothing } from './query.ts';

/** What everyone signed in may do, object by object. */
export function baselineRoutes({ read, write }: Doors): Router {
  const router = Router();
  router.get(
    '/baselines',
    read(async ({ app, caller, query }) => {
      nothing.parse(query);
      return { rows: await listBaselines(app, caller), next: null };
    }),
  );
  router.put(
    '/baselines/:object',
    write(async ({ app, caller, params, query, body, idempotencyKey }) => {
      nothing.parse(query);
      const { baseline } = baselineSchema.parse(body);
      const object = params['object'] ?? '';
      return { status: 200, body: await setBaseline(app, caller, { object, baseline, idempotencyKey }) };
    }),
  );
  return router;
}
