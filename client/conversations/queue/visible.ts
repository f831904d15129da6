/** The part of a long list of equally high rows that is worth drawing: `from` up to, not including, `to`. */
export function visibleRows(
  count: number,
  { top_px, height_px, row_px }: { top_px: number; height_px: number; row_px: number },
  spare = 6,
): { from: number; to: number } {
  const first = Math.floor(top_px / row_px) - spare;
  const last = Math.ceil((top_px + height_px) / row_px) + spare;
  const from = Math.max(0, Math.min(first, count));
  return { from, to: Math.max(from, Math.min(last, count)) };
}
