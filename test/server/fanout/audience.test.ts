import { expect, test } from 'vitest';
import { Audience } from '../../../server/fanout/audience/audience.ts';
import { newOpenView, type OpenView } from '../../../server/fanout/openView.ts';
import { piecesFor } from '../../../server/fanout/pieces.ts';
import { newSubscriber, type Subscriber } from '../../../server/fanout/subscriber.ts';
import {
  actorSets,
  customerActor,
  mask,
  type Actor,
  type Image,
  type Role,
} from '../../../shared/access/index.ts';
import { must } from '../../../shared/lib/must.ts';
import {
  addTo,
  compareIn,
  matches,
  parseView,
  type Totals,
  type ViewRequest,
  type WireEvent,
} from '../../../shared/protocol/index.ts';
import { Dice } from '../../world/dice.ts';
import { randomPolicy } from '../../world/randomPolicy.ts';
import { masks, registry } from './world.ts';

// Random people with random rights and views, and random changes: what the audience finds, and shares among those who see
// the same, must be for every client exactly what comes out where each of them is asked for alone.

const SEED = Dice.runSeed();
const WORLDS = 15;
const STEPS = 120;
const OBJECTS = ['deal', 'ticket', 'activity', 'message'];

for (let world = 0; world < WORLDS; world++) {
  test(`nobody is missed, and nobody told what is another's (SEED=${SEED} world ${world})`, () => {
    const { step, pairs, told } = worldOf(new Dice(SEED + world));
    for (let n = 0; n < STEPS; n++) step();
    for (const { client, twin } of pairs()) {
      for (const [id, open] of client.views) expect(stateOf(open)).toEqual(stateOf(twin.views.get(id)!));
    }
    expect(told()).toBeGreaterThan(0);
  });
}

interface Pair {
  client: Subscriber;
  twin: Subscriber;
}

