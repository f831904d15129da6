/** Where each row stands, by id. */
export type Standing = ReadonlyMap<string, number>;

export const standingOf = (rows: readonly { id: string }[]): Standing =>
  new Map(rows.map(({ id }, index) => [id, index]));

/** The same with one more on top. */
export const withFirst = (standing: Standing, id: string): Standing =>
  new Map([[id, Math.min(0, ...standing.values()) - 1], ...standing]);

/**
 * Rows as they may be shown while someone points at them: nothing that stood there moves, arrivals wait. What comes
 * after the last row shown (a next page) disturbs nobody and is shown; what has gone is gone at once.
 * `frozen` gives the order in which rows stood when the pointer came; null when nothing is held.
 */
export function holdBack<Row extends { id: string }>(
  rows: readonly Row[],
  frozen: Standing | null,
): { shown: readonly Row[]; waiting: Row[] } {
  if (frozen === null) return { shown: rows, waiting: [] };
  const stood = rows.filter((row) => frozen.has(row.id));
  const last = rows.findLastIndex((row) => frozen.has(row.id));
  const others = rows.map((row, index) => ({ row, index })).filter(({ row }) => !frozen.has(row.id));
  // With nothing shown there is nothing that could move.
  const harmless = others.filter(({ index }) => index > last || stood.length === 0);
  const waiting = others.filter(({ index }) => index <= last && stood.length > 0).map(({ row }) => row);
  stood.sort((a, b) => (frozen.get(a.id) ?? 0) - (frozen.get(b.id) ?? 0));
  return { shown: [...stood, ...harmless.map(({ row }) => row)], waiting };
}
