import type { MaskedRecord } from '../../shared/access/index.ts';
import { compareIn, type Totals, type View } from '../../shared/protocol/index.ts';
import type { LogEvent } from '../outbox/log.ts';
import type { HeldIds } from './audience/held.ts';
import type { Seen, Verdict } from './audience/seen.ts';
import { pinOf, type Pin } from './audience/watching.ts';
import { calm, type Flood } from './flood.ts';
import type { Subscriber } from './subscriber.ts';

/** A view as one client has it open: what it holds, and what the snapshot behind it already contained. */
export interface OpenView {
  readonly id: string;
  /** One value for all clients of this node that have opened the same. */
  view: View;
  /** What it pins, if it does, and whose it is once it has been taken up among theirs. */
  readonly pin?: Pin | null;
  client?: Subscriber | null;
  /** The last change that may have concerned it. */
  at?: number;
  /** For a view of just one record: that record as this client may see it now, null while it may not. */
  readonly record?: { id: string; now: MaskedRecord | null };
  /** Ids of the rows the client holds for it. */
  held: HeldIds;
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
export const newOpenView = (given: Omit<OpenView, 'flood' | 'pin' | 'client'>, now_ms: number): OpenView => ({
  ...given,
  pin: pinOf(given.view),
  client: null,
  at: 0,
  flood: calm(now_ms),
});

export const contains = (view: OpenView, event: LogEvent): boolean =>
  event.seq <= view.head || (view.pending.size > 0 && view.pending.has(event.outboxId));

/** What `take` answers, as bits. */
export const HELD = 1;
export const HOLDS = 2;
export const MOVED = 4;

/**
 * Takes one change, as this client sees it, into the view. Says whether the client held the record for this view, whether
 * it does now, and whether the totals moved.
 */
export function take(open: OpenView, seen: Seen): number {
  const { after } = seen;
  const { id } = seen.event;
  const verdict = seen.verdict(open.view);
  const { is } = verdict;
  if (open.record?.id === id) open.record.now = is ? after : null;
  const held = open.held.has(id);
  let holds = held;
  const loaded = is && after !== null && (open.end === null || compareIn(open.view, after, open.end) <= 0);
  if (loaded) {
    if (!held) open.held.add(id);
    holds = true;
  }
  // Through a flooded view the client still holds what it was not told has gone from it.
  else if (held && !is && (!open.flood.over || after === null)) {
    open.held.delete(id);
    holds = false;
  }
  const moved = !open.flood.over && (verdict.was || is) && addUp(open, seen, verdict);
  return (held ? HELD : 0) | (holds ? HOLDS : 0) | (moved ? MOVED : 0);
}

/** True if it changed what the view comes to. */
function addUp(open: OpenView, seen: Seen, verdict: Verdict): boolean {
  if (open.totals === null) return false;
  const totals = seen.addUp(open.view, open.totals, verdict);
  if (totals === open.totals) return false;
  open.totals = totals;
  return true;
}
