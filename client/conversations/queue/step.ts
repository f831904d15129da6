/**
 * The one `step` places on from the open ticket; from nowhere, the first. Where the open one has gone, the one that
 * took its place is the next. Null: there is none.
 */
export function stepFrom(
  ids: readonly string[],
  open: string | null,
  step: number,
  lastIndex = 0,
): string | null {
  if (open === null) return ids[0] ?? null;
  const index = ids.indexOf(open);
  if (index !== -1) return ids[index + step] ?? null;
  return ids[step > 0 ? lastIndex + step - 1 : lastIndex + step] ?? null;
}
