import { SvelteMap } from 'svelte/reactivity';
import type { MaskedRecord } from '../../shared/access/index.ts';
import { ROWS_MAX } from '../../shared/protocol/index.ts';
import { pool } from './pool.svelte.ts';
import { LiveView } from './views.svelte.ts';

/** Few and named everywhere: held open whole. */
const WHOLE = ['user', 'team', 'pipeline'];
/** More views than these of one object are made fewer. */
const VIEWS_MAX = 6;
/** So long after asking, what is wanted next is gathered: whoever scrolls through thousands wants names all the time. */
const PAUSE_ms = 120;

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
  #askedAt_ms = -PAUSE_ms;

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
    const wait_ms = this.#askedAt_ms + PAUSE_ms - performance.now();
    if (wait_ms > 0) setTimeout(() => this.#ask(), wait_ms);
    else queueMicrotask(() => this.#ask());
  }

  #ask(): void {
    this.#scheduled = false;
    this.#askedAt_ms = performance.now();
    for (const [object, wanted] of this.#wanted) {
      const ids = [...wanted.fresh];
      wanted.fresh.clear();
      for (let i = 0; i < ids.length; i += ROWS_MAX) this.#open(object, wanted, ids.slice(i, i + ROWS_MAX));
      if (wanted.open.length > VIEWS_MAX) this.#makeFewer(object, wanted);
    }
  }

  #open(object: string, wanted: Wanted, ids: string[]): void {
    const view = new LiveView();
    view.show({ object, filter: { id: { in: ids } }, limit: ROWS_MAX, totals: false });
    wanted.open.push({ ids: new Set(ids), view });
    for (const id of ids) this.#asked.set(`${object}/${id}`, view);
  }

  /**
   * Joins the small views of an object into one, so that what is large is not asked for again and again; where all are
   * large, that which was asked for first is let go.
   */
  #makeFewer(object: string, wanted: Wanted): void {
    const small: Wanted['open'] = [];
    let room = ROWS_MAX;
    for (const part of [...wanted.open].sort((a, b) => a.ids.size - b.ids.size)) {
      if (part.ids.size > room) break;
      room -= part.ids.size;
      small.push(part);
    }
    const gone = small.length > 1 ? small : wanted.open.slice(0, 1);
    wanted.open = wanted.open.filter((part) => !gone.includes(part));
    if (gone === small) this.#open(object, wanted, [...new Set(small.flatMap(({ ids }) => [...ids]))]);
    else for (const { ids, view } of gone) this.#forget(object, ids, view);
    // The former ones linger until the new one is answered, so nothing flickers.
    for (const { view } of gone) view.close();
  }

  #forget(object: string, ids: ReadonlySet<string>, view: LiveView): void {
    for (const id of ids) {
      const key = `${object}/${id}`;
      if (this.#asked.get(key) === view) this.#asked.delete(key);
    }
  }
}

export const names = new Names();
