import type { IncomingMessage, Server as HttpServer, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { monotonic_ms } from '../lib/clock.ts';
import { sayGoing } from '../socket/going.ts';
import type { SocketServer } from '../socket/server.ts';

/** So many clients come back elsewhere in a second, or as many more as have to. */
const SOCKETS_PER_s = 500;
const SPREAD_MAX_ms = 3_000;
/** So long is listened at most, and so much later what is still under way is cut: the whole stops within 10 s. */
const LISTEN_MAX_ms = 7_500;
const REST_MAX_ms = 1_000;
/** How long a client may take to answer our goodbye. */
const GOODBYE_ms = 500;
const STEP_ms = 20;

interface Options {
  /** Whether the port is served by others too: new connections are theirs from the first moment on. */
  shared: boolean;
}

/** Ends what a server does without breaking what it has begun. */
export class Drain {
  readonly #server: HttpServer;
  readonly #shared: boolean;
  readonly #connections = new Set<Socket>();
  readonly #running = new Set<ServerResponse>();
  #begun = false;

  /** To be made before anything listens to the server's requests. */
  constructor(server: HttpServer, { shared }: Options) {
    this.#server = server;
    this.#shared = shared;
    server.on('connection', (connection) => {
      this.#connections.add(connection);
      connection.once('close', () => this.#connections.delete(connection));
    });
    server.on('request', (_request, response) => {
      this.#running.add(response);
      response.once('close', () => this.#running.delete(response));
      if (this.#begun) lastOfItsConnection(response);
    });
  }

  /** Whether new clients are welcome. */
  get serving(): boolean {
    return !this.#begun;
  }

  /**
   * No new socket from now on, and nobody is told that we are ready; requests are answered as ever while sockets are
   * closed one after the other, and until those that were under way are done. Then nothing is listened to any more.
   */
  async run(doors: SocketServer[]): Promise<void> {
    const begin_ms = monotonic_ms();
    const until = async (limit_ms: number, done: () => boolean) => {
      while (!done() && monotonic_ms() - begin_ms < limit_ms) await sleep(STEP_ms);
    };
    this.#begun = true;
    const underWay = [...this.#running];
    for (const response of underWay) lastOfItsConnection(response);
    this.#server.removeAllListeners('upgrade').on('upgrade', refuse);
    if (this.#shared) this.#server.close();
    await sendAway(doors);
    await until(LISTEN_MAX_ms, () => underWay.every(({ closed }) => closed));

    // It waits for sockets too, and a client need not go because it is asked to.
    const closed = new Promise((resolve) => this.#server.close(resolve));
    this.#server.closeIdleConnections();
    await until(LISTEN_MAX_ms + REST_MAX_ms, () => this.#running.size === 0);
    await until(monotonic_ms() - begin_ms + GOODBYE_ms, () => this.#connections.size === 0);
    for (const connection of this.#connections) connection.destroy();
    await Promise.all([closed, ...doors.map((door) => door.close())]);
  }
}

/** Asks all clients to leave, and closes those that stay: so many at a time that what they come back to can bear it. */
async function sendAway(doors: SocketServer[]): Promise<void> {
  const all = () => doors.flatMap((door) => [...door.sockets.sockets.values()]);
  const after_ms = spread_ms(all().length);
  sayGoing(doors, after_ms);
  await sleep(after_ms);
  const staying = all();
  const begin_ms = monotonic_ms();
  for (const [n, socket] of staying.entries()) {
    const wait_ms = begin_ms + (n / staying.length) * spread_ms(staying.length) - monotonic_ms();
    if (wait_ms > STEP_ms) await sleep(wait_ms);
    // Closes the transport below Socket.IO, which the client takes for a lost connection: it comes back by itself.
    socket.conn.close();
  }
}

const spread_ms = (sockets: number): number =>
  Math.min(SPREAD_MAX_ms, Math.ceil((sockets / SOCKETS_PER_s) * 1_000));

function lastOfItsConnection(response: ServerResponse): void {
  if (!response.headersSent) response.setHeader('Connection', 'close');
}

/** A proxy asks the next node. */
function refuse(
  _request: IncomingMessage,
  socket: { end(text: string): unknown; on(event: 'error', act: () => void): unknown },
): void {
  socket.on('error', () => undefined);
  socket.end(
    'HTTP/1.1 503 Service Unavailable\r\nConnection: close\r\nRetry-After: 1\r\nContent-Length: 0\r\n\r\n',
  );
}
