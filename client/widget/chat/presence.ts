/** Where the customer is: looking at the chat, with the page behind others, or with the chat closed. */
export type Where = 'here' | 'away' | 'gone';
export interface Sign {
  state: Where;
  field?: 'reply';
}

/** Writing is over when no key was struck for so long. */
const WRITING_ms = 5_000;
/** The server forgets writers after 7 s and others after 30 s. */
const WRITING_AGAIN_ms = 3_000;
const HERE_AGAIN_ms = 15_000;

/** Tells the other side that someone is there and is writing: at once when it changes, else as rarely as it may be. */
export class Presence {
  readonly #send: (sign: Sign) => void;
  readonly #where: () => Where;
  readonly #now: () => number;
  #typedAt = -Infinity;
  #said = 'gone';
  #saidAt = -Infinity;

  constructor(send: (sign: Sign) => void, where: () => Where, now: () => number = Date.now) {
    this.#send = send;
    this.#where = where;
    this.#now = now;
  }

  /** A key was struck. */
  typed(): void {
    this.#typedAt = this.#now();
    this.tick();
  }

  /** The text was sent or given up. */
  done(): void {
    this.#typedAt = -Infinity;
    this.tick();
  }

  /** The other side knows nothing of us any more. */
  forgotten(): void {
    this.#said = 'gone';
  }

  /** To be called about once a second, and when the place may have changed. */
  tick(): void {
    const now = this.#now();
    const state = this.#where();
    const isWriting = state === 'here' && now - this.#typedAt < WRITING_ms;
    const sign = isWriting ? 'writing' : state;
    const again_ms = isWriting ? WRITING_AGAIN_ms : HERE_AGAIN_ms;
    if (sign === this.#said && (sign === 'gone' || now - this.#saidAt < again_ms)) return;
    this.#said = sign;
    this.#saidAt = now;
    this.#send(isWriting ? { state, field: 'reply' } : { state });
  }
}
