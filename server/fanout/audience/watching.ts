import type { Filter, View } from '../../../shared/protocol/index.ts';
import type { OpenView } from '../openView.ts';

/** What a view pins: records whose field is another can never be in it, for nobody. */
export interface Pin {
  field: string;
  value: string;
}

/** The equality that all records of a view must meet, where it has one; a record's id before everything else. */
export function pinOf({ filter, object }: View): Pin | null {
  const pins = equalities(filter);
  const rank = ({ field }: Pin): number =>
    field === 'id' ? 0 : object.fields[field]?.kind !== 'relation' ? 2 : field === object.partition ? 3 : 1;
  return pins.sort((a, b) => rank(a) - rank(b))[0] ?? null;
}

function equalities(filter: Filter): Pin[] {
  if ('all' in filter) return filter.all.flatMap(equalities);
  if ('any' in filter || filter.operator !== 'eq' || typeof filter.value !== 'string') return [];
  return [{ field: filter.field, value: filter.value }];
}

/** The views that the people of a cohort have open on one object: by what they pin, and the others by what they are. */
export class Watching {
  readonly #free = new Map<View, Set<OpenView>>();
  readonly #pinned = new Map<string, Map<string, Set<OpenView>>>();
  size = 0;

  add(open: OpenView): void {
    this.size++;
    if (!open.pin) return enlist(this.#free, open.view, open);
    let values = this.#pinned.get(open.pin.field);
    if (!values) this.#pinned.set(open.pin.field, (values = new Map()));
    enlist(values, open.pin.value, open);
  }

  remove(open: OpenView): void {
    this.size--;
    if (!open.pin) return unlist(this.#free, open.view, open);
    const values = this.#pinned.get(open.pin.field);
    if (!values) return;
    unlist(values, open.pin.value, open);
    if (values.size === 0) this.#pinned.delete(open.pin.field);
  }

  /**
   * Calls `act` for each view that a record which was and is like this may be in; for one of them perhaps twice.
   * `concerns`: whether it may be in one that many have open.
   */
  each(
    images: readonly Readonly<Record<string, unknown>>[],
    concerns: (view: View) => boolean,
    act: (open: OpenView) => void,
  ): void {
    for (const [view, opens] of this.#free) if (concerns(view)) opens.forEach(act);
    for (const [field, values] of this.#pinned) {
      for (const image of images) {
        const value = image[field];
        if (typeof value === 'string') values.get(value)?.forEach(act);
      }
    }
  }
}

function enlist<K>(lists: Map<K, Set<OpenView>>, key: K, open: OpenView): void {
  const list = lists.get(key);
  if (list) list.add(open);
  else lists.set(key, new Set([open]));
}

function unlist<K>(lists: Map<K, Set<OpenView>>, key: K, open: OpenView): void {
  const list = lists.get(key);
  list?.delete(open);
  if (list?.size === 0) lists.delete(key);
}
