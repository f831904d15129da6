import { Router, type Request } from 'express';
import {
  seenSchema,
  newVisitorSchema,
  VISITOR_BODY_BYTES,
  visitorMessageSchema,
  visitorPatchSchema,
} from '../../shared/protocol/index.ts';
import { beginVisit } from '../commands/support/beginVisit.ts';
import { changeVisitor } from '../commands/support/changeVisitor.ts';
import { markSeenByCustomer } from '../commands/support/markSeen.ts';
import { writeAsVisitor } from '../commands/support/writeAsVisitor.ts';
import { passMessageGuard, passVisitorGuard } from '../identity/visitorGuard.ts';
import { endVisitor } from '../identity/visitors.ts';
import { describeVisit } from '../queries/visit.ts';
import { jsonBodies } from './body.ts';
import { allowChannelOrigins } from './cors.ts';
import type { HttpDeps } from './deps.ts';
import { doors, type Answer, type Ask } from './door.ts';
import { byVisitorToken } from './entrance.ts';
import { answerNotFound } from './errors.ts';
import { visitorOrigin } from './origin.ts';
import { nothing } from './query.ts';

/** `/visitor`: all that customers can reach by HTTP, from the web sites that show our chat and from our own pages. */
export function visitorRoutes(deps: HttpDeps): Router {
  const { app, env, hits } = deps;
  const router = Router({ caseSensitive: true });
  const { read, write } = doors(deps, byVisitorToken(deps));
  router.use(allowChannelOrigins(deps), jsonBodies(VISITOR_BODY_BYTES));

  router.post('/', async (request, response) => {
    nothing.parse(request.query);
    const newcomer = newVisitorSchema.parse(request.body);
    const visit = await beginVisit(app, hits, { ...newcomer, ...whence(request) });
    response.status(201).json(visit);
  });
  router.get(
    '/',
    read(async ({ caller, query }) => {
      nothing.parse(query);
      return describeVisit(app, caller);
    }),
  );
  router.patch(
    '/',
    write(async (ask) => {
      nothing.parse(ask.query);
      const details = visitorPatchSchema.parse(ask.body);
      await passVisitorGuard(hits, ask.caller.actor.userId);
      await changeVisitor(app, ask.caller, details);
      return { status: 200, body: await describeVisit(app, ask.caller) };
    }),
  );
  router.delete(
    '/',
    write(async ({ caller, query }) => {
      nothing.parse(query);
      await endVisitor(app, caller.actor.userId);
      return DONE;
    }),
  );
  router.post(
    '/messages',
    write(async ({ caller, query, body, idempotencyKey }) => {
      nothing.parse(query);
      const message = visitorMessageSchema.parse(body);
      await passMessageGuard(hits, caller.actor.userId);
      return { status: 201, body: await writeAsVisitor(app, caller, { ...message, idempotencyKey }) };
    }),
  );
  router.post(
    '/seen',
    write(async (ask: Ask) => {
      nothing.parse(ask.query);
      const { through } = seenSchema.parse(ask.body ?? {});
      await passVisitorGuard(hits, ask.caller.actor.userId);
      await markSeenByCustomer(app, ask.caller, through);
      return DONE;
    }),
  );
  router.use(answerNotFound);
  return router;

  function whence(request: Request) {
    const mayShow = (channel: string) => visitorOrigin({ app, env }, channel, request);
    return { address: request.ip ?? '', mayShow };
  }
}

const DONE: Answer = { status: 204, body: undefined };
