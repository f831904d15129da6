import type { MaskedRecord } from '../../shared/access/index.ts';
import { addTo, compareIn, matches, type Totals, type View } from '../../shared/protocol/index.ts';
import type { LogEvent } from '../outbox/log.ts';
import { calm, type Flood } from './flood.ts';

/** A view as one client has it open: what it holds, and what the snapshot behind it already contained. */
export interface OpenView {
  readonly id: string;
  readonly view: View;
  /** For a view of just one record: that record as this client may see it now, null while it may not. */
  readonly record?: { id: string; now: MaskedRecord | null };
  /** Ids of the rows the client holds for it. */
  held: Set<string>;
  /** Null: the client does not want them. */
  totals: Totals | null;
  /** The last loaded row, where there are more after it: what sorts behind it comes by `more`. */
  end: MaskedRecord | null;
  /** The snapshot contains every event up to `head`, and those of `pending`, which had not been sequenced yet. */
  head: number;
  pending: Set<number>;
  readonly flood: Flood;
}

/** `now_ms`: monotonic, when it was answered. */
export const newOpenView = (given: Omit<OpenView, 'flood'>, now_ms: number): OpenView => ({
  ...given,
  flood: calm(now_ms),
});

export const contains = (view: OpenView, event: LogEvent): boolean =>
  event.seq <= view.head || view.pending.has(event.outboxId);

/**
 * Takes one change, masked for this client before and after, into the view. Says whether the client held the record
 * for this view, whether it does now, and whether the totals moved.
 */
export function take(
  open: OpenView,
  id: string,
  before: MaskedRecord | null,
  after: MaskedRecord | null,
): { held: boolean; holds: boolean; moved: boolean } {
  const is = after !== null && matches(open.view, after);
  if (open.record?.id === id) open.record.now = is ? after : null;
  const held = open.held.has(id);
  const loaded = is && (open.end === null || compareIn(open.view, after, open.end) <= 0);
  if (loaded) open.held.add(id);
  // Through a flooded view the client still holds what it was not told has gone from it.
  else if (!is && (!open.flood.over || after === null)) open.held.delete(id);
  return {
    held,
    holds: open.held.has(id),
    moved: !open.flood.over && addUp(open, before, is ? after : null),
  };
}

/** True if it changed what the view comes to. */
function addUp(open: OpenView, before: MaskedRecord | null, after: MaskedRecord | null): boolean {
  const totals = open.totals;
  if (totals === null) return false;
  let now = totals;
  if (before !== null && matches(open.view, before)) now = addTo(now, open.view.object, before, -1);
  if (after !== null) now = addTo(now, open.view.object, after, 1);
  open.totals = now;
  return totals !== now && JSON.stringify(totals) !== JSON.stringify(now);
}
