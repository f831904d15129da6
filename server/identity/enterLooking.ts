import type { Actor } from '../../shared/access/index.ts';
import { parseSeeAs } from '../../shared/protocol/index.ts';
import type { Seeing } from '../access/seeAs.ts';
import type { App } from '../lib/app.ts';
import { identify } from './identify.ts';
import type { Token } from './tokens.ts';

/** Somebody at a socket's door. */
export interface Looking {
  /** Whose screen it is: where somebody looks as another, that one's. */
  userId: string;
  sessionId: string;
  actor: Actor;
  looks?: { seeing: Seeing; watched: readonly string[] };
}

/** Who comes by a token, and as whom they look, if `seeAs` says so. @throws ApiError as `identify` does, `malformed` */
export async function enterLooking(app: App, token: Token | null, seeAs: unknown): Promise<Looking> {
  const as = seeAs === undefined ? null : parseSeeAs(seeAs);
  const { userId: viewer, sessionId, actor } = await identify(app, token, as);
  if (as === null) return { userId: viewer, sessionId, actor };
  const watched = as.kind === 'user' ? [viewer, as.id] : [viewer];
  return { userId: actor.userId, sessionId, actor, looks: { seeing: { sessionId, viewer, as }, watched } };
}
