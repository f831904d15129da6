import type { IncomingMessage, Server as HttpServer, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { monotonic_ms } from '../lib/clock.ts';
import type { SocketServer } from '../socket/server.ts';

/** So many sockets are told to go in a second, but all of them within `SPREAD_MAX_ms`: they come back elsewhere at once. */
const SOCKETS_PER_s = 500;
const SPREAD_MAX_ms = 4_000;
/** Answers still under way so long after the beginning are cut, so that the whole stops within 10 s. */
const WHOLE_MAX_ms = 8_000;
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
   * closed one after the other. Then nothing is listened to any more, and what is left after a while is cut.
   */
  async run(doors: SocketServer[]): Promise<void> {
    const begin_ms = monotonic_ms();
    this.#begun = true;
    for (const response of this.#running) lastOfItsConnection(response);
    this.#server.removeAllListeners('upgrade').on('upgrade', refuse);
    if (this.#shared) this.#server.close();
    await sendAway(doors);

    // It waits for sockets too, and a client need not go because it is asked to.
    const closed = new Promise((resolve) => this.#server.close(resolve));
    this.#server.closeIdleConnections();
    while (this.#running.size > 0 && monotonic_ms() - begin_ms < WHOLE_MAX_ms) await sleep(STEP_ms);
    for (const connection of this.#connections) connection.destroy();
    await Promise.all([closed, ...doors.map((door) => door.close())]);
  }
}

/** Closes all sockets, spread over a time that grows with their number. */
async function sendAway(doors: SocketServer[]): Promise<void> {
  const begin_ms = monotonic_ms();
  const sockets = doors.flatMap((door) => [...door.sockets.sockets.values()]);
  const whole_ms = Math.min(SPREAD_MAX_ms, (sockets.length / SOCKETS_PER_s) * 1_000);
  for (const [n, socket] of sockets.entries()) {
    const wait_ms = begin_ms + (n / sockets.length) * whole_ms - monotonic_ms();
    if (wait_ms > STEP_ms) await sleep(wait_ms);
    // Closes the transport below Socket.IO, which the client takes for a lost connection: it comes back by itself.
    socket.conn.close();
  }
}

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
