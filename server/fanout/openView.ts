import type { MaskedRecord } from '../../shared/access/index.ts';
import { addTo, compareIn, matches, type Totals, type View } from '../../shared/protocol/index.ts';
import type { LogEvent } from '../outbox/log.ts';

/** A view as one client has it open: what it holds, and what the snapshot behind it already contained. */
export interface OpenView {
  readonly id: string;
  readonly view: View;
  /** For a view of just one record: that record as this client may see it now, null while it may not. */
  readonly record?: { id: string; now: MaskedRecord | null };
  /** Ids of the rows the client holds for it. */
  held: Set<string>;
  totals: Totals;
  /** The last loaded row, where there are more after it: what sorts behind it comes by `more`. */
  end: MaskedRecord | null;
  /** The snapshot contains every event up to `head`, and those of `pending`, which had not been sequenced yet. */
  head: number;
  pending: Set<number>;
}

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
  const was = before !== null && matches(open.view, before);
  const is = after !== null && matches(open.view, after);
  const totals = open.totals;
  if (was) open.totals = addTo(open.totals, open.view.object, before, -1);
  if (is) open.totals = addTo(open.totals, open.view.object, after, 1);

  if (open.record?.id === id) open.record.now = is ? after : null;
  const held = open.held.has(id);
  if (!is) open.held.delete(id);
  else if (open.end === null || compareIn(open.view, after, open.end) <= 0) open.held.add(id);
  return {
    held,
    holds: open.held.has(id),
    moved: totals !== open.totals && JSON.stringify(totals) !== JSON.stringify(open.totals),
  };
}
