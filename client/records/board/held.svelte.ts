import type { MaskedRecord } from '../../../shared/access/index.ts';
import { holdBack } from './holdBack.ts';

/** The rows of a list under a pointer: see `holdBack`. Arrivals are counted, and shown on wish or when the pointer goes. */
export class HeldRows {
  #rows: () => readonly MaskedRecord[];
  #frozen = $state.raw<ReadonlyMap<string, number> | null>(null);
  #now = $derived.by(() => holdBack(this.#rows(), this.#frozen));

  constructor(rows: () => readonly MaskedRecord[]) {
    this.#rows = rows;
  }

  get shown(): readonly MaskedRecord[] {
    return this.#now.shown;
  }
  /** How many arrivals wait. */
  get waiting(): number {
    return this.#now.waiting.length;
  }

  hold(): void {
    if (this.#frozen === null) this.#freeze(this.#rows());
  }
  release(): void {
    this.#frozen = null;
  }
  /** Shows what waits and holds on from there. */
  show(): void {
    this.#freeze(this.#rows());
  }
  /** Lets one in at the top: what the person put there themself is no surprise to them. */
  admit(id: string): void {
    if (this.#frozen === null || this.#frozen.has(id)) return;
    this.#frozen = new Map([[id, Math.min(0, ...this.#frozen.values()) - 1], ...this.#frozen]);
  }

  #freeze(rows: readonly MaskedRecord[]): void {
    this.#frozen = new Map(rows.map((row, index) => [row.id, index]));
  }
}
