import { Router } from 'express';
import { newFieldsSchema } from '../../shared/protocol/index.ts';
import { createFields } from '../commands/governance/createFields.ts';
import type { Doors } from './door.ts';
import { nothing } from './query.ts';

/** Fields of the organisation's own. Which there are is told by GET /api/me. */
export function fieldRoutes({ write }: Doors): Router {
  const router = Router();
  router.post(
    '/fields',
    write(async ({ app, caller, query, body }) => {
      nothing.parse(query);
      return { status: 201, body: await createFields(app, caller, newFieldsSchema.parse(body)) };
    }),
  );
  return router;
}
