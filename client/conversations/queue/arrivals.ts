import type { MaskedRecord } from '../../../shared/access/index.ts';
import type { ViewRequest } from '../../../shared/protocol/index.ts';
import { text } from '../../stores/values.ts';

const WATCHED = 100;

/** What customers said last in one's own tickets (`me`) or in those that nobody has yet (null), newest first. */
export const saidLast = (me: string | null): ViewRequest => ({
  object: 'ticket',
  filter: {
    assignee: me === null ? null : { in: [me] },
    status: { in: ['open', 'pending'] },
    preview_from: 'customer',
  },
  sort: '-last_message_at',
  limit: WATCHED,
  totals: false,
});

/** What must be readable for `saidLast` to be asked. */
export const SAID_LAST_FIELDS = ['assignee', 'status', 'preview_from', 'last_message_at'];

/** Counts messages of customers that came while nobody looked. */
export class Arrivals {
  #since: string | null = null;
  readonly #heard = new Set<string>();

  /** From now on: what is in these rows is known. */
  start(rows: readonly MaskedRecord[]): void {
    this.#heard.clear();
    this.#since = rows.reduce((latest, row) => later(latest, text(row, 'last_message_at')), '');
  }
  stop(): void {
    this.#since = null;
  }

  /** How many have come since the start, and whether any of them are new since the last look. */
  look(rows: readonly MaskedRecord[]): { count: number; fresh: boolean } {
    const before = this.#heard.size;
    for (const row of rows) {
      const at = text(row, 'last_message_at');
      // A ticket that changes hands brings its last message along: that is not a second one.
      if (this.#since !== null && at !== null && at > this.#since) this.#heard.add(`${row.id} ${at}`);
    }
    return { count: this.#heard.size, fresh: this.#heard.size > before };
  }
}

const later = (a: string, b: string | null): string => (b !== null && b > a ? b : a);
