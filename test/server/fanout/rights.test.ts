import { expect, test } from 'vitest';
import { Rights } from '../../../server/fanout/rights.ts';
import type { Subscriber } from '../../../server/fanout/subscriber.ts';
import type { Actor } from '../../../shared/access/index.ts';
import type { WireEvent } from '../../../shared/protocol/index.ts';
import { actor, ANNA, BEN, client, role } from './world.ts';

const FORMER = role({ grants: { deal: { read: ['all'] } } });
const NEW = role({ grants: { deal: { read: ['own'] } } });
const PIECE: WireEvent = ['patch', 'deal', 'id', 1, { title: 'By former rights' }];

/** Rights that are read when the test says so; whoever is not named then has none left. */
function setUp() {
  const asked: ((who: Map<Subscriber, Actor>) => void)[] = [];
  const rights = new Rights(() => new Promise((answer) => asked.push(answer)));
  const [anna, ben] = [client(actor(ANNA, [FORMER])), client(actor(BEN, [FORMER]))];
  const ready: Subscriber[] = [];
  return {
    rights,
    anna,
    ben,
    ready,
    mute: (users: string[] | null) => rights.mute(users, [anna, ben]),
    reload: () => rights.reload((subscriber) => void ready.push(subscriber)),
    answer: (who: Subscriber[]) =>
      asked.shift()?.(new Map(who.map((one) => [one, actor(one.userId, [NEW])] as const))),
  };
}

test('whose rights change is mute from that very step on until the new ones are here; nobody else is', async () => {
  const { anna, ben, ready, mute, reload, answer } = setUp();
  anna.queue = [PIECE];
  anna.totalsOf.add('view');
  ben.queue = [PIECE];
  mute([ANNA]);
  expect([anna.muted, ben.muted]).toEqual([true, false]);
  expect([anna.queue, anna.totalsOf.size, ben.queue]).toEqual([[], 0, [PIECE]]);

  const read = reload();
  expect(anna.muted, 'while they are read').toBe(true);
  answer([anna]);
  await read;
  expect(anna.muted).toBe(false);
  expect(anna.actor.roles).toEqual([NEW]);
  expect(ben.actor.roles).toEqual([FORMER]);
  expect(ready).toEqual([anna]);
});

test('what was read before the last change of them counts for nothing', async () => {
  const { anna, ready, mute, reload, answer } = setUp();
  mute([ANNA]);
  const first = reload();
  mute([ANNA]);
  answer([anna]);
  await first;
  expect([anna.muted, anna.actor.roles, ready]).toEqual([true, [FORMER], []]);
  const second = reload();
  answer([anna]);
  await second;
  expect([anna.muted, anna.actor.roles, ready]).toEqual([false, [NEW], [anna]]);
});

test('who has no rights left stays mute, and is asked about again', async () => {
  const { anna, ben, ready, mute, reload, answer } = setUp();
  mute(null);
  const first = reload();
  answer([ben]);
  await first;
  expect([anna.muted, ben.muted, ready]).toEqual([true, false, [ben]]);
  const second = reload();
  answer([anna]);
  await second;
  expect(anna.muted).toBe(false);
});

test('an answer that was computed before is told by the stamp of whoever it is for', () => {
  const { rights, mute } = setUp();
  const [before, other] = [rights.stamp(ANNA), rights.stamp(BEN)];
  mute([ANNA]);
  expect(rights.stamp(ANNA)).not.toBe(before);
  expect(rights.stamp(BEN)).toBe(other);
  mute(null);
  expect(rights.stamp(BEN)).not.toBe(other);
});
