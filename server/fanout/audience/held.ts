import type { OpenView } from '../openView.ts';

/** Ids of the records that a client holds through one view. */
export interface HeldIds {
  readonly size: number;
  has(id: string): boolean;
  add(id: string): unknown;
  delete(id: string): boolean;
  [Symbol.iterator](): Iterator<string>;
}

/** By which open views a record is held here: whoever holds it must be told to forget it, whatever else is the case. */
export class Holders {
  readonly #views = new Map<string, OpenView | Set<OpenView>>();

  /** Takes up what a view holds, and from now on whatever it comes to hold. */
  watch(open: OpenView): void {
    for (const id of open.held) this.add(id, open);
    open.held = new Held(open, open.held, this);
  }

  forget(open: OpenView): void {
    for (const id of open.held) this.remove(id, open);
    if (open.held instanceof Held) open.held = open.held.ids;
  }

  each(id: string, act: (open: OpenView) => void): void {
    const views = this.#views.get(id);
    if (views instanceof Set) views.forEach(act);
    else if (views !== undefined) act(views);
  }

  add(id: string, open: OpenView): void {
    const views = this.#views.get(id);
    if (views === undefined) this.#views.set(id, open);
    else if (views instanceof Set) views.add(open);
    else if (views !== open) this.#views.set(id, new Set([views, open]));
  }

  remove(id: string, open: OpenView): void {
    const views = this.#views.get(id);
    if (views === open) this.#views.delete(id);
    else if (views instanceof Set && views.delete(open) && views.size === 0) this.#views.delete(id);
  }
}

/** What a view holds, known to the holders. */
class Held implements HeldIds {
  constructor(
    readonly open: OpenView,
    readonly ids: HeldIds,
    readonly holders: Holders,
  ) {}

  get size(): number {
    return this.ids.size;
  }
  has(id: string): boolean {
    return this.ids.has(id);
  }
  add(id: string): void {
    this.ids.add(id);
    this.holders.add(id, this.open);
  }
  delete(id: string): boolean {
    this.holders.remove(id, this.open);
    return this.ids.delete(id);
  }
  [Symbol.iterator](): Iterator<string> {
    return this.ids[Symbol.iterator]();
  }
}
