import { Router } from 'express';
import { OBJECTS, Registry } from '../../shared/objects/index.ts';
import { identify } from '../identity/identify.ts';
import { tokenOf } from './cookie.ts';
import type { HttpDeps } from './deps.ts';
import { describeApi } from './openapi/describeApi.ts';
import { nothing } from './query.ts';

/**
 * The API described by itself, for everyone; what the organisation added to the objects is told to its people only.
 */
export function openApiRoutes({ app, env }: HttpDeps): Router {
  const router = Router();
  const own = new Registry(OBJECTS);
  router.get('/openapi.json', async (request, response) => {
    nothing.parse(request.query);
    const isOneOfUs = await identify(app, tokenOf(request, env)).then(
      () => true,
      () => false,
    );
    response.json(describeApi(isOneOfUs ? app.registry : own, env.publicUrl));
  });
  return router;
}
