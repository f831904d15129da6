import { io, type Socket } from 'socket.io-client';
import type { ClientToServer, OpenAnswer, ServerToClient, WireEvent } from '../../shared/protocol/socket.ts';
import type { ErrorBody } from '../../shared/protocol/errors.ts';
import type { ViewRequest } from '../../shared/protocol/view.ts';
import { later } from './cleanup.ts';
import type { Headers, RawClient } from './rawClient.ts';
import { until } from './until.ts';
import { openWire, type Wire } from './wire.ts';

/** An event as the server sent it: its name and its arguments. */
export type Heard = [name: string, ...args: unknown[]];

export interface SocketOptions {
  /** Instead of those of the client; `undefined` leaves one out. */
  headers?: Headers;
  /** The `auth` of the Socket.IO handshake. */
  auth?: Record<string, unknown>;
  /** Instead of `/socket.io`. */
  path?: string;
}

/**
 * Socket.IO spoken by hand over a hand-made WebSocket. It answers pings and nothing else: asked to leave, it
 * stays and listens until the server itself ends the connection. Fails with `Refused` (wire.ts) where the
 * handshake is, and with the server's words where the namespace is refused.
 */
export async function openSocket(client: RawClient, options: SocketOptions = {}): Promise<RawSocket> {
  const headers: Headers = {
    ...client.headers,
    cookie: client.cookieHeader() || undefined,
    ...options.headers,
  };
  const sent = Object.entries(headers).filter((entry): entry is [string, string] => entry[1] !== undefined);
  const wire = await openWire(
    `${client.base}${options.path ?? '/socket.io'}/?EIO=4&transport=websocket`,
    Object.fromEntries(sent),
  );
  later(async () => wire.destroy());
  const socket = new RawSocket(wire);
  wire.send(`40${options.auth ? JSON.stringify(options.auth) : ''}`);
  await until(() => socket.connected || socket.refusal !== undefined || wire.gone(), {
    what: 'the Socket.IO handshake',
  });
  if (!socket.connected)
    throw new Error(`The socket was refused: ${socket.refusal ?? 'closed without a word'}`);
  return socket;
}

export class RawSocket {
  readonly wire: Wire;
  readonly events: Heard[] = [];
  connected = false;
  /** What the server said when it did not let us in. */
  refusal: string | undefined;
  /** The server has asked us to leave (a disconnect packet, or a WebSocket close frame). */
  askedToLeave = false;
  #answers = new Map<number, unknown>();
  #asked = 0;
  #read = 0;

  constructor(wire: Wire) {
    this.wire = wire;
    wire.onChange(() => this.#listen());
    this.#listen();
  }

  /** Every byte received as text, one message a line. */
  bytes(): string {
    return this.wire.messages.join('\n');
  }

  /** The server has ended the connection. */
  get gone(): boolean {
    return this.wire.gone() !== undefined;
  }

  /** Sends an event and gives the acknowledgement. */
  async ask(name: string, message: unknown, timeout_ms = 10_000): Promise<unknown> {
    const number = this.#asked++;
    this.wire.send(`42${number}${JSON.stringify([name, message])}`);
    await until(() => this.#answers.has(number) || this.gone, { timeout_ms, what: `the answer to ${name}` });
    if (!this.#answers.has(number)) throw new Error(`The connection ended before ${name} was answered`);
    return this.#answers.get(number);
  }

  /** Opens a view under the name `id`. Says the refusal in an error where it is refused. */
  async open(view: ViewRequest, id = 'view'): Promise<OpenAnswer> {
    // The server's own tests hold its answers to the schema; here the shape is taken on trust.
    const answer = (await this.ask('open', { id, view })) as OpenAnswer | ErrorBody;
    if ('error' in answer) throw new Error(`open was refused: ${JSON.stringify(answer.error)}`);
    return answer;
  }

  /** The pieces of all `b` packets so far, in order. */
  pieces(): WireEvent[] {
    return this.events.filter(([name]) => name === 'b').flatMap(([, pieces]) => pieces as WireEvent[]);
  }

  /** The first piece, past or to come, of which `predicate` says yes. */
  wait(predicate: (piece: WireEvent) => boolean, timeout_ms = 10_000): Promise<WireEvent> {
    return until(() => this.pieces().find(predicate), { timeout_ms, what: 'an event from the server' });
  }

  #listen(): void {
    for (const message of this.wire.messages.slice(this.#read)) this.#hear(message);
    this.#read = this.wire.messages.length;
    if (this.wire.closeCode() !== undefined) this.askedToLeave = true;
  }

  /** Engine.IO's digit (2 ping, 4 message), then Socket.IO's (0 connect, 1 disconnect, 2 event, 3 ack, 4 refusal). */
  #hear(message: string): void {
    if (message === '2') return this.wire.send('3');
    const [, kind, number, json = ''] = /^4(\d)(\d*)(.*)$/s.exec(message) ?? [];
    if (kind === '0') this.connected = true;
    if (kind === '1') this.askedToLeave = true;
    if (kind === '2') this.events.push(JSON.parse(json) as Heard);
    if (kind === '3') this.#answers.set(Number(number), (JSON.parse(json) as unknown[])[0]);
    if (kind === '4') this.refusal = json;
  }
}

export interface OfficialSocket {
  socket: Socket<ServerToClient, ClientToServer>;
  /** Every Engine.IO packet received, over all its connections. */
  bytes(): string;
}

/** The official client with its own habits, reconnecting above all; connected when this returns. */
export async function officialSocket(
  client: RawClient,
  options: SocketOptions = {},
): Promise<OfficialSocket> {
  const received: string[] = [];
  const extraHeaders = { origin: client.headers.origin ?? '', cookie: client.cookieHeader() };
  const socket: OfficialSocket['socket'] = io(client.base, {
    transports: ['websocket'],
    forceNew: true,
    reconnectionDelay: 50,
    reconnectionDelayMax: 200,
    extraHeaders,
    auth: options.auth ?? {},
  });
  socket.io.on('open', () => socket.io.engine.on('packet', ({ data }) => received.push(String(data ?? ''))));
  later(async () => socket.disconnect());
  let refusal: Error | undefined;
  socket.on('connect_error', (error) => (refusal = error));
  await until(() => socket.connected || refusal !== undefined, { what: 'the official client to connect' });
  if (!socket.connected && refusal) throw refusal;
  return { socket, bytes: () => received.join('\n') };
}
