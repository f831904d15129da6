/**
 * Where the focus goes from a card by an arrow key: up and down within its column, sideways to the card at the same
 * height of the next column that has any; Home and End to a column's ends. Null: stay.
 */
export function neighbour(columns: readonly (readonly string[])[], id: string, key: string): string | null {
  const x = columns.findIndex((column) => column.includes(id));
  const column = columns[x];
  if (!column) return null;
  const y = column.indexOf(id);
  if (key === 'ArrowUp') return column[y - 1] ?? null;
  if (key === 'ArrowDown') return column[y + 1] ?? null;
  if (key === 'Home') return column[0] ?? null;
  if (key === 'End') return column.at(-1) ?? null;
  if (key !== 'ArrowLeft' && key !== 'ArrowRight') return null;
  const step = key === 'ArrowLeft' ? -1 : 1;
  for (let i = x + step; i >= 0 && i < columns.length; i += step) {
    const next = columns[i];
    if (next && next.length > 0) return next[Math.min(y, next.length - 1)] ?? null;
  }
  return null;
}

/** Who takes the focus when the focused card has gone: the one that stood after it in its column, or before. */
export function heir(
  before: readonly (readonly string[])[],
  after: readonly (readonly string[])[],
  id: string,
): string | null {
  const column = before.find((ids) => ids.includes(id)) ?? [];
  const here = new Set(after.flat());
  const y = column.indexOf(id);
  return (
    column.slice(y + 1).find((other) => here.has(other)) ??
    column.slice(0, y).findLast((other) => here.has(other)) ??
    after.flat()[0] ??
    null
  );
}
