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
  const stood: Row[] = [];
  const others: Row[] = [];
  /** How many of the others come before the last one that stood. */
  let between = 0;
  for (const row of rows) {
    if (!frozen.has(row.id)) others.push(row);
    else {
      stood.push(row);
      between = others.length;
    }
  }
  // With nothing shown there is nothing that could move.
  if (stood.length === 0) return { shown: others, waiting: [] };
  stood.sort((a, b) => (frozen.get(a.id) ?? 0) - (frozen.get(b.id) ?? 0));
  return { shown: [...stood, ...others.slice(between)], waiting: others.slice(0, between) };
}
