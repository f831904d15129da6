import { SvelteMap } from 'svelte/reactivity';

export interface Change {
  /** Who made it. */
  by: string;
  fields: string[];
  /** Milliseconds since 1970, on this machine's clock. */
  at: number;
  /** It was not here before: it came into view by this change (then `fields` are all of it). */
  entered: boolean;
}

/** How long a change of someone else stays lit. */
const LIT_ms = 4_000;

class Changes {
  #lit = new SvelteMap<string, Change>();
  #self: () => string | null = () => null;

  /** Whose changes are not news. */
  ofOthersThan(self: () => string | null): void {
    this.#self = self;
  }

  /** Reactive: what someone else has just changed on this record, or null once it is old. */
  of(object: string, id: string): Change | null {
    return this.#lit.get(`${object}/${id}`) ?? null;
  }

  note({
    object,
    id,
    by,
    fields,
    entered,
  }: {
    object: string;
    id: string;
    by: string;
    fields: string[];
    entered: boolean;
  }): void {
    if (by === this.#self()) return;
    const key = `${object}/${id}`;
    const change: Change = { by, fields, at: Date.now(), entered };
    this.#lit.set(key, change);
    setTimeout(() => {
      if (this.#lit.get(key) === change) this.#lit.delete(key);
    }, LIT_ms);
  }

  clear(): void {
    this.#lit.clear();
  }
}

export const changes = new Changes();
