import type { Request, RequestHandler, Response } from 'express';
import { EXPORT_LIMITS, malformed, readOnly, tooLarge, unavailable } from '../../shared/protocol/index.ts';
import type { App, Caller } from '../lib/app.ts';
import type { HttpDeps } from './deps.ts';
import { bySession, type Entered, type Entrance } from './entrance.ts';
import { Outflow } from './outflow.ts';
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
  /** For whoever is let in: computes a body, which is sent with 200. */
  read(compute: (ask: Ask) => Promise<unknown>): RequestHandler;
  /** For whoever is let in: does something, once. Its own transaction holds the session. */
  write(act: (ask: Ask) => Promise<Answer>): RequestHandler;
  /**
   * For whoever is let in: an answer that takes its time. It is cut within the bound that holds for sockets when the
   * session ends, the rights of whoever asks change, or the node loses touch with the store.
   */
  stream(send: (ask: Ask, flow: Outflow) => Promise<void>): RequestHandler;
  /** The same for a body that is no JSON, as it comes in, of `most` bytes; `mustStillHold` throws once the session is over. */
  take(
    most: number,
    act: (ask: Ask, body: AsyncIterable<Uint8Array>, mustStillHold: () => Promise<void>) => Promise<Answer>,
  ): RequestHandler;
}

const FILE_TYPE = 'application/octet-stream';

const IDEMPOTENCY_KEY = /^[\x21-\x7e]{1,200}$/;

/** Doors through which one comes by `entrance`: our people by their session, unless it says otherwise. */
export function doors(deps: HttpDeps, entrance: Entrance = bySession(deps)): Doors {
  const { app, env, gate } = deps;

  async function ask(guest: Entered, request: Request, response: Response): Promise<Ask> {
    const { seeing, userId: viewer } = guest;
    const caller = {
      actor: await guest.actor(),
      ...(seeing === null ? {} : { seeing: { viewer, as: seeing } }),
      sessionId: guest.sessionId,
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

  /** Changes when the rights of anybody do who decides what the guest is shown. */
  const stampOf = ({ watched }: Entered): string => watched.map((id) => gate.stamp(id)).join(' ');

  /** Whoever looks as somebody else writes nothing and takes nothing away. @throws ApiError `read_only`, `not_allowed` */
  async function mustBeThemselves(guest: Entered): Promise<void> {
    if (guest.seeing === null) return;
    await guest.actor();
    throw readOnly();
  }

  return {
    read: (compute) => async (request, response) => {
      const guest = await entrance(request, response);
      // The stamp is taken before the rights are read: a change in between is then seen as one.
      let stamp = stampOf(guest);
      let body = await compute(await ask(guest, request, response));
      if (stampOf(guest) !== stamp) {
        stamp = stampOf(guest);
        body = await compute(await ask(guest, request, response));
        if (stampOf(guest) !== stamp) throw unavailable('Your rights are changing; try again in a moment');
      }
      await guest.mustStillHold();
      if (!gate.open()) throw unavailable();
      response.json(body);
    },
    write: (act) => async (request, response) => {
      const guest = await entrance(request, response);
      await mustBeThemselves(guest);
      const { status, body, headers = {} } = await act(await ask(guest, request, response));
      // It is done; but what it answers may be a record, and a process that slept meanwhile knows nothing of now.
      if (!gate.open()) throw unavailable();
      for (const [name, value] of Object.entries(headers)) response.setHeader(name, value);
      response.status(status).json(body);
    },
    stream: (send) => async (request, response, next) => {
      // HEAD would compute the whole, and send nothing of it.
      if (request.method !== 'GET') return next();
      const guest = await entrance(request, response);
      await mustBeThemselves(guest);
      const stamp = stampOf(guest);
      const asked = await ask(guest, request, response);
      const refused = () =>
        !gate.open() ? 'node_unsure' : stampOf(guest) === stamp ? null : 'rights_changed';
      const flow = new Outflow(request, response, refused, { ...EXPORT_LIMITS, ...env.exports });
      const { userId, sessionId } = guest;
      const leave = gate.join({ userId, sessionId, actor: asked.caller.actor }, (why) => flow.cut(why));
      try {
        // After the node knows of us: an end that came before is seen here, and of a later one we are told.
        await guest.mustStillHold();
        await send(asked, flow);
      } catch (error) {
        const wasCut = flow.cutBecause !== null;
        if (!response.headersSent) throw wasCut ? flow.refusal : error;
        flow.cut('failed');
        // The error handler notes what nobody expected; to answer is too late.
        if (!wasCut) throw error;
      } finally {
        leave();
        flow.close();
      }
    },
    take: (most, act) => async (request, response) => {
      const guest = await entrance(request, response);
      await mustBeThemselves(guest);
      if (!request.is(FILE_TYPE)) throw malformed(`Send the file as it is, with Content-Type: ${FILE_TYPE}`);
      if (Number(request.headers['content-length'] ?? 0) > most) throw tooLarge(`At most ${most} bytes`);
      // Left alone when we stop reading, so that there is somebody to tell why.
      const body: AsyncIterable<Uint8Array> = request.iterator({ destroyOnReturn: false });
      try {
        const { status, body: told } = await act(
          await ask(guest, request, response),
          body,
          guest.mustStillHold,
        );
        if (!gate.open()) throw unavailable();
        response.status(status).json(told);
      } finally {
        if (!request.complete) {
          response.setHeader('Connection', 'close');
          request.resume();
        }
      }
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
