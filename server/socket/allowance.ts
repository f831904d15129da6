import { monotonic_ms } from '../lib/clock.ts';

/** A token bucket: `burst` at once, `perSecond` in the long run. */
export class Allowance {
  readonly #burst: number;
  readonly #perSecond: number;
  #left: number;
  #at_ms: number;

  constructor({ burst, perSecond }: { burst: number; perSecond: number }, now_ms = monotonic_ms()) {
    this.#burst = burst;
    this.#perSecond = perSecond;
    this.#left = burst;
    this.#at_ms = now_ms;
  }

  take(now_ms = monotonic_ms()): boolean {
    this.#left = Math.min(this.#burst, this.#left + ((now_ms - this.#at_ms) / 1000) * this.#perSecond);
    this.#at_ms = now_ms;
    if (this.#left < 1) return false;
    this.#left--;
    return true;
  }
}
