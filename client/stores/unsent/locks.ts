import { newId } from '../../../shared/lib/ids.ts';

/** Lets one at a time do something, of all tabs of this browser. */
export interface Locks {
  /** Waits for its turn. */
  hold<T>(name: string, work: () => Promise<T>): Promise<T>;
  /** Does nothing, and answers null, where somebody holds it now. */
  tryHold<T>(name: string, work: () => Promise<T>): Promise<T | null>;
}

/** The browser's own locks; they are there wherever the page came over TLS or from this very machine. */
export const browserLocks = (): Locks =>
  typeof navigator !== 'undefined' && 'locks' in navigator ? webLocks : new Leases();

const webLocks: Locks = {
  // The types of `request` do not carry the result of an async callback through.
  hold: (name, work) => navigator.locks.request(name, work) as ReturnType<typeof work>,
  tryHold: (name, work) =>
    navigator.locks.request(name, { ifAvailable: true }, (lock) => (lock ? work() : null)),
};

/** Longer than any request takes: whoever closes their tab holds nobody up for longer. */
const LEASE_ms = 20_000;
/** So long until every tab has seen who wrote last. */
const SETTLE_ms = 60;
const AGAIN_ms = 250;
const PREFIX = 'lease:';

/**
 * Locks by the browser's storage, for where it has none: whoever wrote last, and finds it still so a moment later, has it.
 * Two at once are rare, and harmless: a write has the same key in both.
 */
class Leases implements Locks {
  readonly #tab = newId();
  /** Within this tab: the end of the line for each name. */
  readonly #lines = new Map<string, Promise<unknown>>();

  async hold<T>(name: string, work: () => Promise<T>): Promise<T> {
    const before = this.#lines.get(name) ?? Promise.resolve();
    const turn = before.then(async () => {
      while (!(await this.#take(name))) await pause(AGAIN_ms);
      try {
        return await work();
      } finally {
        this.#giveBack(name);
      }
    });
    const end = turn.catch(() => undefined);
    this.#lines.set(name, end);
    void end.then(() => this.#lines.get(name) === end && this.#lines.delete(name));
    return turn;
  }

  async tryHold<T>(name: string, work: () => Promise<T>): Promise<T | null> {
    if (this.#lines.has(name) || this.#isHeld(name)) return null;
    return this.hold(name, work);
  }

  async #take(name: string): Promise<boolean> {
    if (this.#isHeld(name)) return false;
    localStorage.setItem(PREFIX + name, `${this.#tab} ${Date.now() + LEASE_ms}`);
    await pause(SETTLE_ms);
    return localStorage.getItem(PREFIX + name)?.startsWith(this.#tab) ?? false;
  }

  #isHeld(name: string): boolean {
    const [, until] = (localStorage.getItem(PREFIX + name) ?? '').split(' ');
    return Number(until ?? 0) > Date.now();
  }

  #giveBack(name: string): void {
    if (localStorage.getItem(PREFIX + name)?.startsWith(this.#tab)) localStorage.removeItem(PREFIX + name);
  }
}

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
