import type { Locks } from '../../../../client/stores/unsent/locks.ts';
import type { Shelf } from '../../../../client/stores/unsent/shelf.ts';
import { inOrder, unsentSchema } from '../../../../client/stores/unsent/write.ts';

/** What the tabs of one browser share: a storage that tells the others of each change, and locks. */
export class SharedBrowser {
  readonly #kept = new Map<string, string>();
  readonly #tabs = new Set<(key: string) => void>();
  readonly #lines = new Map<string, Promise<unknown>>();
  /** Nothing more fits. */
  full = false;

  /** When the other tabs hear of a change; in a test of interleavings, later. */
  tell: (news: () => void) => void = (news) => queueMicrotask(news);

  keys(): string[] {
    return [...this.#kept.keys()];
  }

  shelf(): Shelf {
    let mine: ((key: string) => void) | null = null;
    const spread = (key: string): void => {
      for (const tab of this.#tabs) if (tab !== mine) this.tell(() => this.#tabs.has(tab) && tab(key));
    };
    const read = (text: string | undefined) =>
      text === undefined ? null : unsentSchema.parse(JSON.parse(text));
    return {
      all: () => [...this.#kept.values()].flatMap((text) => read(text) ?? []).sort(inOrder),
      get: (key) => read(this.#kept.get(key)),
      put: (write) => {
        if (this.full && !this.#kept.has(write.key)) return false;
        this.#kept.set(write.key, JSON.stringify(write));
        spread(write.key);
        return true;
      },
      drop: (key) => {
        if (this.#kept.delete(key)) spread(key);
      },
      listen: (listener) => {
        this.#tabs.add((mine = listener));
        return () => this.#tabs.delete(listener);
      },
    };
  }

  readonly locks: Locks = {
    hold: (name, work) => {
      const turn = (this.#lines.get(name) ?? Promise.resolve()).then(work);
      const end = turn
        .then(
          () => undefined,
          () => undefined,
        )
        .then(() => {
          if (this.#lines.get(name) === end) this.#lines.delete(name);
        });
      this.#lines.set(name, end);
      return turn;
    },
    tryHold: (name, work) => (this.#lines.has(name) ? Promise.resolve(null) : this.locks.hold(name, work)),
  };
}
