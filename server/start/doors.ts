import type { IncomingMessage, Server as HttpServer } from 'node:http';
import { customerActor } from '../../shared/access/index.ts';
import { foreignOrigin } from '../../shared/protocol/index.ts';
import type { LiveNode } from '../fanout/node.ts';
import { tokenOf } from '../http/cookie.ts';
import type { HttpDeps } from '../http/deps.ts';
import { isLoopback } from '../http/host.ts';
import { sameOrigin, visitorOrigin } from '../http/origin.ts';
import { enterLooking } from '../identity/enterLooking.ts';
import { visitorByToken } from '../identity/visitors.ts';
import { DOORS, serveSockets, type SocketServer } from '../socket/server.ts';

/** Two ways in for sockets: people of ours come with a cookie from our own pages, customers with a token from others. */
export function openSocketDoors(http: HttpServer, node: LiveNode, { app, env }: HttpDeps): SocketServer[] {
  const reachable = ({ headers }: IncomingMessage) => !env.demo || isLoopback(headers.host);
  return [
    serveSockets({
      http,
      node,
      ...DOORS.people,
      allow: (request) => reachable(request) && sameOrigin(env, request),
      authenticate: (request, { seeAs }) => enterLooking(app, tokenOf(request, env), seeAs),
    }),
    serveSockets({
      http,
      node,
      ...DOORS.customers,
      allow: async (request) => reachable(request) && visitorOrigin({ env, app }, null, request),
      authenticate: async (request, { token }) => {
        const { visitorId, channelId } = await visitorByToken(app, token);
        if (!(await visitorOrigin({ env, app }, channelId, request))) throw foreignOrigin();
        return { userId: visitorId, sessionId: visitorId, actor: customerActor(visitorId) };
      },
    }),
  ];
}
