import { setImmediate as others } from 'node:timers/promises';

/** Longest stretch for which one count keeps everybody else of this process waiting. */
const STRETCH_ms = 12;

/** Keeps a long count within its time, and lets others have their turn. */
export class Watch {
  readonly #start = performance.now();
  #turn = performance.now();

  constructor(readonly limit_ms: number) {}

  took_ms(): number {
    return Math.round(performance.now() - this.#start);
  }

  left_ms(): number {
    return Math.max(0, this.limit_ms - this.took_ms());
  }

  isOver(): boolean {
    return this.left_ms() === 0;
  }

  /** Waits a turn if this one has been long. */
  async rest(): Promise<void> {
    if (performance.now() - this.#turn < STRETCH_ms) return;
    await others();
    this.#turn = performance.now();
  }
}
