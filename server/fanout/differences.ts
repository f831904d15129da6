import type { MaskedRecord } from '../../shared/access/index.ts';
import { epochOf, maskTag, type OpenRequest } from '../../shared/protocol/index.ts';

// A client that comes back says what it holds, and is told what is otherwise. Of one version, what a record looks like
// follows from the fields that its reader sees and what they may do: so version and tag say whether it must be told, under
// any rights. Nothing of what the client says is believed beyond that: what it holds and may not see is `gone`, in the same
// words as what never was, and comes from the same reading of the view as for everybody.

/** What a client says that it holds for a view: of each id its version and tag. */
export type Had = ReadonlyMap<string, { version: number; tag: string }>;

/** Rows read beyond those that the client had: so many may have come before them. */
const SLACK = 100;

/** What can be compared of what the client says; null: nothing, so it gets the view whole. */
export function hadBy({ since, have }: OpenRequest, epoch: string): Had | null {
  // In another life of the store the same versions are of other states.
  if (since === undefined || have === undefined || epochOf(since) !== epoch) return null;
  return new Map(have.map(([id, version, tag]) => [id, { version, tag }]));
}

/** How many rows to read, so that all of what the client had is in them unless much has come before it. */
export const readLimit = (limit: number, had: Had | null): number =>
  had === null || had.size === 0 ? limit : Math.max(limit, had.size) + SLACK;

/** How many of the rows are its page: as many as it asked for, and up to the last that it had. */
export function pageLength(rows: readonly MaskedRecord[], limit: number, had: Had | null): number {
  return had === null ? limit : Math.max(limit, rows.findLastIndex((row) => had.has(row.id)) + 1);
}

/** Whether the client holds the row just as it is now. */
export function holds(had: Had | null, row: MaskedRecord): boolean {
  const held = had?.get(row.id);
  return held !== undefined && held.version === row.version && held.tag === maskTag(row);
}

/** What the client had that is not in this page. */
export function missing(page: readonly MaskedRecord[], had: Had | null): string[] {
  const ids = new Set(page.map((row) => row.id));
  return [...(had?.keys() ?? [])].filter((id) => !ids.has(id));
}

/** Of a page, what the client must be told; `later`: what of the missing is in the view still, after it. */
export function differences(
  page: readonly MaskedRecord[],
  had: Had,
  later: readonly string[],
): { rows: MaskedRecord[]; gone: string[]; later?: string[] } {
  const rows = page.filter((row) => !holds(had, row));
  const gone = missing(page, had).filter((id) => !later.includes(id));
  return later.length === 0 ? { rows, gone } : { rows, gone, later: [...later] };
}
