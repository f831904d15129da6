import type { WireEvent } from '../../shared/protocol/index.ts';
import type { LogEvent } from '../outbox/log.ts';
import type { Seen } from './audience/seen.ts';
import { mayPass } from './audience/watching.ts';
import { count } from './flood.ts';
import { contains, take, type OpenView } from './openView.ts';
import type { Subscriber } from './subscriber.ts';

/** How a client sees the change that is being told of; asked only where it matters. */
export type See = (subscriber: Subscriber) => Seen;

/**
 * What one change means for one client: pieces of wire in the order they must go out. Judged on the images before and
 * after, both masked, so that nothing of a change reaches a client that may not see it – not even that it happened.
 */
export function piecesFor(subscriber: Subscriber, event: LogEvent, see: See): readonly WireEvent[] {
  let seen: Seen | null = null;
  // Held through any view: must be told what to forget. Informed: through one that has told all so far.
  let [held, informed, holds] = [false, false, false];
  let touched: { open: OpenView; moved: boolean }[] | null = null;
  // Most of a bulk is nothing to a client whose views are flooded already.
  if (!subscriber.views.of(event.object).some((open) => isOf(open, event, true))) return NOTHING;
  for (const open of subscriber.views.of(event.object)) {
    if (!isOf(open, event, false)) continue;
    seen ??= see(subscriber);
    const taken = take(open, seen);
    held ||= taken.held;
    if (open.flood.over) continue;
    informed ||= taken.held;
    holds ||= taken.holds;
    if (taken.moved) subscriber.totalsOf.add(open.id);
    if (taken.moved || taken.held || taken.holds) (touched ??= []).push({ open, moved: taken.moved });
  }
  if (seen === null) return NOTHING;
  const pieces = seen.told(held, informed, holds);
  // What the client does not see does not count: a flood of hidden changes must not show.
  for (const { open, moved } of touched ?? []) if (moved || pieces.length > 0) count(open);
  return pieces;
}
const NOTHING: readonly WireEvent[] = [];

/** Whether the change may mean anything for the view; with `news`, through a flooded one only if the client holds it. */
function isOf(open: OpenView, event: LogEvent, news: boolean): boolean {
  if (contains(open, event)) return false;
  const possible = mayPass(open.pin, event.after) || mayPass(open.pin, event.before);
  return (possible && !(news && open.flood.over)) || open.held.has(event.id);
}
