import { Refused, Unreachable, visitorApi, type Channel, type VisitorApi } from '../net/http.ts';
import { alone } from './alone.ts';
import { days } from './bubbles.ts';
import { Conversation } from './conversation.svelte.ts';
import { BODY_MAX, Outbox, type Outgoing } from './outbox.ts';
import { Reading } from './reading.svelte.ts';
import { Sender } from './sender.ts';
import { judgeTrouble } from './trouble.ts';
import type { Shelf } from './shelf.ts';
import type { Language } from '../words/index.ts';

/**
 * asleep – nobody has opened the chat here yet · entering – asking the server who we are · ready · ended – the token is
 * over, a new beginning is offered · blocked – this page or channel is not served
 */
export type Phase = 'asleep' | 'entering' | 'ready' | 'ended' | 'blocked';
export type About = { name: string | null; email: string | null };

const AGAIN_ms = 1_500;
const AGAIN_MAX_ms = 30_000;
/** Another tab that wrote something sends it; if it is gone by then, this one does. */
const HELP_ms = 4_000;

interface Options {
  /** The server's address, without a path. */
  base: string;
  channel: string;
  language: Language;
  shelf: Shelf;
  api?: VisitorApi;
}

/** The chat of one visitor on one channel, in this tab. Everything that is shown comes from here. */
export class Chat {
  phase = $state<Phase>('asleep');
  isOpen = $state(false);
  /** The page is in front. */
  isVisible = $state(true);
  /** The newest message is in sight. */
  isAtEnd = $state(true);
  channel = $state.raw<Channel | null>(null);
  about = $state.raw<About | null>(null);
  draft = $state('');
  readonly talk: Conversation;
  readonly language: Language;
  #outgoing = $state.raw<readonly Outgoing[]>([]);
  #failing = $state(false);
  #unreachable = $state(false);
  /** Messages that were shown on their way keep their key. */
  #keys = $state.raw<Readonly<Record<string, string>>>({});

