import type { Actor, Image, Role } from '../../../shared/access/index.ts';
import { actorSets, mask } from '../../../shared/access/index.ts';
import { OBJECTS, Registry } from '../../../shared/objects/index.ts';
import {
  parseView,
  type PresenceNews,
  type Totals,
  type ViewRequest,
  type WireEvent,
} from '../../../shared/protocol/index.ts';
import type { See } from '../../../server/fanout/pieces.ts';
import { Seen } from '../../../server/fanout/audience/seen.ts';
import { newOpenView, type OpenView } from '../../../server/fanout/openView.ts';
import { newSubscriber, type Outlet, type Subscriber } from '../../../server/fanout/subscriber.ts';
import type { LogEvent } from '../../../server/outbox/log.ts';

export const registry = new Registry(OBJECTS);
export const PIPELINE = '00000000-0000-7000-8000-0000000000aa';
export const ANNA = '00000000-0000-7000-8000-000000000001';
export const BEN = '00000000-0000-7000-8000-000000000002';
const DEAL = '00000000-0000-7000-8000-0000000000d1';

export const role = (given: Partial<Role>): Role => ({
  id: 'role', name: 'Role', purpose: '', grants: {}, fields: {}, system: [], ...given,
}); // prettier-ignore

export const actor = (
  userId: string,
  roles: Role[],
  sets: { reports?: string[]; teams?: string[]; queues?: string[] } = {},
): Actor => ({
  kind: 'person',
  userId,
  sets: actorSets(userId, {
    reports: new Set(sets.reports),
    teams: new Set(sets.teams),
    queues: new Set(sets.queues),
  }),
  roles,
  fingerprint: JSON.stringify([userId, roles, sets]),
});

/** A deal of Anna's in stage "qualified", worth 100. */
export const deal = (given: Partial<Image> = {}): Image => ({
  ...Object.fromEntries(Object.keys(registry.get('deal').fields).map((name) => [name, null])),
  id: DEAL,
  version: 1,
  created_at: '2026-01-01T00:00:00.000Z',
  deleted_at: null,
  title: 'Group licence',
  amount: 100,
  pipeline: PIPELINE,
  stage: 'qualified',
  stage_since: '2026-01-01T00:00:00.000Z',
  owner: ANNA,
  participants: [],
  ...given,
});

export const event = (before: Image | null, after: Image, given: Partial<LogEvent> = {}): LogEvent => ({
  seq: 10,
  outboxId: 100,
  object: 'deal',
  id: after.id,
  version: after.version,
  before,
  after,
  accessSeq: 0,
  actorId: BEN,
  ...given,
});

export const masks =
  (of: LogEvent): See =>
  ({ actor }) => {
    const masked = (image: Image | null) => image && mask(actor, registry, registry.get(of.object), image);
    return new Seen(of, masked(of.before), masked(of.after), actor.kind === 'customer');
  };

interface Heard {
  sent: WireEvent[][];
  said: string[];
  present: PresenceNews[];
  slow: boolean;
}

/** A client that notes all it is sent. */
export function client(who: Actor): Subscriber & Heard {
  const sent: WireEvent[][] = [];
  const said: string[] = [];
  const present: PresenceNews[] = [];
  const state = { slow: false };
  const outlet: Outlet = {
    emit: (events) => void sent.push([...events]),
    resync: (views, why) => void said.push(`resync ${views.join()} ${why}`),
    presence: (news) => void present.push(structuredClone(news)),
    end: (reason) => void said.push(`end ${reason}`),
    drop: () => void said.push('drop'),
    queued: () => state.slow,
    congested: () => state.slow,
  };
  const subscriber = newSubscriber({
    id: 'sub',
    userId: who.userId,
    sessionId: `of ${who.userId}`,
    outlet,
    actor: who,
  });
  return Object.defineProperty(Object.assign(subscriber, { sent, said, present, slow: false }), 'slow', {
    get: () => state.slow,
    set: (value: boolean) => (state.slow = value),
  });
}

export function openFor(
  subscriber: Subscriber,
  request: Omit<ViewRequest, 'object'> & { object?: string },
  rows: Image[],
  totals: Totals,
  given: Partial<OpenView> = {},
): OpenView {
  const fresh = {
    id: 'view',
    view: parseView(registry.get(request.object ?? 'deal'), request),
    held: new Set(rows.map((row) => row.id)),
    totals,
    end: null,
    head: 0,
    pending: new Set<number>(),
  };
  const open: OpenView = { ...newOpenView(fresh, 0), ...given };
  subscriber.views.set(open.id, open);
  return open;
}
