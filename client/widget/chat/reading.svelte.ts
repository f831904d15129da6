import type { Shelf } from './shelf.ts';
import type { Message } from './thread.ts';

/** How far the customer has read, in all tabs; the server is told each time they read on. */
export class Reading {
  #upTo = $state('');
  readonly #shelf: Shelf;
  readonly #tell: () => Promise<unknown>;
  #isOwed = false;

  constructor(shelf: Shelf, tell: () => Promise<unknown>) {
    this.#shelf = shelf;
    this.#tell = tell;
    this.reload();
  }

  /** How many of ours they have not read. */
  unread(messages: readonly Message[]): number {
    return messages.filter(({ from, created_at }) => from === 'us' && created_at > this.#upTo).length;
  }

  /** They have all of these before them. */
  read(messages: readonly Message[]): void {
    const newest = messages.findLast(({ from }) => from === 'us');
    if (!newest || newest.created_at <= this.#upTo) return;
    this.#upTo = newest.created_at;
    this.#shelf.set('seen', newest.created_at);
    this.#isOwed = true;
    void this.settle();
  }

  /** Tells the server what it could not be told before. */
  async settle(): Promise<void> {
    if (!this.#isOwed) return;
    this.#isOwed = false;
    await this.#tell().catch(() => (this.#isOwed = true));
  }

  /** Another tab has read on, or everything has been forgotten. */
  reload(): void {
    this.#upTo = this.#shelf.get('seen') ?? '';
  }
}
