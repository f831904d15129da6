import type { Clock } from '../lib/clock.ts';
import { LEASE_ms } from '../lib/lease.ts';

/** A jump of the wall clock against the monotonic one means the machine slept: the monotonic clock slept with it. */
const WALL_JUMP_ms = 1_000;

/**
 * The permission to emit and to answer. It holds until 2 s after the START of the last successful poll, so whatever
 * was ended before that poll began was seen: stale emission is bounded by 2 s whatever has died or stalled.
 */
export class Lease {
  readonly #clock: Clock;
  #until_ms = Number.NEGATIVE_INFINITY;
  #wallOffset_ms = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** To be called before a poll is sent; hand the result to `renew` once it has succeeded AND been applied. */
  start(): { at_ms: number; wallOffset_ms: number } {
    const at_ms = this.#clock.monotonic_ms();
    return { at_ms, wallOffset_ms: this.#clock.now_ms() - at_ms };
  }

  renew(start: { at_ms: number; wallOffset_ms: number }): void {
    this.#until_ms = start.at_ms + LEASE_ms;
    this.#wallOffset_ms = start.wallOffset_ms;
  }

  open(): boolean {
    const now_ms = this.#clock.monotonic_ms();
    const jump_ms = Math.abs(this.#clock.now_ms() - now_ms - this.#wallOffset_ms);
    return now_ms < this.#until_ms && jump_ms < WALL_JUMP_ms;
  }

  /** How long the lease has been over; 0 while it is open. */
  lapsed_ms(): number {
    return this.open() ? 0 : Math.max(0, this.#clock.monotonic_ms() - this.#until_ms);
  }
}
