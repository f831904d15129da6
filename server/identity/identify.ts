import type { Actor } from '../../shared/access/index.ts';
import { sessionEnded, unauthenticated, type SeeAs } from '../../shared/protocol/index.ts';
import { loadActor } from '../access/loadActor.ts';
import { lookAs } from '../access/seeAs.ts';
import type { App } from '../lib/app.ts';
import { endOf, validateSession, type LiveSession } from './sessions.ts';
import type { Token } from './tokens.ts';

/** Somebody signed in, with their rights: all on the store's word of just now. */
export interface Identified extends LiveSession {
  actor: Actor;
}

/** Who a token lets in, or as whom they look. @throws ApiError as `sessionOf` and `actorOf` do */
export async function identify(
  app: App,
  token: Token | null,
  seeAs: SeeAs | null = null,
): Promise<Identified> {
  const session = await sessionOf(app, token);
  return { ...session, actor: await actorOf(app, session, seeAs) };
}

/**
 * The session a token opens.
 * @throws ApiError `unauthenticated` if it never opened one, `session_ended` if that one is over
 */
export async function sessionOf(app: App, token: Token | null): Promise<LiveSession> {
  if (!token) throw unauthenticated();
  const session = await validateSession(app.sql, token);
  if (session) return session;
  const reason = await endOf(app.sql, token);
  throw reason === null ? unauthenticated() : sessionEnded(reason);
}

/**
 * The person of a session with the rights of now, or the one as whom they look.
 * @throws ApiError `session_ended` if they are inactive by now; looking, also as `lookAs` does
 */
export async function actorOf(app: App, session: LiveSession, seeAs: SeeAs | null = null): Promise<Actor> {
  const { sessionId, userId } = session;
  if (seeAs) return lookAs(app.sql, { sessionId, viewer: userId, as: seeAs });
  const actor = await loadActor(app.sql, session.userId);
  if (!actor) throw sessionEnded();
  return actor;
}
