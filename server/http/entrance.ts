import type { Request, Response } from 'express';
import { customerActor, type Actor } from '../../shared/access/index.ts';
import {
  foreignOrigin,
  parseSeeAs,
  SEE_AS_HEADER,
  sessionEnded,
  type SeeAs,
} from '../../shared/protocol/index.ts';
import { actorOf, sessionOf } from '../identity/identify.ts';
import { slide } from '../identity/sessions.ts';
import { visitorByToken } from '../identity/visitors.ts';
import { log } from '../lib/log.ts';
import { tokenOf } from './cookie.ts';
import type { HttpDeps } from './deps.ts';
import { visitorOrigin } from './origin.ts';
import { requestIdOf } from './requestId.ts';

/** Somebody let in, on the store's word of just now. */
export interface Entered {
  /** Of the person, or of the visitor. */
  userId: string;
  /** Public id of the session; of a visitor there is one only, so it is the visitor's. */
  sessionId: string;
  /** As whom they look, if they do: then for reading only. */
  seeing: SeeAs | null;
  /** The people whose rights decide what they are shown. */
  watched: readonly string[];
  /** With the rights of now. */
  actor(): Promise<Actor>;
  /** What ended while an answer was computed gets none. @throws ApiError `session_ended` */
  mustStillHold(): Promise<void>;
}

/** How a request shows who sends it. @throws ApiError `unauthenticated`, `session_ended` */
export type Entrance = (request: Request, response: Response) => Promise<Entered>;

/** Our people, by the cookie of their session; `seeAs`: as whom they say that they look. */
export const bySession =
  ({ app, env }: HttpDeps, seeAs = true): Entrance =>
  async (request, response) => {
    const seeing = seeAs ? seeAsOf(request) : null;
    const session = await sessionOf(app, tokenOf(request, env));
    if (session.slideDue) {
      slide(app, session.sessionId, requestIdOf(response)).catch((err: unknown) =>
        log.warn({ err }, 'a session did not slide'),
      );
    }
    return {
      userId: session.userId,
      sessionId: session.sessionId,
      seeing,
      watched: seeing?.kind === 'user' ? [session.userId, seeing.id] : [session.userId],
      actor: () => actorOf(app, session, seeing),
      async mustStillHold() {
        const now = await sessionOf(app, tokenOf(request, env));
        if (now.sessionId !== session.sessionId) throw sessionEnded();
      },
    };
  };

/**
 * Customers, by the token that they send along; no cookie means anything here. A token works on pages that show its
 * channel and on no others.
 * @throws ApiError `foreign_origin`, too
 */
export const byVisitorToken =
  ({ app, env }: HttpDeps): Entrance =>
  async (request, response) => {
    const token = bearerOf(request);
    const { visitorId, channelId } = await visitorByToken(app, token);
    if (!(await visitorOrigin({ app, env }, channelId, request))) {
      response.removeHeader('Access-Control-Allow-Origin');
      throw foreignOrigin();
    }
    return {
      userId: visitorId,
      sessionId: visitorId,
      seeing: null,
      watched: [visitorId],
      actor: async () => customerActor(visitorId),
      mustStillHold: async () => void (await visitorByToken(app, token)),
    };
  };

const bearerOf = (request: Request): string | undefined =>
  /^Bearer ([A-Za-z0-9_-]{1,200})$/.exec(request.headers.authorization ?? '')?.[1];

/** @throws ApiError `malformed` */
function seeAsOf({ headers }: Request): SeeAs | null {
  const text = headers[SEE_AS_HEADER];
  return text === undefined ? null : parseSeeAs(text);
}
