import type { Filter, Totals, View } from '../../../shared/protocol/index.ts';
import type { OpenView } from '../openView.ts';

/** More different totals than this, and what is known is forgotten: only the sharing is lost by that. */
const TOTALS_MAX = 5_000;

/** What clients have opened alike is one value for all of them, so that what follows is worked out once. */
export class Shared {
  readonly #views = new Map<string, { view: View; users: number }>();
  readonly #totals = new Map<string, Totals>();

  take(open: OpenView): void {
    open.totals = open.totals && this.#sameTotals(open.totals);
    // A view that holds one record, or one person's, is rarely anybody else's: found by what it pins, judged by itself.
    if (open.record) return;
    const key = keyOf(open.view);
    let known = this.#views.get(key);
    // Another object of that name: fields were added meanwhile.
    if (known?.view.object !== open.view.object) known = undefined;
    if (!known) this.#views.set(key, (known = { view: open.view, users: 0 }));
    known.users++;
    open.view = known.view;
  }

  release({ view, record }: OpenView): void {
    if (record) return;
    const key = keyOf(view);
    const known = this.#views.get(key);
    if (known?.view === view && --known.users === 0) this.#views.delete(key);
  }

  #sameTotals(totals: Totals): Totals {
    const key = JSON.stringify(totals);
    let known = this.#totals.get(key);
    if (!known) {
      if (this.#totals.size >= TOTALS_MAX) this.#totals.clear();
      this.#totals.set(key, (known = totals));
    }
    return known;
  }
}

function keyOf(view: View): string {
  let key = keys.get(view);
  if (key === undefined) {
    const { object, filter, q, sort, limit, totals } = view;
    keys.set(view, (key = JSON.stringify([object.name, filter satisfies Filter, q, sort, limit, totals])));
  }
  return key;
}
const keys = new WeakMap<View, string>();
