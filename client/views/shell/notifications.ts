import type { MaskedRecord } from '../../../shared/access/index.ts';
import { text } from '../../stores/values.ts';

/** Those of a list (newest first) that came after a moment and are not read yet, the oldest first. */
export const freshOnes = (rows: readonly MaskedRecord[], after: string): MaskedRecord[] =>
  rows.filter((row) => row.created_at > after && text(row, 'read_at') === null).reverse();

/** What was already done about notifications in this window: their words in the corner, and taking note of them. */
export class Handled {
  readonly #toasts = new Map<string, () => void>();
  readonly #asked = new Set<string>();

  shown(id: string, dismiss: () => void): void {
    this.#toasts.set(id, dismiss);
  }

  /** Whoever looks at the ticket has been told. True the first time; its word in the corner goes. */
  seen(id: string): boolean {
    this.#toasts.get(id)?.();
    this.#toasts.delete(id);
    if (this.#asked.has(id)) return false;
    this.#asked.add(id);
    return true;
  }
}
