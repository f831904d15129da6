import { untrack } from 'svelte';
import type { MaskedRecord } from '../../../../shared/access/index.ts';
import { ROWS_MAX } from '../../../../shared/protocol/view.ts';
import { liveView } from '../../../stores/views.svelte.ts';

/** More lines than these no tree is drawn with. */
const ALL_MAX = 10_000;

/** All records of an object, live: a tree needs every line. For the life of the component that calls it. */
export class All {
  readonly #view;
  readonly rows: readonly MaskedRecord[];

  constructor(object: string) {
    const view = liveView(() => ({ object, sort: 'name', limit: ROWS_MAX, totals: false }));
    this.#view = view;
    this.rows = $derived(view.rows);
    $effect(() => {
      if (view.hasMore && view.rows.length < ALL_MAX) untrack(() => void view.more(ROWS_MAX));
    });
  }

  get loading(): boolean {
    return this.#view.state === 'loading';
  }
  get hasMore(): boolean {
    return this.#view.hasMore;
  }
  get error() {
    return this.#view.error;
  }
}
