import { Refused } from '../net/http.ts';
import type { Outbox, Outgoing, Refusal } from './outbox.ts';

const DELAY_ms = 1_000;
const DELAY_MAX_ms = 30_000;
/** A server that asks for more is asked again after this all the same. */
const RETRY_AFTER_MAX_s = 300;

export interface SenderOptions {
  outbox: Outbox;
  /** Answers the id of the message it has become. @throws Refused · Unreachable */
  post(item: Outgoing): Promise<string>;
  /** Whether there is anyone to send as. */
  ready(): boolean;
  /** Runs `work` while no other tab of this channel runs any. */
  alone<T>(work: () => Promise<T>): Promise<T>;
  /** The outbox or the state of a message in it has changed. */
  changed(): void;
  /** The server takes nothing from this visitor, or not from this page. */
  denied(error: Refused): void;
  random?: () => number;
}

/**
 * Brings what lies in the outbox to the server: in order, one at a time over all tabs, again and again with the same
 * key until it is confirmed or refused for good.
 */
export class Sender {
  /** The last try of the first one failed; it is tried again by itself. */
  failing = false;
  readonly #options: SenderOptions;
  #tries = 0;
  #running = false;
  #timer: ReturnType<typeof setTimeout> | undefined;
  /** Until when the server wants to hear nothing from us. */
  #quietUntil = 0;

  constructor(options: SenderOptions) {
    this.#options = options;
  }

  /** There is something to send, or a better chance that it arrives: tries now, unless the server said to wait. */
  wake(): void {
    clearTimeout(this.#timer);
    const quiet_ms = this.#quietUntil - Date.now();
    if (quiet_ms > 0) this.#timer = setTimeout(() => this.wake(), quiet_ms);
    else void this.#run();
  }

  stop(): void {
    clearTimeout(this.#timer);
  }

  async #run(): Promise<void> {
    if (this.#running) return;
    this.#running = true;
    try {
      let goOn = true;
      while (goOn) goOn = await this.#options.alone(() => this.#sendFirst());
    } finally {
      this.#running = false;
    }
  }

  /** Whether there may be another one to send right away. */
  async #sendFirst(): Promise<boolean> {
    const { outbox, post, ready, changed, denied } = this.#options;
    const item = outbox.first();
    if (!item || !ready()) return false;
    try {
      outbox.confirmed(item.key, await post(item));
      this.#tries = 0;
      this.failing = false;
      changed();
      return true;
    } catch (error) {
      const outcome = judge(error);
      if (outcome === 'denied' && error instanceof Refused) {
        denied(error);
        return false;
      }
      if (outcome === 'too_long' || outcome === 'refused') {
        outbox.refuse(item.key, outcome);
        changed();
        return true;
      }
      this.failing = true;
      this.#later(error instanceof Refused ? error.retryAfter_s : undefined);
      changed();
      return false;
    }
  }

  #later(after_s: number | undefined): void {
    this.#tries += 1;
    const random = this.#options.random ?? Math.random;
    const asked_ms = Math.min(after_s ?? 0, RETRY_AFTER_MAX_s) * 1_000;
    this.#quietUntil = Date.now() + asked_ms;
    const delay_ms = Math.min(DELAY_ms * 2 ** (this.#tries - 1), DELAY_MAX_ms) * (0.5 + random());
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.wake(), asked_ms + delay_ms);
  }
}

/** What an error of a try means for the message. */
function judge(error: unknown): Refusal | 'later' | 'denied' {
  if (!(error instanceof Refused)) return 'later';
  if (error.status === 401 || error.status === 403) return 'denied';
  if (error.status === 413) return 'too_long';
  if (error.status === 429 || error.status === 408 || error.status >= 500) return 'later';
  return 'refused';
}
