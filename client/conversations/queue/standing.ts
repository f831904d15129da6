import type { MaskedRecord } from '../../../shared/access/index.ts';

/** A place in the list; without a record where what stood there has gone and nothing may move yet. */
export interface Slot {
  id: string;
  record: MaskedRecord | null;
}

/** The ticket that is open, and how the list stood when it was opened. */
export interface Kept {
  id: string;
  /** As it is held by its own page; null once it is out of reach. */
  record: MaskedRecord | null;
  order: readonly string[];
}

/**
 * The list as it may be shown. `frozen` is the order in which rows stood when the pointer came: while it is held,
 * nothing that stood there moves, what has gone leaves its place empty, and arrivals wait; what comes after the last
 * row (a next page) disturbs nobody. The open ticket keeps its place until one moves on, even where it has left the tab.
 */
export function arrange(
  rows: readonly MaskedRecord[],
  frozen: readonly string[] | null,
  kept: Kept | null,
): { slots: Slot[]; waiting: number } {
  const here = new Map(rows.map((row) => [row.id, row]));
  if (kept?.record && !here.has(kept.id)) here.set(kept.id, kept.record);
  if (frozen !== null && frozen.length > 0) {
    const stood = new Set(frozen);
    const last = rows.findLastIndex(({ id }) => stood.has(id));
    const after = rows.filter(({ id }, index) => !stood.has(id) && index > last);
    const waiting = rows.filter(({ id }, index) => !stood.has(id) && index < last).length;
    const slots = frozen.map((id) => ({ id, record: here.get(id) ?? null }));
    return { slots: [...slots, ...after.map((record) => ({ id: record.id, record }))], waiting };
  }
  const slots = rows.map((record) => ({ id: record.id, record }));
  return { slots: kept ? keep(slots, kept) : slots, waiting: 0 };
}

function keep(slots: Slot[], { id, record, order }: Kept): Slot[] {
  const at = order.indexOf(id);
  if (at === -1 || record === null) return slots;
  const others = slots.filter((slot) => slot.id !== id);
  const own = { id, record: slots.find((slot) => slot.id === id)?.record ?? record };
  // Behind the nearest of those that stood before it and still do.
  const before = new Set(order.slice(0, at));
  const place = others.findLastIndex((slot) => before.has(slot.id)) + 1;
  return [...others.slice(0, place), own, ...others.slice(place)];
}
