import type { IncomingMessage, Server as HttpServer } from 'node:http';
import { Server, type Socket } from 'socket.io';
import type { Actor } from '../../shared/access/index.ts';
import { newId } from '../../shared/lib/ids.ts';
import {
  ApiError,
  SOCKET_LIMITS,
  tooManyRequests,
  unavailable,
  type ClientToServer,
  type ServerToClient,
} from '../../shared/protocol/index.ts';
import type { LiveNode } from '../fanout/node.ts';
import { newSubscriber, type Subscriber } from '../fanout/subscriber.ts';
import { log } from '../lib/log.ts';
import { listen, type ClientLimits } from './listen.ts';
import { hangUp, outletOf } from './outlet.ts';

/** Whoever is at the other end; for a customer both ids are the visitor's. */
export interface Entrant {
  userId: string;
  sessionId: string;
  actor: Actor;
  /** Where they look as somebody else: who does, as whom, and whose rights decide. */
  looks?: Pick<Subscriber, 'seeing' | 'watched'>;
}

export interface SocketDoor {
  http: HttpServer;
  node: LiveNode;
  path: string;
  /** Whether the page that opens this socket may; Socket.IO's `cors` option does not ask for WebSockets. */
  allow(request: IncomingMessage): boolean | Promise<boolean>;
  /** Whom the handshake lets in, on the store's word. Throws ApiError where it lets in nobody. */
  authenticate(request: IncomingMessage, auth: Readonly<Record<string, unknown>>): Promise<Entrant>;
  limits: ClientLimits & { socketsPerSession: number; messageBytes: number };
}

/** Where the doors are, and what who comes through them may do. */
export const DOORS = {
  people: {
    path: '/socket.io',
    limits: {
      views: SOCKET_LIMITS.views,
      messages: { burst: 120, perSecond: 30 },
      presence: { burst: 20, perSecond: 5 },
      socketsPerSession: 500,
      messageBytes: SOCKET_LIMITS.messageBytes,
    },
  },
  customers: {
    path: '/widget/socket.io',
    limits: {
      views: SOCKET_LIMITS.customerViews,
      messages: { burst: 30, perSecond: 5 },
      presence: { burst: 10, perSecond: 2 },
      socketsPerSession: 10,
      messageBytes: SOCKET_LIMITS.customerMessageBytes,
    },
  },
} satisfies Record<string, Pick<SocketDoor, 'path' | 'limits'>>;

type Data = { entrant: Entrant };
export type SocketServer = Server<ClientToServer, ServerToClient, Record<string, never>, Data>;
type LiveSocket = Socket<ClientToServer, ServerToClient, Record<string, never>, Data>;

/** A live door. Records are never written through it: it opens views, and carries frames out. */
export function serveSockets({ http, node, path, allow, authenticate, limits }: SocketDoor): SocketServer {
  const io: SocketServer = new Server(http, {
    path,
    transports: ['websocket'],
    serveClient: false,
    // Frames shared between sockets, and no oracle through compressed lengths.
    perMessageDeflate: false,
    maxHttpBufferSize: limits.messageBytes,
    // The other door on this server may take its time to answer: closeStrayUpgrades knows both.
    destroyUpgrade: false,
    allowRequest: (request, decide) => {
      Promise.resolve(allow(request)).then(
        (allowed) => decide(null, allowed),
        (error: unknown) => decide(asConnectError(error).message, false),
      );
    },
    // connectionStateRecovery stays off: it sends missed packets to sessions that have ended meanwhile.
  });
  closeStrayUpgrades(http);
  io.use((socket, next) => {
    handshake(socket)
      .then((entrant) => {
        socket.data.entrant = entrant;
        next();
      })
      .catch((error: unknown) => next(asConnectError(error)));
  });
  io.on('connection', (socket) => void welcome(socket));

  async function handshake(socket: LiveSocket): Promise<Entrant> {
    if (!node.lease.open()) throw unavailable();
    const entrant = await authenticate(socket.request, socket.handshake.auth);
    if (node.subscribers.of(entrant.sessionId) >= limits.socketsPerSession) throw tooManyRequests(5);
    return entrant;
  }

  async function welcome(socket: LiveSocket): Promise<void> {
    const { userId, sessionId, actor, looks } = socket.data.entrant;
    const subscriber = newSubscriber({
      id: newId(),
      userId,
      sessionId,
      actor,
      outlet: outletOf(socket),
      ...looks,
    });
    node.subscribers.add(subscriber);
    socket.on('disconnect', () => node.subscribers.remove(subscriber));
    // Rights or session may have changed between the handshake's reading and our being known to the node, so that no
    // poll told us: nothing is sent before they have been read once more.
    subscriber.muted = true;
    listen(socket, node, subscriber, limits);
    const again = await authenticate(socket.request, socket.handshake.auth).catch(() => null);
    if (subscriber.closed) return;
    if (!again) return hangUp(socket);
    if (subscriber.generation > 0) return;
    subscriber.actor = again.actor;
    subscriber.muted = false;
  }

  return io;
}

/** Ends upgrades that no door answers, as Node itself does where nobody listens for any. */
function closeStrayUpgrades(http: HttpServer): void {
  if (guarded.has(http)) return;
  guarded.add(http);
  const doors = Object.values(DOORS);
  http.on('upgrade', (request, socket) => {
    if (doors.some(({ path }) => request.url?.startsWith(`${path}/`))) return;
    socket.on('error', () => undefined);
    setTimeout(() => {
      // Vite answers some of its own while we develop.
      if ('bytesWritten' in socket && socket.bytesWritten === 0) socket.destroy();
    }, STRAY_ms).unref();
  });
}
const STRAY_ms = 1_000;
const guarded = new WeakSet<HttpServer>();

/** Socket.IO hands `data` of a refused handshake to the client's `connect_error`. */
function asConnectError(error: unknown): Error {
  if (!(error instanceof ApiError)) log.error({ err: error }, 'a handshake failed');
  const known = error instanceof ApiError ? error : unavailable();
  return Object.assign(new Error(known.code), { data: known.body });
}
