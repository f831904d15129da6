import type { ObjectDef } from '../../shared/objects/index.ts';
import type { OpenView } from './openView.ts';
import type { Subscriber } from './subscriber.ts';

// A bulk (an import, a hand-over of a thousand records) must not become a thousand pieces for everyone who looks on. A
// view that changes too much is flooded: nothing new comes through it, and the client is asked to open it anew, at most
// once a second. What the client must forget it is told at once all the same: a flooded view is known until the client
// has opened it anew.

/** More changes of one view than this in a tick, */
export const CHANGES_MAX = 200;
/** or than this within a second, flood it. */
export const CHANGES_PER_s = 1_000;
/** A view is not opened anew for a flood sooner than this after it was last answered. */
export const RESYNC_EVERY_ms = 1_000;

/** How much of late came through one view. */
export interface Flood {
  /** Changes in this tick. */
  tick: number;
  /** Changes of late: each second takes `CHANGES_PER_s` of them away. */
  recent: number;
  since_ms: number;
  /** Too much came: it says nothing new any more. */
  over: boolean;
  /** The client has been asked to open it anew. */
  told: boolean;
  readonly answered_ms: number;
}

export const calm = (now_ms: number): Flood => ({
  tick: 0,
  recent: 0,
  since_ms: now_ms,
  over: false,
  told: false,
  answered_ms: now_ms,
});

/** Counts one change that this client is told of through the view, by rows or totals. */
export function count(subscriber: Subscriber, open: OpenView): void {
  const { flood } = open;
  if (flood.tick === 0) subscriber.counted.push(open);
  if (++flood.tick > CHANGES_MAX) flood.over = true;
}

/** Too much for one client at once, if not for one of its views: whatever changed in this tick counts as flooded. */
export function floodAll(subscriber: Subscriber): void {
  for (const { flood } of subscriber.views.values()) if (flood.tick > 0) flood.over = true;
}

/**
 * To be called with rows given to the client. What has come through one view may stand in others of that object too; of
 * flooded ones we do not know better, and leaves must reach all that is held.
 */
export function mayHold(subscriber: Subscriber, object: ObjectDef, rows: readonly { id: string }[]): void {
  for (const { view, flood, held } of subscriber.views.values()) {
    if (flood.over && view.object.name === object.name) for (const { id } of rows) held.add(id);
  }
}

/**
 * Ends a tick. Answers the views that the client must be asked now to open anew, and whether others will have to be. Looks
 * at those only through which something came: of a thousand clients each has many that are at rest.
 */
export function endTick(subscriber: Subscriber, now_ms: number): { due: string[]; waiting: boolean } {
  const { counted, views } = subscriber;
  if (counted.length === 0) return CALM;
  const due: string[] = [];
  const waiting: OpenView[] = [];
  for (const open of counted) {
    const { id, flood } = open;
    settle(flood, now_ms);
    if (!flood.over || flood.told || views.get(id) !== open) continue;
    if (now_ms - flood.answered_ms < RESYNC_EVERY_ms) waiting.push(open);
    else {
      flood.told = true;
      due.push(id);
    }
  }
  counted.length = 0;
  counted.push(...waiting);
  return due.length + waiting.length === 0 ? CALM : { due, waiting: waiting.length > 0 };
}

const CALM: { due: string[]; waiting: boolean } = { due: [], waiting: false };

function settle(flood: Flood, now_ms: number): void {
  if (flood.tick === 0) return;
  const passed = ((now_ms - flood.since_ms) / 1000) * CHANGES_PER_s;
  flood.recent = Math.max(0, flood.recent - passed) + flood.tick;
  flood.since_ms = now_ms;
  flood.tick = 0;
  flood.over ||= flood.recent > CHANGES_PER_s;
}
