import type { MaskedRecord } from '../../shared/access/index.ts';
import { sameValue } from '../../shared/fields/index.ts';
import type { Fields, WireEvent } from '../../shared/protocol/index.ts';
import type { LogEvent } from '../outbox/log.ts';
import { count } from './flood.ts';
import { contains, take, type OpenView } from './openView.ts';
import type { Subscriber } from './subscriber.ts';

/** Masks an image for one client; shared by all clients with the same rights while one event is handled. */
export type Mask = (subscriber: Subscriber, which: 'before' | 'after') => MaskedRecord | null;

/**
 * What one change means for one client: pieces of wire in the order they must go out. Judged on the images before and
 * after, both masked, so that nothing of a change reaches a client that may not see it – not even that it happened.
 */
export function piecesFor(subscriber: Subscriber, event: LogEvent, mask: Mask): WireEvent[] {
  const views = [...subscriber.views.values()].filter(
    (open) => open.view.object.name === event.object && !contains(open, event),
  );
  // Most of a bulk is nothing to a client whose views are flooded already.
  if (views.every(({ flood, held }) => flood.over && !held.has(event.id))) return [];
  const before = mask(subscriber, 'before');
  const after = mask(subscriber, 'after');

  // Held through any view: must be told what to forget. Informed: through one that has told all so far.
  let [held, informed, holds] = [false, false, false];
  const touched: { open: OpenView; moved: boolean }[] = [];
  for (const open of views) {
    const taken = take(open, event.id, before, after);
    held ||= taken.held;
    if (open.flood.over) continue;
    informed ||= taken.held;
    holds ||= taken.holds;
    if (taken.moved) subscriber.totalsOf.add(open.id);
    if (taken.moved || taken.held || taken.holds) touched.push({ open, moved: taken.moved });
  }
  const pieces = told(subscriber, event, before, after, { held, informed, holds });
  // What the client does not see does not count: a flood of hidden changes must not show.
  for (const { open, moved } of touched) if (moved || pieces.length > 0) count(open);
  return pieces;
}

function told(
  subscriber: Subscriber,
  event: LogEvent,
  before: MaskedRecord | null,
  after: MaskedRecord | null,
  { held, informed, holds }: { held: boolean; informed: boolean; holds: boolean },
): WireEvent[] {
  if (after === null) return held ? [['leave', event.object, event.id, event.version, {}]] : [];
  if (informed && before !== null) return differences(subscriber, before, after, event);
  const pieces: WireEvent[] = held && before !== null ? lost(before, after, event) : [];
  // Whatever it holds of it through a flooded view may be old by now, so it gets all of it.
  if (holds) pieces.push(['enter', event.object, event.id, event.version, whole(subscriber, after, event)]);
  return pieces;
}

function differences(
  subscriber: Subscriber,
  before: MaskedRecord,
  after: MaskedRecord,
  event: LogEvent,
): WireEvent[] {
  // What is to be forgotten goes before anything new.
  const pieces = lost(before, after, event);
  const changed = fieldsOf(after).filter(
    (name) => !(name in before) || !sameValue(before[name], after[name]),
  );
  if (changed.length > 0) {
    const fields: Fields = Object.fromEntries(changed.map((name) => [name, after[name]]));
    pieces.push(['patch', event.object, event.id, event.version, { ...fields, ...by(subscriber, event) }]);
  }
  return pieces;
}

function lost(before: MaskedRecord, after: MaskedRecord, event: LogEvent): WireEvent[] {
  const names = fieldsOf(before).filter((name) => !(name in after));
  const nothing = Object.fromEntries(names.map((name) => [name, null]));
  return names.length > 0 ? [['scrub', event.object, event.id, event.version, nothing]] : [];
}

const whole = (subscriber: Subscriber, record: MaskedRecord, event: LogEvent): Fields => {
  const { id: _id, version: _version, ...fields } = record;
  return { ...fields, ...by(subscriber, event) };
};

/** Who did it, so that a screen can say "moved by Anna". Open to everyone signed in, and to no customer. */
const by = ({ actor }: Subscriber, event: LogEvent): Fields =>
  event.actorId === null || actor.kind === 'customer' ? {} : { by: event.actorId };

const fieldsOf = (record: MaskedRecord): string[] =>
  Object.keys(record).filter((name) => name !== 'id' && name !== 'version');
