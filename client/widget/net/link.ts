import { io, type Socket } from 'socket.io-client';
import type { ErrorBody } from '../../../shared/protocol/errors.ts';
import type {
  Answer,
  ClientToServer,
  EndReason,
  MoreAnswer,
  OpenAnswer,
  PresenceRequest,
  Present,
  ServerToClient,
  WireEvent,
} from '../../../shared/protocol/socket.ts';
import type { ViewRequest } from '../../../shared/protocol/view.ts';

export interface LinkListener {
  /** Connected, for the first time or again: open the views (anew). */
  connected(): void;
  /** True once the connection has been away for long enough to say so; false when it is there. */
  offline(isOffline: boolean): void;
  events(events: WireEvent[]): void;
  resync(): void;
  people(record: string, people: Present[]): void;
  /** The token opens nothing (any more): `unauthenticated`, `session_ended` or `foreign_origin`. */
  refused(code: string): void;
  ended(reason: EndReason): void;
}

const ANSWER_ms = 10_000;
/** A break shorter than this is not worth a word. */
const GRACE_ms = 1_500;
const DELAY_MAX_ms = 30_000;
const FINAL = ['unauthenticated', 'session_ended', 'foreign_origin'];

/** The live connection of one visitor. Nothing is written through it but "I am here". */
export class Link {
  readonly #base: string;
  readonly #listener: LinkListener;
  #socket: Socket<ServerToClient, ClientToServer> | null = null;
  #grace: ReturnType<typeof setTimeout> | undefined;

  constructor(base: string, listener: LinkListener) {
    this.#base = base;
    this.#listener = listener;
  }

  get connected(): boolean {
    return this.#socket?.connected ?? false;
  }

  connect(token: string): void {
    if (this.#socket) return this.hurry();
    const socket: Socket<ServerToClient, ClientToServer> = io(this.#base, {
      path: '/widget/socket.io',
      transports: ['websocket'],
      auth: { token },
      forceNew: true,
      reconnectionDelay: 500,
      reconnectionDelayMax: DELAY_MAX_ms,
      randomizationFactor: 0.5,
    });
    this.#socket = socket;
    const listener = this.#listener;
    this.#missing();
    socket.on('connect', () => {
      clearTimeout(this.#grace);
      this.#grace = undefined;
      listener.offline(false);
      listener.connected();
    });
    socket.on('disconnect', (reason) => {
      this.#missing();
      // The client library takes a goodbye of the server for final; only `ended` is.
      if (reason === 'io server disconnect') this.#again(socket, 500);
    });
    socket.on('connect_error', (error) => {
      this.#missing();
      const code = codeOf(error);
      if (FINAL.includes(code)) listener.refused(code);
      // A refusal by the server (its store is away, say) is not tried again by the library.
      else if (!socket.active) this.#again(socket, 1_000 + Math.random() * 2_000);
    });
    socket.on('b', (events) => listener.events(events));
    socket.on('resync', () => listener.resync());
    socket.on('presence', ({ record, people }) => listener.people(record, people));
    socket.on('ended', ({ reason }) => listener.ended(reason));
  }

  disconnect(): void {
    clearTimeout(this.#grace);
    this.#grace = undefined;
    const socket = this.#socket;
    this.#socket = null;
    socket?.removeAllListeners();
    socket?.disconnect();
  }

  /** Tries at once instead of at the next try: the machine has just woken, or has a network again. */
  hurry(): void {
    if (this.#socket && !this.#socket.connected) this.#socket.connect();
  }

  /**
   * `take` is called before anything else that came after the answer. Answers what was refused, by its code; '' where
   * the connection broke meanwhile, after which everything is opened anew anyway.
   */
  open(id: string, view: ViewRequest, take: (answer: OpenAnswer) => void): Promise<string | null> {
    return this.#ask<OpenAnswer>(take, (socket, answer) =>
      socket.timeout(ANSWER_ms).emit('open', { id, view }, answer),
    );
  }

  more(id: string, after: string, take: (answer: MoreAnswer) => void): Promise<string | null> {
    return this.#ask<MoreAnswer>(take, (socket, answer) =>
      socket.timeout(ANSWER_ms).emit('more', { id, after }, answer),
    );
  }

  presence(sign: PresenceRequest): void {
    // What does not arrive now is old news later.
    if (this.connected) this.#socket?.volatile.emit('presence', sign, () => undefined);
  }

  #ask<T extends { ok: true }>(
    take: (answer: T) => void,
    emit: (
      socket: Socket<ServerToClient, ClientToServer>,
      answer: (lost: Error | null, answer: Answer<T>) => void,
    ) => void,
  ): Promise<string | null> {
    const socket = this.#socket;
    if (!socket?.connected) return Promise.resolve('');
    return new Promise((resolve) =>
      emit(socket, (lost, answer) => {
        if (lost) return resolve('');
        if ('error' in answer) return resolve(answer.error.code);
        if (this.#socket === socket) take(answer);
        resolve(null);
      }),
    );
  }

  #missing(): void {
    this.#grace ??= setTimeout(() => this.#listener.offline(true), GRACE_ms);
  }

  #again(socket: Socket<ServerToClient, ClientToServer>, delay_ms: number): void {
    setTimeout(() => this.#socket === socket && socket.connect(), delay_ms);
  }
}

/** Socket.IO hands the body of a refused handshake on as `data`. */
function codeOf(error: Error & { data?: Partial<ErrorBody> }): string {
  return error.data?.error?.code ?? error.message;
}
