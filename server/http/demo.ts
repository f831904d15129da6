import { Router } from 'express';
import { notFound } from '../../shared/protocol/index.ts';
import { demoAccounts } from '../queries/demo.ts';
import type { HttpDeps } from './deps.ts';
import { nothing } from './query.ts';

/** The accounts that the sign-in page offers while the demo is on. For everyone, as there is nobody yet to ask. */
export function demoRoutes({ app, env }: HttpDeps): Router {
  const router = Router();
  router.get('/demo', async (request, response) => {
    nothing.parse(request.query);
    if (!env.demo) throw notFound();
    response.json({ accounts: await demoAccounts(app) });
  });
  return router;
}
