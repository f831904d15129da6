import type { HistoryEntry } from '../../shared/protocol/index.ts';
import { readHistory } from './reads.ts';

const PAGE = 50;
/** A change is in the history once it has its place in the log: a moment after whoever made it has their answer. */
const AGAIN_ms = [300, 2_000];

/** A record's history as loaded so far, newest first. It is read by HTTP, and again whenever the record has changed. */
export class RecordHistory {
  entries = $state.raw<readonly HistoryEntry[]>([]);
  state = $state<'loading' | 'ready' | 'error'>('loading');
  hasMore = $state(false);
  readonly #object: string;
  readonly #id: string;
  #next: number | null = null;
  #turn = 0;

  constructor(object: string, id: string) {
    this.#object = object;
    this.#id = id;
  }

  /**
   * Reads the newest page; what was loaded before of older ones is kept. Asked for because something has changed, it
   * looks again, twice at most, where there is nothing new yet or no answer came.
   */
  async refresh(tries = 0): Promise<void> {
    const turn = ++this.#turn;
    const known = this.state === 'ready';
    const newest = this.entries[0]?.seq ?? 0;
    try {
      const { entries, next } = await readHistory(this.#object, this.#id, { limit: PAGE });
      if (turn !== this.#turn) return;
      const oldest = entries.at(-1)?.seq ?? 0;
      const older = this.entries.filter((entry) => entry.seq < oldest);
      // A gap between what was there and this page: begin anew rather than tell a story with a hole in it.
      const joined = next === null || this.entries.some((entry) => entry.seq >= oldest);
      this.entries = joined ? [...entries, ...older] : entries;
      if (!joined || older.length === 0) this.#end(next);
      this.state = 'ready';
    } catch {
      if (turn === this.#turn && this.state === 'loading') this.state = 'error';
    }
    const again_ms = AGAIN_ms[tries];
    if (!known || turn !== this.#turn || again_ms === undefined) return;
    if ((this.entries[0]?.seq ?? 0) > newest) return;
    setTimeout(() => turn === this.#turn && void this.refresh(tries + 1), again_ms);
  }

  async more(): Promise<void> {
    if (this.#next === null) return;
    const turn = this.#turn;
    try {
      const { entries, next } = await readHistory(this.#object, this.#id, {
        limit: PAGE,
        before: this.#next,
      });
      if (turn !== this.#turn) return;
      this.entries = [...this.entries, ...entries];
      this.#end(next);
    } catch {
      // The button stays: pressing it again tries again.
    }
  }

  /** What is not this person's to see any more is forgotten at once. */
  forget(): void {
    this.#turn++;
    this.entries = [];
    this.#end(null);
  }

  #end(next: number | null): void {
    this.#next = next;
    this.hasMore = next !== null;
  }
}
