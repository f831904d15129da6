import express, { Router, type Express, type RequestHandler } from 'express';
import { LIMITS, unavailable } from '../../shared/protocol/index.ts';
import { jsonBodies } from './body.ts';
import { dataHealthRoutes } from './dataHealth.ts';
import { demoRoutes } from './demo.ts';
import { draftRoutes } from './drafts.ts';
import type { HttpDeps, HttpGate } from './deps.ts';
import { doors } from './door.ts';
import { answerErrors, answerNotFound } from './errors.ts';
import { exportRoutes } from './exports.ts';
import { fieldRoutes } from './fields.ts';
import { limitRequests } from './flood.ts';
import { noStore, securityHeaders } from './headers.ts';
import { healthRoutes } from './health.ts';
import { loopbackOnlyInDemo } from './host.ts';
import { importRoutes, uploadRoutes } from './imports.ts';
import { identityRoutes } from './identity.ts';
import { notificationRoutes } from './notifications.ts';
import { openApiRoutes } from './openapi.ts';
import { accessRequestRoutes } from './accessRequests.ts';
import { baselineRoutes } from './baselines.ts';
import { refuseForeignOrigin } from './origin.ts';
import { organisationRoutes } from './organisation.ts';
import { policyChangeRoutes } from './policyChanges.ts';
import { recordRoutes } from './records.ts';
import { nameRequest } from './requestId.ts';
import { rightsRoutes } from './rights.ts';
import { roleRoutes } from './roles.ts';
import { ruleRoutes } from './rules.ts';
import { searchRoutes } from './search.ts';
import { seeAsRoutes } from './seeAs.ts';
import { sessionRoutes } from './sessions.ts';
import { ticketRoutes } from './tickets.ts';
import { visitorRoutes } from './visitor.ts';
import { widgetRoutes } from './widget.ts';

/** The HTTP side of the program, in the order in which a request goes through it. */
export function createHttp(deps: HttpDeps): Express {
  const { env, client } = deps;
  const app = express();
  app.disable('x-powered-by');
  // A tag is made from the body, and so tells of hidden things by not changing when it should.
  app.disable('etag');
  app.enable('case sensitive routing');
  // `?a=1&a=2` is a list, which no schema of ours takes; brackets in names mean nothing.
  app.set('query parser', 'simple');
  app.set('trust proxy', env.trustProxy);

  app.use(nameRequest, securityHeaders(env), loopbackOnlyInDemo(env));
  app.use(healthRoutes(deps.health));
  app.use('/api', api(deps));
  app.use(widgetRoutes(deps));
  if (client) app.use(client);
  app.use(answerNotFound, answerErrors);
  return app;
}

function api(deps: HttpDeps): Router {
  const { env, gate } = deps;
  const router = Router({ caseSensitive: true });
  router.use(noStore, whileLeaseHolds(gate), limitRequests(env));
  // Before foreign origins are refused: customers come from the web sites that show our chat.
  router.use('/visitor', visitorRoutes(deps));
  const ways = doors(deps);
  router.use(refuseForeignOrigin(env), uploadRoutes(ways), jsonBodies(LIMITS.bodyBytes));

  router.use(openApiRoutes(deps), demoRoutes(deps), identityRoutes(deps, ways));
  router.use(sessionRoutes(ways), roleRoutes(ways), rightsRoutes(ways), organisationRoutes(ways));
  router.use(
    fieldRoutes(ways),
    baselineRoutes(ways),
    ruleRoutes(ways),
    policyChangeRoutes(deps, ways),
    accessRequestRoutes(ways),
    seeAsRoutes(deps),
  );
  router.use(ticketRoutes(ways), draftRoutes(ways), notificationRoutes(ways));
  router.use(searchRoutes(ways), dataHealthRoutes(ways), importRoutes(ways));
  // Last, as these take any plural.
  router.use(exportRoutes(deps, ways), recordRoutes(ways));
  router.use(answerNotFound);
  return router;
}

/** A node that has lost touch with the store does not know who may still see what: it answers nobody. */
const whileLeaseHolds =
  (gate: HttpGate): RequestHandler =>
  (_request, _response, next) => {
    if (!gate.open()) throw unavailable();
    next();
  };
