import type { Clock } from '../lib/clock.ts';

/** Names remembered at most, and for how long: a new name is shown to customers after that. */
const KEPT_MAX = 5_000;
const KEPT_ms = 300_000;

/** First names, ready where they were asked for before: whoever asks for another is called once it is known. */
export class FirstNames {
  readonly #load: (ids: string[]) => Promise<Map<string, string>>;
  readonly #clock: Clock;
  readonly #known = new Map<string, { name: string | null; at_ms: number }>();
  readonly #asked = new Map<string, Set<() => void>>();

  constructor(load: (ids: string[]) => Promise<Map<string, string>>, clock: Clock) {
    this.#load = load;
    this.#clock = clock;
  }

  /** Null while it is being looked up, and for whoever has none. Never throws. */
  get(id: string, whenKnown: () => void): string | null {
    const known = this.#known.get(id);
    if (known && this.#clock.monotonic_ms() - known.at_ms < KEPT_ms) return known.name;
    const waiting = this.#asked.get(id);
    if (waiting) waiting.add(whenKnown);
    else void this.#ask(id, whenKnown);
    return known?.name ?? null;
  }

  async #ask(id: string, whenKnown: () => void): Promise<void> {
    const waiting = new Set([whenKnown]);
    this.#asked.set(id, waiting);
    const names = await this.#load([id]).catch(() => null);
    this.#asked.delete(id);
    // The store did not answer: it is asked anew for the next who wants to know.
    if (!names) return;
    if (this.#known.size >= KEPT_MAX) this.#known.clear();
    this.#known.set(id, { name: names.get(id) ?? null, at_ms: this.#clock.monotonic_ms() });
    for (const tell of waiting) tell();
  }
}