function worldOf(dice: Dice) {
  const ids = (count: number) => Array.from({ length: count }, () => dice.id());
  const [people, teams, queues, territories, policies, pipelines] = [7, 3, 3, 3, 6, 2].map(ids) as [
    string[], string[], string[], string[], string[], string[],
  ]; // prettier-ignore
  const roles: Role[] = ids(5).map((id) => ({ id, name: id, purpose: '', ...randomPolicy(dice, registry) }));
  const some = (from: readonly string[], share = 0.4) => from.filter(() => dice.chance(share));
  const images = new Map<string, { object: string; image: Image }>();
  const audience = new Audience({ registry });
  const all: Pair[] = [];
  let [seq, told, views] = [0, 0, 0];

  function actor(): Actor {
    if (dice.chance(0.15)) return customerActor(dice.pick(people));
    const userId = dice.pick(people);
    const held = some(policies, 0.3);
    const given = {
      reports: some(people, 0.3),
      teams: some(teams),
      queues: some(queues),
      territories: some(territories),
      shared: held,
      sharedEdit: held.filter(() => dice.chance(0.5)),
      restrictions: some(policies, 0.1),
    };
    const sets = Object.fromEntries(Object.entries(given).map(([name, list]) => [name, new Set(list)]));
    const own = roles.filter(() => dice.chance(0.4));
    return {
      kind: 'person',
      userId,
      sets: actorSets(userId, sets),
      // As they come from the store: another value with each reading.
      roles: structuredClone(own),
      ...(dice.chance(0.3) ? { open: { deal: 'read' as const } } : {}),
      fingerprint: `${seq} ${dice.id()}`,
    };
  }

  function connect(): void {
    const given = {
      id: dice.id(),
      userId: 'user',
      sessionId: 'session',
      actor: actor(),
      outlet: null as never,
    };
    const pair = { client: newSubscriber(given), twin: newSubscriber(given) };
    audience.enter(pair.client);
    all.push(pair);
  }

  function request(object: string): Omit<ViewRequest, 'object'> {
    const image = dice.pick([...images.values()].filter((one) => one.object === object));
    const stage = object === 'deal' ? 'stage' : object === 'ticket' ? 'status' : 'id';
    return dice.pick([
      {},
      { record: image.image.id },
      { filter: { [stage]: image.image[stage] ?? null } },
      { filter: { id: { in: [image.image.id, dice.id()] } } },
      { filter: { or: [{ id: image.image.id }, { created_at: { gt: '2026-01-02T00:00:00.000Z' } }] } },
      ...(object === 'deal'
        ? [{ filter: { owner: dice.pick(people) } }, { partition: dice.pick(pipelines) }]
        : []),
    ]);
  }

  /** As the store would answer, for both; perhaps not down to the last row. */
  function open({ client, twin }: Pair): void {
    const object = registry.get(dice.pick(OBJECTS));
    if (![...images.values()].some((one) => one.object === object.name)) return;
    const asked = request(object.name);
    const limit = dice.pick([1, 3, 50]);
    const id = dice.chance(0.3) ? 'again' : `view ${views++}`;
    for (const one of [client, twin]) {
      const view = parseView(object, { ...asked, limit });
      const matching = [...images.values()]
        .filter((known) => known.object === object.name)
        .flatMap(({ image }) => mask(one.actor, registry, object, image) ?? [])
        .filter((record) => matches(view, record))
        .sort((a, b) => compareIn(view, a, b));
      const rows = matching.slice(0, limit);
      const nothing: Totals = { count: 0, sum: {}, groups: {} };
      const open = {
        id,
        view,
        ...(asked.record !== undefined ? { record: { id: asked.record, now: rows[0] ?? null } } : {}),
        held: new Set(rows.map((row) => row.id)),
        totals: seq % 3 === 0 ? null : matching.reduce((sum, row) => addTo(sum, object, row, 1), nothing),
        end: matching.length > rows.length ? (rows.at(-1) ?? null) : null,
        head: seq,
        pending: new Set<number>(),
      };
      one.views.set(id, newOpenView(open, 0));
    }
  }

  function write(): void {
    const known = [...images.values()];
    const former = known.length > 8 && dice.chance(0.8) ? dice.pick(known) : null;
    const object = registry.get(former?.object ?? dice.pick(OBJECTS));
    const before = former?.image ?? null;
    const after: Image = { ...(before ?? fresh(object.name)), version: (before?.version ?? 0) + 1 };
    const set = (name: string, value: () => unknown) => {
      if (name in object.fields && (before === null || dice.chance(0.35))) after[name] = value() as never;
    };
    set('owner', () => dice.pick([...people, null]));
    set('team', () => dice.pick([...teams, null]));
    set('queue', () => dice.pick([...queues, null]));
    set('territory', () => dice.pick([...territories, null]));
    set('participants', () => some(people, 0.2));
    set('customer', () => dice.pick([...people, null]));
    set('policies', () => some(policies, 0.2));
    set('pipeline', () => dice.pick(pipelines));
    set('stage', () => dice.pick(['new', 'won']));
    set('status', () => dice.pick(['open', 'resolved']));
    set('amount', () => dice.int(0, 9));
    set('title', () => dice.pick(['a', 'b']));
    if (object.parents.length > 0 && before === null)
      after[must(object.parents[0], 'a parent')] = dice.id() as never;
    after.deleted_at = dice.chance(0.1) ? '2026-02-02T00:00:00.000Z' : null;
    images.set(after.id, { object: object.name, image: after });
    tell(object.name, before, after);
  }

  const fresh = (object: string): Image => ({
    ...Object.fromEntries(Object.keys(registry.get(object).fields).map((name) => [name, null])),
    id: dice.id(),
    version: 0,
    created_at: dice.pick(['2026-01-01T00:00:00.000Z', '2026-01-03T00:00:00.000Z']),
    deleted_at: null,
  });

  function tell(object: string, before: Image | null, after: Image): void {
    seq++;
    const event = { seq, outboxId: seq, object, id: after.id, version: after.version, before, after, accessSeq: 0, actorId: dice.pick(people) }; // prettier-ignore
    const found = new Map<Subscriber, readonly WireEvent[]>();
    audience.each(event, (client, views) => found.set(client, piecesFor(client, event, audience.see, views)));
    for (const { client, twin } of all) {
      const alone = piecesFor(twin, event, masks(event));
      expect(found.get(client) ?? []).toEqual(alone);
      expect(client.totalsOf).toEqual(twin.totalsOf);
      told += alone.length;
    }
  }

  function step(): void {
    const roll = dice.int(0, 99);
    if (all.length < 3 || (all.length < 9 && roll < 6)) return connect();
    const pair = dice.pick(all);
    if (roll < 12) {
      // Other rights: views go first, as the program does.
      for (const one of [pair.client, pair.twin]) one.views.clear();
      const next = actor();
      pair.client.actor = next;
      pair.twin.actor = next;
    } else if (roll < 30) open(pair);
    else if (roll < 36)
      for (const one of [pair.client, pair.twin]) one.views.delete([...one.views.keys()][0] ?? '');
    else if (roll < 38) {
      audience.leave(pair.client);
      all.splice(all.indexOf(pair), 1);
    } else write();
  }
  return { step, pairs: () => all, told: () => told };
}

const stateOf = ({ held, totals, record }: OpenView) => ({ held: [...held].sort(), totals, record });