  readonly days = $derived.by(() =>
    days({
      messages: this.talk.messages,
      outgoing: this.#outgoing,
      seenByUsAt: this.talk.seenByUsAt,
      failing: this.#failing,
      keys: this.#keys,
    }),
  );
  readonly unread = $derived.by(() => this.#reading.unread(this.talk.messages));
  readonly offline = $derived.by(() => this.#unreachable || this.talk.offline);
  /** There is a thread, and it is not here yet. */
  readonly isLoading = $derived.by(
    () => this.phase === 'entering' || (this.phase === 'ready' && this.#isTalking && !this.talk.isLoaded),
  );

  readonly #options: Options;
  readonly #shelf: Shelf;
  readonly #api: VisitorApi;
  readonly #outbox: Outbox;
  readonly #sender: Sender;
  readonly #reading: Reading;
  #token: string | null = null;
  /** The token that the last message was sent with. */
  #sentAs: string | null = null;
  #isTalking = $state(false);
  #isEntering = false;
  #tries = 0;
  #again: ReturnType<typeof setTimeout> | undefined;
  #beat: ReturnType<typeof setInterval> | undefined;

  constructor(options: Options) {
    this.#options = options;
    this.language = options.language;
    this.#shelf = options.shelf;
    this.#api = options.api ?? visitorApi(options.base);
    this.#outbox = new Outbox(this.#shelf);
    this.#sender = new Sender({
      outbox: this.#outbox,
      post: (item) => this.#post(item),
      ready: () => this.phase === 'ready',
      alone: (work) => alone(`${options.channel}:send`, work),
      changed: () => this.#showOutgoing(),
      denied: (error) => this.#trouble(error, this.#sentAs),
    });
    this.talk = new Conversation({
      base: options.base,
      where: () => (!this.isOpen ? 'gone' : this.isVisible ? 'here' : 'away'),
      connected: () => {
        this.#unreachable = false;
        this.#sender.wake();
        void this.#reading.settle();
      },
      refused: (code) => this.#trouble(new Refused(401, code, undefined, {}), this.#token),
    });
    this.draft = this.#shelf.get('draft') ?? '';
    this.#reading = new Reading(this.#shelf, () => this.#tellSeen());
    this.#shelf.onChange((name) => this.#elsewhere(name));
    this.#showOutgoing();
  }

  /** Goes on where this browser left off, if it has been here before. */
  start(): void {
    if (this.#shelf.get('token') !== null || this.#outbox.first()) void this.#enter();
  }

  open(): void {
    if (this.isOpen) return;
    this.isOpen = true;
    this.#beat = setInterval(this.talk.tick, 1_000);
    this.talk.tick();
    if (this.phase === 'asleep' || this.phase === 'blocked') void this.#enter();
  }

  close(): void {
    this.isOpen = false;
    clearInterval(this.#beat);
    this.talk.tick();
  }

  /** The page came to front or went behind, or the network is there again or gone. */
  stir(isVisible: boolean, isOnline: boolean): void {
    this.isVisible = isVisible;
    this.talk.tick();
    if (!isOnline) this.#unreachable = true;
    if (!isVisible || !isOnline) return;
    this.talk.hurry();
    this.#sender.wake();
    if (this.phase === 'entering') void this.#enter();
    else if (this.talk.connected || !this.#isTalking) this.#unreachable = false;
  }

  /** The text in the composer, kept over reloads. */
  write(text: string): void {
    this.draft = text;
    if (text === '') this.#shelf.remove('draft');
    else this.#shelf.set('draft', text.slice(0, 2 * BODY_MAX));
  }

  /** Puts the draft on its way. False where that is not possible now: it stays in the composer. */
  send(): boolean {
    const body = this.draft.trim();
    if (body === '' || body.length > BODY_MAX) return false;
    const known = this.talk.messages.findLast(({ from }) => from === 'customer');
    if (!this.#outbox.add(body, known?.id ?? null)) return false;
    this.write('');
    this.talk.doneTyping();
    this.#showOutgoing();
    this.#sender.wake();
    return true;
  }

  /** Tries one that was not sent, now. */
  retry(key: string): void {
    this.#outbox.retry(key);
    this.#showOutgoing();
    this.talk.hurry();
    this.#sender.wake();
  }

  /** Takes one that was refused back into the composer. */
  takeBack(key: string): void {
    const item = this.#outgoing.find((item) => item.key === key);
    if (!item) return;
    this.#outbox.remove(key);
    this.write([this.draft.trimEnd(), item.body].filter(Boolean).join('\n'));
    this.#showOutgoing();
  }

  /** Tries again; after an end as somebody new. What was not sent is sent then. */
  beginAnew(): void {
    if (this.phase === 'ended') this.#forget();
    void this.#enter();
  }

  /** Leaves name and e-mail. Answers '' if that was done, else the field that is wrong, or `failed`. */
  async introduce(about: About): Promise<'' | 'name' | 'email' | 'failed'> {
    if (this.#token === null) return 'failed';
    try {
      await this.#api.introduce(this.#token, about);
      this.about = about;
      return '';
    } catch (error) {
      if (!(error instanceof Refused)) return 'failed';
      if (error.status === 401) this.#trouble(error, this.#token);
      return error.fields['email'] ? 'email' : error.fields['name'] ? 'name' : 'failed';
    }
  }

  /** Whether the visitor has been asked for a name, and did not want to say. */
  get isShy(): boolean {
    return this.#shelf.get('shy') !== null;
  }
  beShy(): void {
    this.#shelf.set('shy', '1');
  }

  /** What is in sight counts as read, here and on the other side. To be called in an effect. */
  look(): void {
    if (this.isOpen && this.isVisible && this.isAtEnd && this.phase === 'ready')
      this.#reading.read(this.talk.messages);
  }

  // —— who we are ——

  async #enter(): Promise<void> {
    if (this.#isEntering) return;
    this.#isEntering = true;
    clearTimeout(this.#again);
    let token: string | null = null;
    try {
      await alone(`${this.#options.channel}:enter`, async () => {
        token = this.#shelf.get('token');
        if (this.phase !== 'ready') this.phase = 'entering';
        await this.#enterAs(token);
      });
      // A token that was given just now has proved nothing yet.
      if (token !== null) this.#tries = 0;
      this.#unreachable = false;
      this.#isEntering = false;
      this.#sender.wake();
    } catch (error) {
      this.#isEntering = false;
      this.#trouble(error, token);
    }
  }

  async #enterAs(token: string | null): Promise<void> {
    if (token !== null) {
      const { channel, name, email, ticket } = await this.#api.me(token);
      this.#welcome(token, channel, { name, email }, ticket);
    } else {
      const begun = await this.#api.begin(this.#options.channel);
      this.#shelf.set('token', begun.token);
      this.#welcome(begun.token, begun.channel, { name: null, email: null }, null);
    }
  }

  #welcome(token: string, channel: Channel, about: About, ticket: string | null): void {
    if (token !== this.#token) this.talk.leave();
    this.#token = token;
    this.channel = channel;
    this.about = about;
    this.phase = 'ready';
    this.#talkIn(ticket);
  }

  #talkIn(ticket: string | null): void {
    if (ticket !== null && this.#shelf.get('ticket') !== ticket) this.#shelf.set('ticket', ticket);
    this.#isTalking = ticket !== null;
    // Before the first message there is nothing to hear: no connection is held for those who only look.
    if (ticket !== null && this.#token !== null) this.talk.listen(this.#token, ticket);
  }

  #forget(): void {
    for (const name of ['token', 'ticket', 'seen']) this.#shelf.remove(name);
    this.#reading.reload();
    this.#leave();
    this.phase = 'entering';
  }

  #leave(): void {
    this.#token = null;
    this.#isTalking = false;
    this.about = null;
    this.#keys = {};
    this.talk.leave();
  }

  /** What to do about an error; `token` is the one it was met with. */
  #trouble(error: unknown, token: string | null): void {
    clearTimeout(this.#again);
    const verdict = judgeTrouble(error, token, this.#shelf.get('token'));
    if (verdict === 'adopt') return void this.#enter();
    if (verdict === 'ended' || verdict === 'blocked') {
      this.#leave();
      this.phase = verdict;
      return;
    }
    if (verdict === 'anew') this.#forget();
    else this.#unreachable = true;
    this.#enterLater(error instanceof Refused ? error.retryAfter_s : undefined);
  }

  #enterLater(after_s = 0): void {
    const delay_ms = Math.min(AGAIN_ms * 2 ** this.#tries, AGAIN_MAX_ms) * Math.random();
    this.#again = setTimeout(() => void this.#enter(), after_s * 1_000 + delay_ms);
    this.#tries += 1;
  }

  // —— what goes out ——

  async #post(item: Outgoing): Promise<string> {
    const token = this.#token;
    if (token === null) throw new Unreachable();
    this.#sentAs = token;
    const { ticket, message } = await this.#api.say(token, item.body, item.key);
    this.#unreachable = false;
    this.#tries = 0;
    if (token === this.#token) {
      this.#keys = { ...this.#keys, [message.id]: item.key };
      this.#talkIn(typeof ticket === 'string' ? ticket : ticket.id);
      this.talk.confirmed(message);
    }
    return message.id;
  }

  #showOutgoing(): void {
    this.#outgoing = this.#outbox.list();
    this.#failing = this.#sender.failing;
  }

  async #tellSeen(): Promise<void> {
    const token = this.#token;
    const last = this.talk.messages.at(-1);
    if (token === null || !last) throw new Unreachable();
    try {
      await this.#api.seen(token, last.created_at);
    } catch (error) {
      if (error instanceof Refused && error.status === 401) this.#trouble(error, token);
      throw error;
    }
  }

  /** Another tab has written, sent, read, begun anew. */
  #elsewhere(name: string | null): void {
    if (name === null || name === 'token') {
      const token = this.#shelf.get('token');
      if (token !== this.#token && token !== null) void this.#enter();
    }
    if (name === 'ticket' && this.phase === 'ready') this.#talkIn(this.#shelf.get('ticket'));
    if (name === 'seen') this.#reading.reload();
    if (name === null || name.startsWith('out:')) {
      this.#showOutgoing();
      setTimeout(() => this.#sender.wake(), HELP_ms);
    }
  }
}
