import { expect, test } from 'vitest';
import { CHANGES_MAX, CHANGES_PER_s, mayHold, RESYNC_EVERY_ms } from '../../../server/fanout/flood.ts';
import { Lease } from '../../../server/fanout/lease.ts';
import { Outbound, TICK_ms } from '../../../server/fanout/outbound.ts';
import { piecesFor } from '../../../server/fanout/pieces.ts';
import type { LogEvent } from '../../../server/outbox/log.ts';
import type { Image } from '../../../shared/access/index.ts';
import { newId } from '../../../shared/lib/ids.ts';
import { fakeClock } from '../../world/clock.ts';
import { actor, ANNA, BEN, client, deal, event, masks, openFor, registry, role } from './world.ts';

const ALL = role({ grants: { deal: { read: ['all'] } } });
const OWN = role({ grants: { deal: { read: ['own'] } }, fields: { deal: { amount: 'read' } } });
const QUALIFIED = { filter: { stage: 'qualified' } };
const WON = { filter: { stage: 'won' } };
const nothing = () => ({ count: 0, sum: {} });

function setUp(roles = [ALL]) {
  const clock = fakeClock();
  const lease = new Lease(clock);
  lease.renew(lease.start());
  const outbound = new Outbound(lease, clock, () => 'cursor');
  const anna = client(actor(ANNA, roles));
  return {
    anna,
    add: (change: LogEvent) => outbound.add(anna, piecesFor(anna, change, masks(change))),
    async pass(ms: number): Promise<void> {
      for (let left_ms = ms; left_ms > 0; left_ms -= 500) {
        lease.renew(lease.start());
        await clock.advance(Math.min(500, left_ms));
      }
    },
    now_ms: () => clock.monotonic_ms(),
  };
}

/** Somebody else's new deals, so many at once. */
const fresh = (count: number, given: Partial<Image> = {}): LogEvent[] =>
  Array.from({ length: count }, () => event(null, deal({ id: newId(), owner: BEN, ...given })));
const ops = (frames: readonly (readonly (readonly unknown[])[])[]) => frames.flat().map(([op]) => op);

test('over so many changes of a view in a tick it says no more and is to be opened anew; others go on', async () => {
  const { anna, add, pass } = setUp();
  openFor(anna, QUALIFIED, [], nothing());
  openFor(anna, WON, [], nothing(), { id: 'other' });
  await pass(RESYNC_EVERY_ms);
  fresh(2_000).forEach(add);
  fresh(3, { stage: 'won' }).forEach(add);
  await pass(TICK_ms);
  const enters = ops(anna.sent).filter((op) => op === 'enter');
  expect(enters).toHaveLength(CHANGES_MAX + 1 + 3);
  expect(anna.sent.flat().filter(([op]) => op === 'total')).toEqual([
    ['total', 'deal', '', 0, { count: 3, sum: {} }, ['other']],
  ]);
  expect(anna.said).toEqual(['resync view much']);
  expect([...anna.views.keys()]).toEqual(['view', 'other']);
});

test('so many in small batches flood it too', async () => {
  const { anna, add, pass } = setUp();
  openFor(anna, QUALIFIED, [], nothing());
  await pass(RESYNC_EVERY_ms);
  for (let n = 0; n < 40; n++) {
    fresh(CHANGES_MAX / 2).forEach(add);
    await pass(TICK_ms);
  }
  expect(anna.said).toEqual(['resync view much']);
  expect(ops(anna.sent).filter((op) => op === 'enter').length).toBeLessThan(2 * CHANGES_PER_s);
});

