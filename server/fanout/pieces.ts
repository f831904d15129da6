import type { WireEvent } from '../../shared/protocol/index.ts';
import type { LogEvent } from '../outbox/log.ts';
import type { Seen } from './audience/seen.ts';
import { count } from './flood.ts';
import { contains, HELD, HOLDS, MOVED, take, type OpenView } from './openView.ts';
import type { Subscriber } from './subscriber.ts';

/** How a client sees the change that is being told of; asked only where it matters. */
export type See = (subscriber: Subscriber) => Seen;

/**
 * What one change means for one client: pieces of wire in the order they must go out. Judged on the images before and
 * after, both masked, so that nothing of a change reaches a client that may not see it – not even that it happened.
 * `views`: where it is known, those of the client that the change may concern.
 */
export function piecesFor(
  subscriber: Subscriber,
  event: LogEvent,
  see: See,
  views: readonly OpenView[] = subscriber.views.of(event.object),
): readonly WireEvent[] {
  // Most of a bulk is nothing to a client whose views are flooded already.
  if (!views.some((open) => isNews(open, event))) return NOTHING;
  const seen = see(subscriber);
  // Held through any view: must be told what to forget. Informed: through one that has told all so far.
  let [held, informed, holds] = [false, false, false];
  touched.length = 0;
  // What the client does not see does not count: a flood of hidden changes must not show.
  for (const open of views) {
    if (contains(open, event)) continue;
    const taken = take(open, seen);
    held ||= (taken & HELD) !== 0;
    if (open.flood.over) continue;
    informed ||= (taken & HELD) !== 0;
    holds ||= (taken & HOLDS) !== 0;
    if ((taken & MOVED) !== 0) {
      subscriber.totalsOf.add(open.id);
      count(subscriber, open);
    } else if (taken !== 0) touched.push(open);
  }
  const pieces = seen.told(held, informed, holds);
  if (pieces.length > 0) for (const open of touched) count(subscriber, open);
  return pieces;
}
const NOTHING: readonly WireEvent[] = [];
/** Views of the change at hand that count if anything is told of it; one list for all changes. */
const touched: OpenView[] = [];

const isNews = (open: OpenView, event: LogEvent): boolean =>
  !contains(open, event) && (!open.flood.over || open.held.has(event.id));
