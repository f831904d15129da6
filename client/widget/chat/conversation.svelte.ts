import type { Present } from '../../../shared/protocol/socket.ts';
import { Link } from '../net/link.ts';
import { Presence, type Where } from './presence.ts';
import { Thread, type Message } from './thread.ts';

const PAGE = 50;
const PAGE_MAX = 500;
const AGAIN_ms = 2_000;
/** Signs of writing may be lost on their way, the last one too. */
const TYPING_MAX_ms = 60_000;

interface Options {
  base: string;
  where(): Where;
  connected(): void;
  /** The token opens nothing (any more), by the code of the refusal. */
  refused(code: string): void;
}

/** What was said and is being said: the thread of one ticket, live. */
export class Conversation {
  messages = $state.raw<readonly Message[]>([]);
  seenByUsAt = $state<string | null>(null);
  /** Who of us is writing right now; '' for somebody without a name. */
  typing = $state<string | null>(null);
  offline = $state(false);
  hasOlder = $state(false);
  isLoadingOlder = $state(false);
  /** The messages have been here since the ticket was opened. */
  isLoaded = $state(false);

  readonly #link: Link;
  readonly #presence: Presence;
  #thread = new Thread();
  #ticket: string | null = null;
  #typingOver: ReturnType<typeof setTimeout> | undefined;

  constructor(options: Options) {
    this.#presence = new Presence((sign) => {
      if (this.#ticket !== null) this.#link.presence({ record: this.#ticket, ...sign });
    }, options.where);
    this.#link = new Link(options.base, {
      connected: () => {
        options.connected();
        this.#open();
      },
      offline: (isOffline) => {
        this.offline = isOffline;
        if (isOffline) this.#writing(undefined);
      },
      events: (events) => {
        this.#thread.apply(events);
        this.#show();
      },
      resync: () => this.#open(),
      people: (record, people) => record === this.#ticket && this.#writing(people),
      refused: options.refused,
      ended: () => options.refused('session_ended'),
    });
  }

  get ticket(): string | null {
    return this.#ticket;
  }

  get connected(): boolean {
    return this.#link.connected;
  }

  /** Listens as the visitor of this token; to the ticket, once there is one. */
  listen(token: string, ticket: string | null): void {
    if (ticket !== this.#ticket) {
      this.#ticket = ticket;
      this.#clear();
      if (this.#link.connected) this.#open();
    }
    this.#link.connect(token);
  }

  /** Forgets everything and hears nothing more. */
  leave(): void {
    this.#link.disconnect();
    this.#ticket = null;
    this.offline = false;
    this.#clear();
  }

  /** A message of one's own, as the server has answered it. */
  confirmed(message: Message): void {
    this.#thread.confirmed({ ...message });
    this.#show();
  }

  /** Loads a page of earlier messages. */
  async older(): Promise<void> {
    const { next } = this.#thread;
    if (next === null || this.isLoadingOlder) return;
    this.isLoadingOlder = true;
    const thread = this.#thread;
    await this.#link.more('messages', next, (answer) => {
      if (thread.next === next) thread.older(answer.rows, answer.next);
      if (thread === this.#thread) this.#show();
    });
    this.isLoadingOlder = false;
  }

  hurry(): void {
    this.#link.hurry();
  }

  typed = (): void => this.#presence.typed();
  doneTyping = (): void => this.#presence.done();
  /** About once a second while the chat is open, and when it opens, closes, comes to front or goes behind. */
  tick = (): void => this.#presence.tick();

  #open(): void {
    void this.#openViews();
  }

  async #openViews(): Promise<void> {
    const ticket = this.#ticket;
    if (ticket === null) return;
    const thread = this.#thread;
    // As many as were shown, so that nothing vanishes from under the reader.
    const limit = Math.min(PAGE_MAX, Math.max(PAGE, thread.messages.length));
    const answers = await Promise.all([
      this.#link.open('ticket', { object: 'ticket', record: ticket }, ({ rows: [row] }) => {
        thread.ticketOpened(row);
        if (thread === this.#thread) this.#show();
      }),
      this.#link.open(
        'messages',
        { object: 'message', filter: { ticket }, sort: '-created_at', limit },
        ({ rows, next }) => {
          thread.opened(rows, next);
          if (thread !== this.#thread) return;
          this.isLoaded = true;
          this.#show();
        },
      ),
    ]);
    if (thread !== this.#thread) return;
    if (answers.every((code) => code === null)) {
      this.#presence.forgotten();
      this.#presence.tick();
      // '' is a broken connection: the next one opens them.
    } else if (!answers.includes('') || this.#link.connected) {
      setTimeout(() => thread === this.#thread && this.#open(), AGAIN_ms * (0.5 + Math.random()));
    }
  }

  #clear(): void {
    this.#thread = new Thread();
    this.isLoaded = this.isLoadingOlder = false;
    this.#writing(undefined);
    this.#show();
  }

  #show(): void {
    const { messages, ticket, next } = this.#thread;
    const before = this.messages.at(-1);
    this.messages = messages;
    this.seenByUsAt = ticket?.seen_by_us_at ?? null;
    this.hasOlder = next !== null;
    const newest = messages.at(-1);
    // Whoever has just sent something has stopped writing it.
    if (newest && newest.id !== before?.id && newest.from === 'us') this.#writing(undefined);
  }

  #writing(people: Present[] | undefined): void {
    const writer = people?.find(({ field }) => field === 'reply');
    this.typing = writer ? (writer.name ?? '') : null;
    clearTimeout(this.#typingOver);
    if (writer) this.#typingOver = setTimeout(() => (this.typing = null), TYPING_MAX_ms);
  }
}