test('however long a bulk goes on, a view is opened anew at most once a second, and once more when it is over', async () => {
  const { anna, add, pass, now_ms } = setUp();
  openFor(anna, QUALIFIED, [], nothing());
  const [STEPS, STEP_ms] = [100, 5 * TICK_ms];
  let opened = 0;
  for (let n = 0; n < STEPS; n++) {
    fresh(CHANGES_MAX + 50).forEach(add);
    await pass(STEP_ms);
    if (anna.said.length === opened) continue;
    opened = anna.said.length;
    const open = openFor(anna, QUALIFIED, [], nothing());
    Object.assign(open.flood, { answered_ms: now_ms(), since_ms: now_ms() });
  }
  const lasted_s = (STEPS * STEP_ms) / 1000;
  expect(opened).toBeGreaterThan(lasted_s / 2);
  expect(opened).toBeLessThanOrEqual(lasted_s);
  const before = anna.said.length;
  await pass(2 * RESYNC_EVERY_ms);
  expect(anna.said.length).toBe(before + 1);
});

test('what the client must forget of a flooded view it is told at once', async () => {
  const { anna, add, pass } = setUp([OWN]);
  const open = openFor(anna, QUALIFIED, [deal()], { count: 1, sum: { amount: 100 } });
  open.flood.over = true;
  // It moves out of the filter, which is not told; the client holds it still.
  add(event(deal(), deal({ version: 2, stage: 'won' })));
  add(
    event(
      deal({ version: 2, stage: 'won' }),
      deal({ version: 3, stage: 'won', owner: BEN, title: 'SECRET' }),
    ),
  );
  await pass(TICK_ms);
  expect(anna.sent).toEqual([[['leave', 'deal', deal().id, 3, {}]]]);
});

test('fields lost go at once, and nothing else of the change', async () => {
  const { anna, add, pass } = setUp([ALL, OWN]);
  openFor(anna, QUALIFIED, [deal()], nothing()).flood.over = true;
  add(event(deal(), deal({ version: 2, owner: BEN, title: 'New' })));
  await pass(TICK_ms);
  expect(anna.sent).toEqual([[['scrub', 'deal', deal().id, 2, { amount: null }]]]);
});

test('what comes into a calm view comes whole: the copy held through a flooded one may be old', async () => {
  const { anna, add, pass } = setUp();
  openFor(anna, QUALIFIED, [deal()], nothing()).flood.over = true;
  openFor(anna, WON, [], nothing(), { id: 'other' });
  add(event(deal(), deal({ version: 2, title: 'Unheard' })));
  add(event(deal({ version: 2, title: 'Unheard' }), deal({ version: 3, title: 'Unheard', stage: 'won' })));
  await pass(TICK_ms);
  const [[piece] = []] = anna.sent;
  expect(piece?.slice(0, 4)).toEqual(['enter', 'deal', deal().id, 3]);
  expect(piece?.[4]).toMatchObject({ title: 'Unheard', stage: 'won' });
});

test('rows that came through another view meanwhile are taken away too', async () => {
  const { anna, add, pass } = setUp([OWN]);
  openFor(anna, QUALIFIED, [], nothing()).flood.over = true;
  mayHold(anna, registry.get('deal'), [deal()]);
  add(event(deal(), deal({ version: 2, owner: BEN })));
  await pass(TICK_ms);
  expect(anna.sent).toEqual([[['leave', 'deal', deal().id, 2, {}]]]);
});

test('a flood of changes that this person does not see is none', async () => {
  const { anna, add, pass } = setUp();
  openFor(anna, QUALIFIED, [deal()], { count: 1, sum: {} });
  await pass(RESYNC_EVERY_ms);
  for (let n = 1; n < 3 * CHANGES_MAX; n++)
    add(event(deal({ version: n, margin: n }), deal({ version: n + 1, margin: n + 1 })));
  await pass(2 * RESYNC_EVERY_ms);
  expect(anna.sent).toEqual([]);
  expect(anna.said).toEqual([]);
  // Nor does it show by what comes after it.
  add(event(deal({ version: 1_000 }), deal({ version: 1_001, title: 'New' })));
  await pass(2 * RESYNC_EVERY_ms);
  expect(ops(anna.sent)).toEqual(['patch']);
  expect(anna.said).toEqual([]);
});
