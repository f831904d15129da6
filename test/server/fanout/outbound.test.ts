import { expect, test } from 'vitest';
import { count, RESYNC_EVERY_ms } from '../../../server/fanout/flood.ts';
import { Lease } from '../../../server/fanout/lease.ts';
import { LAG_MAX_ms, Outbound, PIECES_MAX, TICK_ms } from '../../../server/fanout/outbound.ts';
import type { WireEvent } from '../../../shared/protocol/index.ts';
import { fakeClock } from '../../world/clock.ts';
import { actor, ANNA, client, openFor } from './world.ts';

const piece = (n: number): WireEvent => ['patch', 'deal', `id-${n}`, n, {}];

function setUp() {
  const clock = fakeClock();
  const lease = new Lease(clock);
  lease.renew(lease.start());
  const outbound = new Outbound(lease, clock, () => 'cursor');
  const anna = client(actor(ANNA, []));
  openFor(anna, {}, [], { count: 0, sum: {} });
  return { clock, lease, outbound, anna };
}

test('all pieces of a tick share one frame, in order', async () => {
  const { clock, outbound, anna } = setUp();
  outbound.add(anna, [piece(1)]);
  outbound.add(anna, [piece(2), piece(3)]);
  expect(anna.sent).toEqual([]);
  await clock.advance(TICK_ms);
  expect(anna.sent).toEqual([[piece(1), piece(2), piece(3)]]);
});

test('totals go out once a tick, as they are at its end', async () => {
  const { clock, outbound, anna } = setUp();
  anna.totalsOf.add('view');
  outbound.add(anna, []);
  anna.views.get('view')!.totals = { count: 7, sum: {} };
  await clock.advance(TICK_ms);
  expect(anna.sent).toEqual([[['total', 'deal', '', 0, { count: 7, sum: {} }, ['view']]]]);
});

test('a lapsed lease emits nothing; what waited goes out when it is back', async () => {
  const { clock, lease, outbound, anna } = setUp();
  await clock.advance(2_000);
  outbound.add(anna, [piece(1)]);
  await clock.advance(5_000);
  expect(anna.sent).toEqual([]);
  lease.renew(lease.start());
  await clock.advance(10 * TICK_ms);
  expect(anna.sent).toEqual([[piece(1)]]);
});

test('a muted or closed client is sent nothing', async () => {
  const { clock, outbound, anna } = setUp();
  anna.muted = true;
  outbound.add(anna, [piece(1)]);
  await clock.advance(TICK_ms);
  anna.muted = false;
  anna.closed = true;
  outbound.add(anna, [piece(2)]);
  await clock.advance(TICK_ms);
  expect(anna.sent).toEqual([]);
});

test('too many pieces for one client flood the views they came through; what it must forget goes out all the same', async () => {
  const { clock, outbound, anna } = setUp();
  openFor(anna, {}, [], { count: 0, sum: {} }, { id: 'quiet' });
  const leave: WireEvent = ['leave', 'deal', 'gone', 2, {}];
  await clock.advance(RESYNC_EVERY_ms);
  outbound.add(anna, [leave]);
  count(anna, anna.views.get('view')!);
  for (let n = 0; n < PIECES_MAX; n++) {
    anna.views.get('view')!.flood.tick = 1;
    outbound.add(anna, [piece(n)]);
  }
  await clock.advance(TICK_ms);
  expect(anna.sent).toEqual([[leave]]);
  expect(anna.said).toEqual(['resync view much']);
  expect([...anna.views.keys()]).toEqual(['view', 'quiet']);
});

test('a resync that falls due behind a shut gate is said when it opens: no view dies in silence', async () => {
  const { clock, lease, outbound, anna } = setUp();
  await clock.advance(2_000);
  outbound.startOver(anna, 'rights');
  await clock.advance(1_000);
  expect(anna.said).toEqual([]);
  lease.renew(lease.start());
  await clock.advance(10 * TICK_ms);
  expect(anna.said).toEqual(['resync view rights']);
});

test('a client that does not keep up is paused, opens anew once it has drained, and is dropped after 30 s', async () => {
  const { clock, lease, outbound, anna } = setUp();
  const alive = async (ms: number) => {
    for (let passed = 0; passed < ms; passed += 500) {
      lease.renew(lease.start());
      await clock.advance(500);
    }
  };
  anna.slow = true;
  outbound.add(anna, [piece(1)]);
  await alive(1_000);
  anna.slow = false;
  await alive(500);
  expect(anna.said).toEqual(['resync view much']);
  expect(anna.sent).toEqual([]);

  anna.slow = true;
  outbound.add(anna, [piece(2)]);
  await alive(LAG_MAX_ms + 1_000);
  expect(anna.said).toEqual(['resync view much', 'drop']);
  expect(anna.sent).toEqual([]);
});
