import { tick, untrack } from 'svelte';
import type { Attachment } from 'svelte/attachments';
import { rowsWithin, startsOf } from './extents.ts';
import type { Scroller } from './scroller.svelte.ts';

interface Options {
  /** What is scrolled to see more of the list; it may hold other lists, too. */
  scroller: Scroller;
  /** The rows, from the top; a new list whenever it changes. */
  keys: () => readonly string[];
  /** How high a row is before it has been measured. */
  row_px: number;
  gap_px?: number;
  /** Rows drawn above and below what is in sight. */
  spare?: number;
  /** Rows that are drawn wherever they are: that of the focus, that under way by drag. */
  pinned?: () => readonly (string | null)[];
  /** False: nothing of it is in sight, however one scrolls; then only pinned rows are drawn. */
  seen?: () => boolean;
  /** What covers the top and the bottom of the sight: a head that stays. */
  covered_px?: number;
  /** Loads so many rows more; null when there are none. */
  more?: () => ((rows: number) => Promise<void>) | null;
}

export interface DrawnRow {
  key: string;
  index: number;
  /** Where it begins, from the top of the list. */
  top_px: number;
  /** Room left by rows that are not drawn, between this one and the one drawn before it. */
  gap_px: number;
}

const PAGE = { min: 50, max: 500 };
/** How long a row takes to its new place; see `sliding`. */
const SLIDE_ms = 260;

/**
 * A list of which only the rows in sight are drawn, however long it is: `drawn` says which, and where they stand. Rows
 * are measured as they come (`{@attach list.measured}` on an element with `data-row`), others are taken to be as high
 * as the first ones were. Made while a component begins.
 */
export class RowWindow {
  readonly #options: Options;
  /** As measured. Plain, with a state that says it has changed: thousands of states would cost more than they save. */
  // eslint-disable-next-line svelte/prefer-svelte-reactivity -- see above: `#measured` says that it has changed
  readonly #heights = new Map<string, number>();
  #measured = $state(0);
  #usual_px: number;
  /** Where the list begins within what is scrolled. */
  #offset_px = $state(0);
  /** Rows are under way. */
  coming = $state(false);
  /** The order has just changed: rows may slide to where they belong. Otherwise they stand where they are put. */
  sliding = $state(false);
  #slide: ReturnType<typeof setTimeout> | undefined;
  readonly #observer = new ResizeObserver((entries) => this.#measure(entries));
  #list: HTMLElement | null = null;

