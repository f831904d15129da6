import { SvelteMap } from 'svelte/reactivity';
import type { MaskedRecord } from '../../../shared/access/index.ts';

/** A session that has just ended stays this long, dimmed: else a row would vanish under the reader's eyes. */
const STAYS_ms = 6_000;

/** Remembers, for a moment, the rows that have just left a live list. */
export class Endings {
  readonly #gone = new SvelteMap<string, MaskedRecord>();
  #before: readonly MaskedRecord[] = [];

  /** The rows to show, in their order, with those that have just left at their old place. */
  with(rows: readonly MaskedRecord[], compare: (a: MaskedRecord, b: MaskedRecord) => number): MaskedRecord[] {
    return [...rows, ...[...this.#gone.values()].filter((row) => !holds(rows, row.id))].sort(compare);
  }

  has = (row: MaskedRecord): boolean => this.#gone.has(row.id);

  /** Takes in what the list shows now. Where `judge` is false (it was read anew), what is missing has not just ended. */
  follow(rows: readonly MaskedRecord[], judge: boolean): void {
    for (const id of [...this.#gone.keys()]) if (holds(rows, id)) this.#gone.delete(id);
    if (judge) for (const row of this.#before) if (!holds(rows, row.id)) this.#keep(row);
    this.#before = rows;
  }

  #keep(row: MaskedRecord): void {
    this.#gone.set(row.id, { ...row, sockets: 0 });
    setTimeout(() => this.#gone.delete(row.id), STAYS_ms);
  }
}

const holds = (rows: readonly MaskedRecord[], id: string): boolean => rows.some((row) => row.id === id);
