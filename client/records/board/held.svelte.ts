import type { MaskedRecord } from '../../../shared/access/index.ts';
import { holdBack, standingOf, withFirst, type Standing } from './holdBack.ts';

/** The rows of a list under a pointer: see `holdBack`. Arrivals are counted, and shown on wish or when the pointer goes. */
export class HeldRows {
  #rows: () => readonly MaskedRecord[];
  #frozen = $state.raw<Standing | null>(null);
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
    this.#frozen ??= standingOf(this.#rows());
  }
  release(): void {
    this.#frozen = null;
  }
  /** Shows what waits and holds on from there. */
  show(): void {
    this.#frozen = standingOf(this.#rows());
  }
  /** The next page is here: it stands still, too. */
  extend(): void {
    if (this.#frozen !== null) this.#frozen = standingOf(this.#now.shown);
  }
  /** Lets one in at the top: what the person put there themself is no surprise to them. */
  admit(id: string): void {
    if (this.#frozen === null || this.#frozen.has(id)) return;
    this.#frozen = withFirst(this.#frozen, id);
  }
}
