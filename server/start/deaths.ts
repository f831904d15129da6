/** A worker that has served for less than this will hardly live longer the next time. */
const QUICK_ms = 10_000;
const QUICK_MAX = 4;
const FIRST_PAUSE_ms = 250;

/** Decides when a worker that has died is replaced. */
export class Deaths {
  #quick = 0;

  /** `lived_ms`: how long it has served, 0 if not at all. How long to wait before the next one is started; null: not again, as one after the other has died at once. */
  next(lived_ms: number): number | null {
    this.#quick = lived_ms < QUICK_ms ? this.#quick + 1 : 0;
    if (this.#quick > QUICK_MAX) return null;
    return this.#quick === 0 ? 0 : FIRST_PAUSE_ms * 2 ** (this.#quick - 1);
  }
}
