import type { MaskedRecord } from '../../../shared/access/index.ts';
import { arrange, type Slot } from './standing.ts';

/** The rows of the list under a pointer: see `arrange`. */
export class HeldList {
  #rows: () => readonly MaskedRecord[];
  #record: (id: string) => MaskedRecord | null;
  #frozen = $state.raw<readonly string[] | null>(null);
  #kept = $state.raw<{ id: string; order: readonly string[] } | null>(null);
  #now = $derived.by(() => {
    const kept = this.#kept;
    return arrange(this.#rows(), this.#frozen, kept && { ...kept, record: this.#record(kept.id) });
  });

  /** @param record the open ticket, while it is in reach */
  constructor(rows: () => readonly MaskedRecord[], record: (id: string) => MaskedRecord | null) {
    this.#rows = rows;
    this.#record = record;
  }

  get slots(): readonly Slot[] {
    return this.#now.slots;
  }
  /** How many arrivals wait. */
  get waiting(): number {
    return this.#now.waiting;
  }

  hold(): void {
    this.#frozen ??= this.#order();
  }
  release(): void {
    this.#frozen = null;
  }
  /** Shows what waits; whoever still points holds on from there. */
  show(): void {
    const held = this.#frozen !== null;
    this.#frozen = null;
    if (held) this.#frozen = this.#order();
  }
  /** The next page is here: it stands still, too. */
  extend(): void {
    if (this.#frozen !== null) this.#frozen = this.#order();
  }
  /** This ticket is open now (null: none), and keeps its place. */
  keep(id: string | null): void {
    if (id === (this.#kept?.id ?? null)) return;
    this.#kept = id === null ? null : { id, order: this.#order() };
  }
  /** Another list: what was held of the former one says nothing about it. */
  reset(): void {
    this.#frozen = null;
    this.#kept = null;
  }

  #order(): string[] {
    return this.#now.slots.map(({ id }) => id);
  }
}
