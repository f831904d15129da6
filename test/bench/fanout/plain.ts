import { mask, type Actor, type Image } from '../../../shared/access/index.ts';
import { must } from '../../../shared/lib/must.ts';
import type { WireEvent } from '../../../shared/protocol/index.ts';
import { Seen } from '../../../server/fanout/audience/seen.ts';
import { newOpenView } from '../../../server/fanout/openView.ts';
import { piecesFor } from '../../../server/fanout/pieces.ts';
import { newSubscriber, type Subscriber } from '../../../server/fanout/subscriber.ts';
import type { LogEvent } from '../../../server/outbox/log.ts';
import type { Prepared } from './baselines.ts';
import { actorOf, DEAL, maskOf, MASKS, registry, sees } from './world.ts';

/** How one client sees a change: nothing looked up, nothing shared, the policy asked for it alone. */
export function seenAlone({ actor }: Subscriber, event: LogEvent): Seen {
  const object = registry.get(event.object);
  const masked = (image: Image | null) => image && mask(actor, registry, object, image);
  return new Seen(event, masked(event.before), masked(event.after), actor.kind === 'customer');
}

/** What the baselines are given for nothing. */
export function prepare(event: LogEvent, team: number, people: number): Prepared {
  const recipients = recipientsOf(team, people);
  const pieces = Array.from({ length: MASKS }, (_, wanted) => {
    const n = must(
      recipients.find((one) => maskOf(one) === wanted),
      'somebody with that mask',
    );
    const actor = knownActor(n);
    const after = mask(actor, registry, DEAL, event.after);
    const before = event.before && mask(actor, registry, DEAL, event.before);
    return must(new Seen(event, before, after, false).told(true, true, true)[0], 'a piece');
  });
  return { event, team, recipients, pieces };
}

function knownActor(n: number): Actor {
  let actor = actors.get(n);
  if (!actor) actors.set(n, (actor = actorOf(n)));
  return actor;
}
const actors = new Map<number, Actor>();

function recipientsOf(team: number, people: number): readonly number[] {
  const key = `${team} ${people}`;
  let known = recipients.get(key);
  if (!known) {
    known = Array.from({ length: people }, (_, n) => n).filter((n) => sees(n, team));
    recipients.set(key, known);
  }
  return known;
}
const recipients = new Map<string, readonly number[]>();

/** The plain loop over everybody, beside a node: of each client a twin that the node does not know. */
export function plainPieces(clients: readonly Subscriber[]): {
  take(event: LogEvent): void;
  sentTo(userId: string): WireEvent[];
} {
  const twins = clients.map((client) => {
    const { id, userId, sessionId, outlet, actor } = client;
    const twin = newSubscriber({ id, userId, sessionId, outlet, actor });
    for (const open of client.views.values()) {
      const { flood: _flood, pin: _pin, client: _client, ...given } = open;
      const record = open.record && { ...open.record };
      twin.views.set(
        open.id,
        newOpenView({ ...given, ...(record ? { record } : {}), held: new Set(open.held) }, 0),
      );
    }
    return { twin, sent: new Array<WireEvent>() };
  });
  return {
    take(event) {
      for (const { twin, sent } of twins) sent.push(...piecesFor(twin, event, () => seenAlone(twin, event)));
    },
    sentTo: (userId) => twins.filter(({ twin }) => twin.userId === userId).flatMap(({ sent }) => sent),
  };
}
