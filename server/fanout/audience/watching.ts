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

/** Whether a record that holds this may be in such a view; a field that is hidden from somebody passes no equality. */
export const mayPass = (
  pin: Pin | null | undefined,
  image: Readonly<Record<string, unknown>> | null,
): boolean => !pin || (image !== null && image[pin.field] === pin.value);

/** The views that the people of a cohort have open on one object: those of a record are found by what they pin. */
export class Watching {
  readonly #free = new Set<OpenView>();
  readonly #pinned = new Map<string, Map<string, Set<OpenView>>>();
  size = 0;

  add(open: OpenView): void {
    this.size++;
    if (!open.pin) return void this.#free.add(open);
    let values = this.#pinned.get(open.pin.field);
    if (!values) this.#pinned.set(open.pin.field, (values = new Map()));
    const views = values.get(open.pin.value);
    if (views) views.add(open);
    else values.set(open.pin.value, new Set([open]));
  }

  remove(open: OpenView): void {
    this.size--;
    if (!open.pin) return void this.#free.delete(open);
    const values = this.#pinned.get(open.pin.field);
    const views = values?.get(open.pin.value);
    views?.delete(open);
    if (views?.size === 0) values?.delete(open.pin.value);
    if (values?.size === 0) this.#pinned.delete(open.pin.field);
  }

  /** Views that a record which was and is like this may be in; a view may come twice. */
  *of(images: readonly Readonly<Record<string, unknown>>[]): Iterable<OpenView> {
    yield* this.#free;
    for (const [field, values] of this.#pinned) {
      for (const image of images) {
        const value = image[field];
        if (typeof value === 'string') yield* values.get(value) ?? [];
      }
    }
  }
}
