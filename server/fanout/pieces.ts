import type { MaskedRecord } from '../../shared/access/index.ts';
import { sameValue } from '../../shared/fields/index.ts';
import type { Fields, WireEvent } from '../../shared/protocol/index.ts';
import type { LogEvent } from '../outbox/log.ts';
import { contains, take } from './openView.ts';
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
  if (views.length === 0) return [];
  const before = mask(subscriber, 'before');
  const after = mask(subscriber, 'after');

  let held = false;
  let holds = false;
  for (const open of views) {
    const taken = take(open, event.id, before, after);
    held ||= taken.held;
    holds ||= taken.holds;
    if (taken.moved) subscriber.totalsOf.add(open.id);
  }
  if (after === null) return held ? [['leave', event.object, event.id, event.version, {}]] : [];
  if (!held || before === null)
    return holds ? [['enter', event.object, event.id, event.version, whole(subscriber, after, event)]] : [];
  return differences(subscriber, before, after, event);
}

function differences(
  subscriber: Subscriber,
  before: MaskedRecord,
  after: MaskedRecord,
  event: LogEvent,
): WireEvent[] {
  const lost = fieldsOf(before).filter((name) => !(name in after));
  const changed = fieldsOf(after).filter(
    (name) => !(name in before) || !sameValue(before[name], after[name]),
  );
  const pieces: WireEvent[] = [];
  // What is to be forgotten goes before anything new.
  if (lost.length > 0) {
    pieces.push([
      'scrub',
      event.object,
      event.id,
      event.version,
      Object.fromEntries(lost.map((name) => [name, null])),
    ]);
  }
  if (changed.length > 0) {
    const fields: Fields = Object.fromEntries(changed.map((name) => [name, after[name]]));
    pieces.push(['patch', event.object, event.id, event.version, { ...fields, ...by(subscriber, event) }]);
  }
  return pieces;
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
