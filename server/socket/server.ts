import type { IncomingMessage, Server as HttpServer } from 'node:http';
import { Server, type Socket } from 'socket.io';
import type { z } from 'zod';
import {
  ApiError,
  closeSchema,
  malformed,
  moreSchema,
  openSchema,
  SOCKET_LIMITS,
  tooManyRequests,
  unavailable,
  type Answer,
  type ClientToServer,
  type ServerToClient,
} from '../../shared/protocol/index.ts';
import type { Visitor } from '../identity/visitor.ts';
import type { LiveNode } from '../fanout/node.ts';
import { close, more, open } from '../fanout/opening.ts';
import { newSubscriber, type Subscriber } from '../fanout/subscriber.ts';
import { newId } from '../../shared/lib/ids.ts';
import { log } from '../lib/log.ts';
import { Allowance } from './allowance.ts';
import { hangUp, outletOf } from './outlet.ts';

interface Options {
  http: HttpServer;
  node: LiveNode;
  /** Whether the page that opens this socket is ours; Socket.IO's `cors` option does not ask for WebSockets. */
  sameOrigin(request: IncomingMessage): boolean;
  /** Whose session the handshake's cookie opens, on the store's word. Throws ApiError where it opens none. */
  authenticate(request: IncomingMessage): Promise<Visitor>;
}

export type SocketServer = Server<
  ClientToServer,
  ServerToClient,
  Record<string, never>,
  { visitor: Visitor }
>;
type LiveSocket = Socket<ClientToServer, ServerToClient, Record<string, never>, { visitor: Visitor }>;

/** The live door. Records are never written through it: it opens views, and carries frames out. */
export function serveSockets({ http, node, sameOrigin, authenticate }: Options): SocketServer {
  const io: SocketServer = new Server(http, {
    path: '/socket.io',
    transports: ['websocket'],
    serveClient: false,
    // Frames shared between sockets, and no oracle through compressed lengths.
    perMessageDeflate: false,
    maxHttpBufferSize: SOCKET_LIMITS.messageBytes,
    allowRequest: (request, decide) => decide(null, sameOrigin(request)),
    // connectionStateRecovery stays off: it sends missed packets to sessions that have ended meanwhile.
  });
  io.use((socket, next) => {
    handshake(socket.request)
      .then((visitor) => {
        socket.data.visitor = visitor;
        next();
      })
      .catch((error: unknown) => next(asConnectError(error)));
  });
  io.on('connection', (socket) => void welcome(socket));

  async function handshake(request: IncomingMessage): Promise<Visitor> {
    if (!node.lease.open()) throw unavailable();
    return authenticate(request);
  }

  async function welcome(socket: LiveSocket): Promise<void> {
    const { userId, sessionId, actor } = socket.data.visitor;
    const subscriber = newSubscriber({ id: newId(), userId, sessionId, actor, outlet: outletOf(socket) });
    node.subscribers.add(subscriber);
    socket.on('disconnect', () => node.subscribers.remove(subscriber));
    // Rights or session may have changed between the handshake's reading and our being known to the node, so that no
    // poll told us: nothing is sent before they have been read once more.
    subscriber.muted = true;
    listen(socket, subscriber);
    const again = await authenticate(socket.request).catch(() => null);
    if (subscriber.closed) return;
    if (!again) return hangUp(socket);
    if (subscriber.generation > 0) return;
    subscriber.actor = again.actor;
    subscriber.muted = false;
  }

  function listen(socket: LiveSocket, subscriber: Subscriber): void {
    const allowance = new Allowance({ burst: 120, perSecond: 30 });
    const on =
      <S extends z.ZodType, T>(
        schema: S,
        act: (message: z.infer<S>, answer: (answer: T) => void) => Promise<void>,
      ) =>
      (message: unknown, answer: unknown) => {
        const reply =
          typeof answer === 'function' ? (answer as (answer: Answer<T>) => void) : () => undefined;
        answerTo(async () => {
          if (!allowance.take()) throw tooManyRequests(1);
          const parsed = schema.safeParse(message);
          if (!parsed.success) throw malformed(parsed.error.issues[0]?.message ?? 'Malformed message');
          await act(parsed.data, reply);
        }, reply);
      };
    socket.on(
      'open',
      on(openSchema, async (message, answer) => {
        if (
          subscriber.views.size + subscriber.opening >= SOCKET_LIMITS.views &&
          !subscriber.views.has(message.id)
        ) {
          throw new ApiError('too_large', `At most ${SOCKET_LIMITS.views} views may be open`);
        }
        await open(node, subscriber, message, answer);
      }),
    );
    socket.on(
      'more',
      on(moreSchema, (message, answer) => more(node, subscriber, message, answer)),
    );
    socket.on(
      'close',
      on(closeSchema, async (message, answer) => {
        close(subscriber, message.id);
        answer({ ok: true as const });
      }),
    );
  }

  return io;
}

function answerTo<T>(work: () => Promise<void>, reply: (answer: Answer<T>) => void): void {
  work().catch((error: unknown) => {
    if (error instanceof ApiError) return reply(error.body);
    log.error({ err: error }, 'a socket message failed');
    reply(new ApiError('internal', 'Something went wrong on our side').body);
  });
}

/** Socket.IO hands `data` of a refused handshake to the client's `connect_error`. */
function asConnectError(error: unknown): Error {
  if (!(error instanceof ApiError)) log.error({ err: error }, 'a handshake failed');
  const known = error instanceof ApiError ? error : unavailable();
  return Object.assign(new Error(known.code), { data: known.body });
}
