import { Lease } from '../../../server/fanout/lease.ts';
import { take } from '../../../server/fanout/openView.ts';
import { Outbound } from '../../../server/fanout/outbound.ts';
import { Presence } from '../../../server/fanout/presence.ts';
import type { Subscriber } from '../../../server/fanout/subscriber.ts';
import type { PresencePoke } from '../../../server/redis/messages.ts';
import { customerActor, mask, type Actor, type Image } from '../../../shared/access/index.ts';
import type { PresenceRequest } from '../../../shared/protocol/index.ts';
import { fakeClock } from '../../world/clock.ts';
import { actor, ANNA, BEN, client, event, masks, openFor, registry, role } from './world.ts';

export const CEM = '00000000-0000-7000-8000-000000000003';
export const VISITOR = '00000000-0000-7000-8000-0000000000c1';
export const TICKET = '00000000-0000-7000-8000-0000000000e1';

const all = ['all'] as const;
const may = (...actions: string[]) =>
  role({ grants: { ticket: Object.fromEntries(['read', ...actions].map((name) => [name, [...all]])) } });
/** Agents answer and note; a colleague of theirs answers only, a reader reads the thread, an outsider's is no ticket. */
export const AGENT = may('read_thread', 'reply', 'note');
export const NO_NOTES = may('read_thread', 'reply');
export const READER = may('read_thread');
export const LISTER = may();

export const anna = actor(ANNA, [AGENT]);
export const ben = actor(BEN, [AGENT]);
export const cem = (...roles: Parameters<typeof actor>[1]): Actor => actor(CEM, roles);
export const visitor = customerActor(VISITOR);

/** A ticket of the visitor's. */
export const ticket = (given: Partial<Image> = {}): Image => ({
  ...Object.fromEntries(Object.keys(registry.get('ticket').fields).map((name) => [name, null])),
  id: TICKET,
  version: 1,
  created_at: '2026-01-01T00:00:00.000Z',
  deleted_at: null,
  subject: 'The parcel is wet',
  status: 'open',
  customer: VISITOR,
  ...given,
});

export type Reader = ReturnType<typeof client>;

/** Nodes without a store, whose pokes reach each other at once while `linked`. */
export function nodes(count = 1) {
  const clock = fakeClock();
  const state = { linked: true };
  const names = new Map([
    [ANNA, 'Anna'],
    [BEN, 'Ben'],
    [CEM, 'Cem'],
  ]);
  const told: PresencePoke[] = [];
  const all = Array.from({ length: count }, (_, at) => {
    const lease = new Lease(clock);
    lease.renew(lease.start());
    const outbound = new Outbound(
      lease,
      clock,
      () => 'cursor',
      (subscriber) => presence.viewsChanged(subscriber, 'anew'),
    );
    const presence: Presence = new Presence({
      nodeId: `node-${at}`,
      clock,
      open: (subscriber) => outbound.open(subscriber),
      nameOf: (user) => names.get(user) ?? null,
      tell: (poke) => {
        told.push(poke);
        if (state.linked) for (const other of all) other.presence.hear(structuredClone(poke));
      },
    });
    return { lease, outbound, presence };
  });
  /** Lets time pass with the leases kept. */
  const pass = async (ms: number) => {
    for (let left = ms; left > 0; left -= 500) {
      for (const { lease } of all) lease.renew(lease.start());
      await clock.advance(Math.min(left, 500));
    }
  };
  return { clock, all, told, state, pass, first: all[0]! };
}

type Node = ReturnType<typeof nodes>['first'];

/** Somebody who has the ticket open at a node; nothing of it if they may not see it. */
export function opened(node: Node, who: Actor, image: Image | null = ticket()): Reader {
  const reader = client(who);
  openTicket(node, reader, image);
  return reader;
}

export function openTicket(node: Node, reader: Subscriber, image: Image | null = ticket()): void {
  const object = registry.get('ticket');
  const now = image && mask(reader.actor, registry, object, image);
  const given = { record: { id: TICKET, now } };
  openFor(reader, { object: 'ticket', record: TICKET }, now && image ? [image] : [], NOTHING, given);
  node.presence.viewsChanged(reader, 'opened');
}
const NOTHING = { count: 0, sum: {} };

/** The ticket as it is from now on, as the log would tell of it. */
export function changed(node: Node, readers: Reader[], before: Image, after: Image): void {
  for (const reader of readers) {
    for (const open of reader.views.values()) {
      take(open, masks(event(before, after, { object: 'ticket' }))(reader));
    }
  }
  node.presence.touch(after.id);
}

export const says = (node: Node, who: Subscriber, given: Partial<PresenceRequest> = {}): void =>
  node.presence.announce(who, { record: TICKET, state: 'here', ...given });

/** What a reader was told last. */
export const seen = (reader: Reader) => reader.present.at(-1)?.people;
