import { SvelteMap } from 'svelte/reactivity';
import type { MaskedRecord } from '../../shared/access/index.ts';
import { ROWS_MAX } from '../../shared/protocol/index.ts';
import { pool } from './pool.svelte.ts';
import { LiveView } from './views.svelte.ts';

/** Few and named everywhere: held open whole. */
const WHOLE = ['user', 'team', 'pipeline'];
/** More views than these of one object are joined into one. */
const VIEWS_MAX = 3;

interface Wanted {
  /** Ids asked for since the last look. */
  fresh: Set<string>;
  /** Views that hold what was asked before. */
  open: { ids: Set<string>; view: LiveView }[];
}

/** The records behind ids: what relations point to. They are held live, so a renamed company is renamed everywhere. */
class Names {
  readonly #whole = new SvelteMap<string, LiveView>();
  readonly #wanted = new Map<string, Wanted>();
  /** The view that looks after an id, by object and id. */
  readonly #asked = new SvelteMap<string, LiveView>();
  #scheduled = false;

  /** Opens people, teams and pipelines; they stay. */
  holdPeople(): void {
    for (const object of WHOLE) {
      if (this.#whole.has(object)) continue;
      const view = new LiveView();
      view.show({ object, limit: ROWS_MAX, totals: false });
      this.#whole.set(object, view);
    }
  }

  /** Reactive: the record; undefined while it is not here yet; null where it is not visible to this person, or gone. */
  get(object: string, id: string | null | undefined): MaskedRecord | undefined | null {
    if (!id) return null;
    const record = pool.get(object, id);
    if (record) return record;
    const whole = this.#whole.get(object);
    if (whole && !whole.hasMore) return whole.state === 'loading' ? undefined : null;
    const view = this.#asked.get(`${object}/${id}`);
    if (view) return view.state === 'loading' ? undefined : null;
    this.#want(object, id);
    return undefined;
  }

  /** Reactive: all people, teams or pipelines, in the object's own order. */
  all(object: 'user' | 'team' | 'pipeline'): readonly MaskedRecord[] {
    return this.#whole.get(object)?.rows ?? [];
  }

  clear(): void {
    for (const view of this.#whole.values()) view.close();
    for (const { open } of this.#wanted.values()) for (const { view } of open) view.close();
    this.#whole.clear();
    this.#wanted.clear();
    this.#asked.clear();
  }

  // Reading may happen while something is being derived, where nothing reactive may change: ids are only noted.
  #want(object: string, id: string): void {
    let wanted = this.#wanted.get(object);
    if (!wanted) this.#wanted.set(object, (wanted = { fresh: new Set(), open: [] }));
    wanted.fresh.add(id);
    if (this.#scheduled) return;
    this.#scheduled = true;
    queueMicrotask(() => this.#ask());
  }

  #ask(): void {
    this.#scheduled = false;
    for (const [object, wanted] of this.#wanted) {
      const ids = [...wanted.fresh];
      wanted.fresh.clear();
      for (let i = 0; i < ids.length; i += ROWS_MAX) this.#open(object, wanted, ids.slice(i, i + ROWS_MAX));
      if (wanted.open.length > VIEWS_MAX) this.#join(object, wanted);
    }
  }

  #open(object: string, wanted: Wanted, ids: string[]): void {
    const view = new LiveView();
    view.show({ object, filter: { id: { in: ids } }, limit: ROWS_MAX, totals: false });
    wanted.open.push({ ids: new Set(ids), view });
    for (const id of ids) this.#asked.set(`${object}/${id}`, view);
  }

  /** Joins the views of an object; those that were asked first are let go where there are too many for one view. */
  #join(object: string, wanted: Wanted): void {
    const former = wanted.open;
    const ids = former.flatMap((part) => [...part.ids]);
    for (const id of ids.slice(0, -ROWS_MAX)) this.#asked.delete(`${object}/${id}`);
    wanted.open = [];
    this.#open(object, wanted, ids.slice(-ROWS_MAX));
    // The former ones linger until the new one is answered, so nothing flickers.
    for (const { view } of former) view.close();
  }
}

export const names = new Names();