  readonly #starts = $derived.by(() => {
    void this.#measured;
    const { keys, gap_px = 0 } = this.#options;
    return startsOf(keys(), { height_px: (key) => this.#heights.get(key) ?? this.#usual_px, gap_px });
  });
  readonly #top_px = $derived.by(() => this.#options.scroller.top_px - this.#offset_px);
  readonly #seen = $derived.by(() => {
    const { scroller, spare = 4, seen } = this.#options;
    if (seen && !seen()) return { from: 0, to: 0 };
    return rowsWithin(
      this.#starts,
      this.#top_px,
      this.#top_px + scroller.height_px,
      scroller.leapt ? 0 : spare,
    );
  });
  // Numbers are the same while nothing comes into sight: then nothing is drawn anew.
  readonly #from = $derived(this.#seen.from);
  readonly #to = $derived(this.#seen.to);

  readonly drawn: readonly DrawnRow[] = $derived.by(() => {
    const keys = this.#options.keys();
    const [from, to] = [this.#from, this.#to];
    const indexes = this.#affordable(from, to, keys);
    for (const key of this.#options.pinned?.() ?? []) {
      const index = key === null ? -1 : keys.indexOf(key);
      if (index !== -1 && !indexes.includes(index)) indexes.push(index);
    }
    indexes.sort((a, b) => a - b);
    return indexes.map((index, i) => {
      const top_px = this.#startOf(index);
      const before = indexes[i - 1];
      return {
        key: keys[index] ?? '',
        index,
        top_px,
        gap_px: before === undefined ? top_px : top_px - this.#startOf(before + 1),
      };
    });
  });
  /** What is drawn, by key: what else is to be drawn is new. Plain, for it follows from `drawn`. */
  // eslint-disable-next-line svelte/prefer-svelte-reactivity -- see above
  #standing: ReadonlySet<string> = new Set();
  readonly height_px: number = $derived(this.#startOf(this.#starts.length - 1));
  /** Room for the rows behind the last one drawn. */
  readonly after_px: number = $derived.by(() => {
    const last = this.drawn.at(-1);
    return this.height_px - (last ? this.#startOf(last.index + 1) : 0);
  });
  /** The end is so near that more should be on its way. */
  readonly #short = $derived.by(() => {
    const { scroller, seen } = this.#options;
    if (seen && !seen()) return false;
    return this.height_px - this.#top_px - scroller.height_px < scroller.height_px * 2;
  });

  constructor(options: Options) {
    this.#options = options;
    this.#usual_px = options.row_px;
    $effect(() => this.#load());
    $effect(() => this.#spend());
    $effect(() => {
      if (this.#from === this.#to) return;
      options.scroller.lists++;
      return () => options.scroller.lists--;
    });
    $effect.pre(() => this.#watchOrder());
    $effect(() => {
      void [options.scroller.width_px, options.scroller.height_px];
      untrack(() => this.#resized());
    });
    $effect(() => () => {
      this.#observer.disconnect();
      clearTimeout(this.#slide);
    });
  }

  /** On the element whose top is the list's top. */
  readonly list: Attachment<HTMLElement> = (element) => {
    this.#list = element;
    untrack(() => this.#find());
    return () => (this.#list = null);
  };

  /** On each row, which has `data-row` with its key. */
  readonly measured: Attachment<HTMLElement> = (element) => {
    this.#observer.observe(element);
    return () => this.#observer.unobserve(element);
  };

  /** How many rows fit into sight. */
  get page(): number {
    return Math.max(1, Math.floor(this.#options.scroller.height_px / this.#usual_px) - 1);
  }

  /** Scrolls, if it must, until the row is in sight. Pin it, and it is drawn after the next tick. */
  async reveal(key: string): Promise<void> {
    this.#scrollTo(key);
    await tick();
    // Rows on the way there have been measured meanwhile.
    this.#scrollTo(key);
  }

  #scrollTo(key: string): void {
    const { scroller, keys, covered_px = 0 } = this.#options;
    const index = keys().indexOf(key);
    if (index === -1) return;
    const [top, bottom] = [index, index + 1].map((i) => this.#startOf(i) + this.#offset_px) as [
      number,
      number,
    ];
    if (top - covered_px < scroller.top_px) scroller.to(top - covered_px);
    else if (bottom > scroller.top_px + scroller.height_px) scroller.to(bottom - scroller.height_px);
  }

  /** Loads what comes after: as much as is scrolled through until it is there, and a screenful. */
  async loadMore(rows?: number): Promise<void> {
    const more = this.#options.more?.();
    if (!more || this.coming) return;
    const { scroller } = this.#options;
    const lacking_px = Math.max(0, this.#top_px + scroller.height_px - this.height_px);
    const ahead = Math.ceil((lacking_px + scroller.height_px * 3 + scroller.speed) / this.#usual_px);
    this.coming = true;
    try {
      await more(rows ?? Math.max(PAGE.min, Math.min(ahead, PAGE.max)));
    } finally {
      this.coming = false;
    }
  }

  #load(): void {
    if (!this.#short || this.coming || !this.#options.more?.()) return;
    // What could not be loaded is tried again with the next turn of the wheel.
    void [this.#options.scroller.top_px, this.#starts];
    untrack(() => void this.loadMore());
  }

  /** The rows to be drawn, without those that must wait for the next frame. */
  #affordable(from: number, to: number, keys: readonly string[]): number[] {
    const { scroller } = this.#options;
    const all = Array.from({ length: to - from }, (_, i) => from + i);
    if (!scroller.scrolling) return all;
    void scroller.frame;
    let left = scroller.share;
    return all.filter((index) => this.#standing.has(keys[index] ?? '') || left-- > 0);
  }

  #spend(): void {
    const { scroller } = this.#options;
    const before = this.#standing;
    // eslint-disable-next-line svelte/prefer-svelte-reactivity -- replaced, never changed
    this.#standing = new Set(this.drawn.map(({ key }) => key));
    const come = this.drawn.filter(({ key }) => !before.has(key)).length;
    const lacking = this.drawn.length < this.#to - this.#from;
    if (scroller.scrolling && (come > 0 || lacking)) untrack(() => scroller.spend(come));
  }

  #startOf(index: number): number {
    return this.#starts[index] ?? 0;
  }

  /** In another width rows are of other heights; those drawn are measured again by themselves. */
  #resized(): void {
    // eslint-disable-next-line svelte/prefer-svelte-reactivity -- lives no longer than this call
    const drawn = new Set(this.drawn.map(({ key }) => key));
    for (const key of this.#heights.keys()) if (!drawn.has(key)) this.#heights.delete(key);
    this.#find();
  }

  #find(): void {
    const { element } = this.#options.scroller;
    if (!element || !this.#list) return;
    const [list, sight] = [this.#list.getBoundingClientRect(), element.getBoundingClientRect()];
    this.#offset_px = Math.round(list.top - sight.top - element.clientTop + element.scrollTop);
  }

  #measure(entries: readonly ResizeObserverEntry[]): void {
    let changed = false;
    const first = this.#heights.size <= entries.length;
    for (const { target, borderBoxSize } of entries) {
      const key = target instanceof HTMLElement ? target.dataset['row'] : undefined;
      const height_px = borderBoxSize[0]?.blockSize ?? 0;
      if (key === undefined || height_px === 0) continue;
      // One that is as high as was assumed moves nothing.
      if ((this.#heights.get(key) ?? this.#usual_px) !== height_px) changed = true;
      this.#heights.set(key, height_px);
    }
    if (!changed) return;
    if (first) this.#usual_px = middle([...this.#heights.values()]);
    this.#measured++;
  }

  #before: readonly string[] = [];
  #watchOrder(): void {
    const [is, was] = [this.#options.keys(), this.#before];
    this.#before = is;
    if (was.length === 0 || (is.length >= was.length && was.every((key, i) => key === is[i]))) return;
    untrack(() => {
      this.sliding = true;
      clearTimeout(this.#slide);
      this.#slide = setTimeout(() => (this.sliding = false), SLIDE_ms);
    });
  }
}

/** A height that rows really have: more of the others will be like it than like their mean. */
const middle = (numbers: readonly number[]): number =>
  numbers.toSorted((a, b) => a - b)[numbers.length >> 1] ?? 0;
