import { io, type Socket } from 'socket.io-client';
import { createSubscriber } from 'svelte/reactivity';
import type {
  Answer,
  ClientToServer,
  EndReason,
  MoreAnswer,
  OpenAnswer,
  OpenRequest,
  PresenceNews,
  PresenceRequest,
  ResyncReason,
  ServerToClient,
  ViewRequest,
  WireEvent,
} from '../../shared/protocol/index.ts';
import { seeAsText } from '../../shared/protocol/seeAs.ts';
import { fromBody, OfflineError } from './http.ts';
import { looksAs } from './seeAs.ts';

export type LinkState = 'live' | 'catching_up' | 'offline';

/** Whoever takes what arrives; set once by the stores. */
export interface Listener {
  /** Connected, for the first time or again: every view must be opened (anew). */
  connected(): void;
  /** The connection is gone; what is held may be out of date from now on. */
  lost(): void;
  events(events: WireEvent[]): void;
  resync(views: string[], why: ResyncReason): void;
  presence(news: PresenceNews): void;
  /** The session is over. Without a reason the server only refused us. */
  ended(reason: EndReason | null): void;
  /** This person may not look as somebody else (any more). */
  lookOver(): void;
}

type Held = Required<Pick<OpenRequest, 'since' | 'have'>>;

const ANSWER_ms = 10_000;
/** A break shorter than this is not worth a word: the sign says "catching up" meanwhile. */
const GRACE_ms = 1_200;
const DELAY_MAX_ms = 30_000;
/** After a goodbye or a refusal, which the client library does not try again itself; doubled with each refusal. */
const AGAIN_ms = 1_000;
/** A connection that does not answer a question within this after the machine woke is taken for dead. */
const WAKE_ms = 4_000;
/** What a handshake is refused with once looking as somebody else is over. */
const LOOK_OVER = ['not_allowed', 'not_found', 'malformed'];

