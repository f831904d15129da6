import type { ObjectDef } from '../objects/index.ts';

export interface Total {
  count: number;
  /** Sums of the object's summed fields that the viewer may read, in the field's own unit; unreadable ones are absent. */
  sum: Record<string, number>;
}

/** What a view adds up to: all of it, beyond the loaded rows too. `groups` by the object's grouping field. */
export interface Totals extends Total {
  groups?: Record<string, Total>;
}

/** Moves totals by one masked record that came (+1) or went (−1). Sums are kept in cents, so they stay exact. */
export function addTo(
  totals: Totals,
  object: ObjectDef,
  record: Readonly<Record<string, unknown>>,
  direction: 1 | -1,
): Totals {
  const next: Totals = { ...add(totals, record, direction) };
  if (totals.groups) {
    const key = groupOf(object, record);
    const group = totals.groups[key] ?? { count: 0, sum: zeroes(totals.sum) };
    next.groups = { ...totals.groups, [key]: add(group, record, direction) };
  }
  return next;
}

const add = (total: Total, record: Readonly<Record<string, unknown>>, direction: 1 | -1): Total => ({
  count: total.count + direction,
  sum: Object.fromEntries(
    Object.entries(total.sum).map(([field, sum]) => [field, plus(sum, direction * amount(record[field]))]),
  ),
});

/** Records whose grouping value is empty, or not readable, count under ''. */
export const groupOf = (object: ObjectDef, record: Readonly<Record<string, unknown>>): string =>
  object.totals.group === null ? '' : String(record[object.totals.group] ?? '');

const plus = (a: number, b: number): number => (Math.round(a * 100) + Math.round(b * 100)) / 100;
const amount = (value: unknown): number => (typeof value === 'number' ? value : 0);
const zeroes = (sum: Record<string, number>): Record<string, number> =>
  Object.fromEntries(Object.keys(sum).map((field) => [field, 0]));
