import type { Request, RequestHandler, Response } from 'express';
import { malformed, sessionEnded, unavailable } from '../../shared/protocol/index.ts';
import { slide, type LiveSession } from '../identity/sessions.ts';
import { actorOf, sessionOf } from '../identity/visitor.ts';
import type { App, Caller } from '../lib/app.ts';
import { log } from '../lib/log.ts';
import { tokenOf } from './cookie.ts';
import type { HttpDeps } from './deps.ts';
import { requestIdOf } from './requestId.ts';

/** What a door hands to what lies behind it. Nothing in it is checked but who asks. */
export interface Ask {
  app: App;
  caller: Caller;
  params: Readonly<Record<string, string>>;
  query: unknown;
  /** Parsed JSON; undefined where none was sent. */
  body: unknown;
  idempotencyKey: string | undefined;
}

export interface Answer {
  status: number;
  body: unknown;
  headers?: Record<string, string>;
}

export interface Doors {
  /** For whoever is signed in: computes a body, which is sent with 200. */
  read(compute: (ask: Ask) => Promise<unknown>): RequestHandler;
  /** For whoever is signed in: does something, once. Its own transaction holds the session. */
  write(act: (ask: Ask) => Promise<Answer>): RequestHandler;
}

const IDEMPOTENCY_KEY = /^[\x21-\x7e]{1,200}$/;

export function doors(deps: HttpDeps): Doors {
  const { app, env, gate } = deps;

  async function enter(request: Request, response: Response): Promise<LiveSession> {
    const session = await sessionOf(app, tokenOf(request, env));
    if (session.slideDue) {
      slide(app, session.sessionId, requestIdOf(response)).catch((err: unknown) =>
        log.warn({ err }, 'a session did not slide'),
      );
    }
    return session;
  }

  async function ask(session: LiveSession, request: Request, response: Response): Promise<Ask> {
    const caller = {
      actor: await actorOf(app, session),
      sessionId: session.sessionId,
      address: request.ip ?? '',
      requestId: requestIdOf(response),
    };
    return {
      app,
      caller,
      params: textParams(request),
      query: request.query,
      body: request.body,
      idempotencyKey: keyOf(request),
    };
  }

  /** A session that ended while its answer was computed gets none. */
  async function mustStillHold(request: Request, session: LiveSession): Promise<void> {
    const now = await sessionOf(app, tokenOf(request, env));
    if (now.sessionId !== session.sessionId) throw sessionEnded();
  }

  return {
    read: (compute) => async (request, response) => {
      const session = await enter(request, response);
      // The stamp is taken before the rights are read: a change in between is then seen as one.
      let stamp = gate.stamp(session.userId);
      let body = await compute(await ask(session, request, response));
      if (gate.stamp(session.userId) !== stamp) {
        stamp = gate.stamp(session.userId);
        body = await compute(await ask(session, request, response));
        if (gate.stamp(session.userId) !== stamp)
          throw unavailable('Your rights are changing; try again in a moment');
      }
      await mustStillHold(request, session);
      if (!gate.open()) throw unavailable();
      response.json(body);
    },
    write: (act) => async (request, response) => {
      const session = await enter(request, response);
      const { status, body, headers = {} } = await act(await ask(session, request, response));
      // It is done; but what it answers may be a record, and a process that slept meanwhile knows nothing of now.
      if (!gate.open()) throw unavailable();
      for (const [name, value] of Object.entries(headers)) response.setHeader(name, value);
      response.status(status).json(body);
    },
  };
}

// Only wildcards give lists, and no route of ours has one.
const textParams = (request: Request): Record<string, string> =>
  Object.fromEntries(Object.entries(request.params).map(([name, value]) => [name, String(value)]));

function keyOf(request: Request): string | undefined {
  const key = request.headers['idempotency-key'];
  if (key === undefined) return undefined;
  if (typeof key !== 'string' || !IDEMPOTENCY_KEY.test(key)) {
    throw malformed('Idempotency-Key is at most 200 visible ASCII characters', {
      'Idempotency-Key': 'Not a key',
    });
  }
  return key;
}