/** The one live connection of this page. Nothing is written through it: it opens views and hears of changes. */
class Connection {
  #state: LinkState = 'catching_up';
  #since = new Date();
  #socket: Socket<ServerToClient, ClientToServer> | null = null;
  #listener: Listener | null = null;
  #grace: ReturnType<typeof setTimeout> | undefined;
  /** When the connection broke; null while there is one. */
  #brokeAt: Date | null = null;
  #refusals = 0;
  /** Leaves a node that said it was going. */
  #leaving: ReturnType<typeof setTimeout> | undefined;
  #changed: () => void = () => undefined;
  #subscribe = createSubscriber((update) => {
    this.#changed = update;
    return () => (this.#changed = () => undefined);
  });

  /** Reactive: how things stand, for the sign in the corner. */
  get state(): LinkState {
    this.#subscribe();
    return this.#state;
  }

  /** Reactive: since when. */
  get since(): Date {
    this.#subscribe();
    return this.#since;
  }

  get connected(): boolean {
    return this.#socket?.connected ?? false;
  }

  listen(listener: Listener): void {
    this.#listener = listener;
  }

  connect(): void {
    if (this.#socket) return;
    this.#set('catching_up');
    const as = looksAs();
    const socket: Socket<ServerToClient, ClientToServer> = io({
      ...(as === null ? {} : { auth: { seeAs: seeAsText(as) } }),
      path: '/socket.io',
      transports: ['websocket'],
      reconnectionDelay: 500,
      reconnectionDelayMax: DELAY_MAX_ms,
      randomizationFactor: 0.5,
    });
    this.#socket = socket;
    socket.on('connect', () => {
      clearTimeout(this.#grace);
      this.#brokeAt = null;
      this.#refusals = 0;
      this.#set('catching_up');
      this.#listener?.connected();
    });
    socket.on('disconnect', (reason) => {
      this.#fell();
      // The client library takes a goodbye of the server for final; only `ended` is.
      if (reason === 'io server disconnect') this.#again(socket);
    });
    socket.on('connect_error', (error) => {
      this.#broke();
      if (error.message === 'unauthenticated' || error.message === 'session_ended')
        this.#listener?.ended(null);
      else if (as !== null && LOOK_OVER.includes(error.message)) this.#listener?.lookOver();
      // A refusal by the server (its store is away, say) is not tried again by the library.
      else if (!socket.active) this.#again(socket);
    });
    socket.on('going', ({ after_ms }) => {
      clearTimeout(this.#leaving);
      this.#leaving = setTimeout(() => this.#renew(socket), Math.random() * after_ms);
    });
    socket.on('b', (events) => this.#listener?.events(events));
    socket.on('resync', ({ views, why }) => this.#listener?.resync(views, why));
    socket.on('presence', (news) => this.#listener?.presence(news));
    socket.on('ended', ({ reason }) => this.#listener?.ended(reason));
  }

  /** Closes for good, as when the session is over. */
  disconnect(): void {
    clearTimeout(this.#grace);
    clearTimeout(this.#leaving);
    const socket = this.#socket;
    this.#socket = null;
    socket?.removeAllListeners();
    socket?.disconnect();
    this.#set('catching_up');
  }

  /**
   * The page came to the front, there is a network again, or the machine has `slept`: tries at once instead of at the next
   * try. A connection can be dead without having been told so, for up to 45 s: it must prove itself, or is made anew.
   */
  wake(slept: boolean): void {
    const socket = this.#socket;
    if (!socket?.connected) return void (socket && this.#renew(socket));
    const state = this.#state;
    if (slept) this.#set('catching_up');
    // No view has this name: the answer is all that is wanted.
    socket.timeout(WAKE_ms).emit('close', { id: 'awake' }, (error) => {
      if (this.#socket !== socket || !socket.connected) return;
      if (error) this.#renew(socket);
      else if (slept && this.#state === 'catching_up') this.#set(state);
    });
  }

  /** All views are right again. */
  caughtUp(): void {
    if (this.connected) this.#set('live');
  }

  behind(): void {
    if (this.connected) this.#set('catching_up');
  }

  /**
   * Opens a view, or opens it anew; with what is `held` of it, the answer holds the differences only.
   * @throws ApiError – refused · OfflineError – no connection, or none any more
   */
  open(id: string, view: ViewRequest, held: Held | null): Promise<OpenAnswer> {
    return this.#ask((socket) => socket.emitWithAck('open', { id, view, ...held }));
  }

  /** @throws ApiError · OfflineError */
  more(id: string, after: string, limit?: number): Promise<MoreAnswer> {
    const message = { id, after, ...(limit === undefined ? {} : { limit }) };
    return this.#ask((socket) => socket.emitWithAck('more', message));
  }

  /** Says where this person is, what they write in. @throws ApiError – no open view of that record · OfflineError */
  async presence(message: PresenceRequest): Promise<void> {
    await this.#ask((socket) => socket.emitWithAck('presence', message));
  }

  async close(id: string): Promise<void> {
    await this.#ask((socket) => socket.emitWithAck('close', { id })).catch(() => undefined);
  }

  async #ask<T extends { ok: true }>(
    emit: (socket: ReturnType<Socket<ServerToClient, ClientToServer>['timeout']>) => Promise<Answer<T>>,
  ): Promise<T> {
    const socket = this.#socket;
    // Socket.IO would keep the message and send it after a reconnect, when everything is opened anew anyway.
    if (!socket?.connected) throw new OfflineError();
    const answer = await emit(socket.timeout(ANSWER_ms)).catch(() => {
      throw new OfflineError();
    });
    if ('error' in answer) throw fromBody(answer);
    return answer;
  }

  /** Begins anew, at once. To connect is not enough: while the library waits for its next try, that does nothing. */
  #renew(socket: Socket<ServerToClient, ClientToServer>): void {
    if (this.#socket === socket) socket.disconnect().connect();
  }

  #again(socket: Socket<ServerToClient, ClientToServer>): void {
    const delay_ms = Math.min(DELAY_MAX_ms, AGAIN_ms * 2 ** this.#refusals++);
    setTimeout(() => this.#socket === socket && socket.connect(), delay_ms * (0.5 + Math.random()));
  }

  #fell(): void {
    clearTimeout(this.#leaving);
    this.#brokeAt = new Date();
    this.#set('catching_up', this.#brokeAt);
    clearTimeout(this.#grace);
    this.#grace = setTimeout(() => this.#broke(), GRACE_ms);
    this.#listener?.lost();
  }

  #broke(): void {
    this.#brokeAt ??= new Date();
    this.#set('offline', this.#brokeAt);
  }

  #set(state: LinkState, at = new Date()): void {
    if (this.#state === state) return;
    this.#state = state;
    this.#since = at;
    this.#changed();
  }
}

export const connection = new Connection();
