/** Where the rows of a list begin, in pixels from its top; after the last one stands where the list ends. */
export function startsOf(
  keys: readonly string[],
  { height_px, gap_px }: { height_px: (key: string) => number; gap_px: number },
): Float64Array {
  const starts = new Float64Array(keys.length + 1);
  let at = 0;
  for (let i = 0; i < keys.length; i++) {
    starts[i] = at;
    at += height_px(keys[i] ?? '') + gap_px;
  }
  starts[keys.length] = Math.max(0, at - gap_px);
  return starts;
}

/** The rows between two heights, and `spare` more on either side: `from` up to, not including, `to`. */
export function rowsWithin(
  starts: Float64Array,
  from_px: number,
  to_px: number,
  spare: number,
): { from: number; to: number } {
  const count = starts.length - 1;
  const first = firstAfter(starts, from_px) - 1;
  const from = Math.max(0, Math.min(first - spare, count));
  return { from, to: Math.max(from, Math.min(firstAfter(starts, to_px) + spare, count)) };
}

/** The first row that begins behind this height; the number of rows where none does. */
function firstAfter(starts: Float64Array, at_px: number): number {
  let [low, high] = [0, starts.length - 1];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((starts[middle] ?? 0) > at_px) high = middle;
    else low = middle + 1;
  }
  return low;
}
