import type { IncomingMessage } from 'node:http';
import { foreignOrigin } from '../../shared/protocol/index.ts';
import { originAllowed } from '../identity/visitors.ts';
import type { App } from '../lib/app.ts';
import type { HttpEnv } from './deps.ts';
import type { RequestHandler } from 'express';

const SAFE = new Set(['GET', 'HEAD', 'OPTIONS']);

/**
 * Refuses requests that change something and were sent by a page of another site. Browsers always name the page's
 * origin on those, and cannot be made to lie about it; a program that is no browser names none.
 */
export const refuseForeignOrigin =
  (env: HttpEnv): RequestHandler =>
  (request, _response, next) => {
    if (!SAFE.has(request.method) && !sameOrigin(env, request)) throw foreignOrigin();
    next();
  };

/**
 * Whether a request was sent by a page of ours, or by no page at all. Asked for socket handshakes, too: the browser
 * sends cookies along with them from any page, and Socket.IO's `cors` option does not stop WebSockets.
 */
export function sameOrigin(env: HttpEnv, request: IncomingMessage): boolean {
  const { origin, 'sec-fetch-site': site } = request.headers;
  if (origin !== undefined) return origin === ownOrigin(env, request);
  return site !== 'cross-site' && site !== 'same-site';
}

/**
 * Whether a request was sent by a page that may show this channel (null: any channel): one of ours, one of a web site
 * that the channel names, or by no page at all. Asked for the handshake of a visitor's socket, too.
 */
export async function visitorOrigin(
  { env, app }: { env: HttpEnv; app: App },
  channelId: string | null,
  request: IncomingMessage,
): Promise<boolean> {
  if (sameOrigin(env, request)) return true;
  const { origin } = request.headers;
  return origin !== undefined && originAllowed(app, channelId, origin);
}

/**
 * The origin of our own pages. Outside of production one also comes by 127.0.0.1 instead of localhost, or through a
 * port of a container's: there it is the host of this very request, with the scheme we are known by.
 */
function ownOrigin(env: HttpEnv, { headers: { host } }: IncomingMessage): string | null {
  const { origin, protocol } = new URL(env.publicUrl);
  if (env.production) return origin;
  return host === undefined ? null : `${protocol}//${host.toLowerCase()}`;
}
