import { expect, test } from 'vitest';
import { Lease } from '../../../server/fanout/lease.ts';
import { LEASE_ms } from '../../../server/lib/lease.ts';
import { fakeClock } from '../../world/clock.ts';

test('nothing is permitted before the first poll has succeeded', () => {
  expect(new Lease(fakeClock()).open()).toBe(false);
});

test('it holds for 2 s from the start of the poll, not from its end', async () => {
  const clock = fakeClock();
  const lease = new Lease(clock);
  const start = lease.start();
  await clock.advance(1_500);
  lease.renew(start);
  expect(lease.open()).toBe(true);
  await clock.advance(LEASE_ms - 1_500 - 1);
  expect(lease.open()).toBe(true);
  await clock.advance(1);
  expect(lease.open()).toBe(false);
  await clock.advance(700);
  expect(lease.lapsed_ms()).toBe(700);
});

test('a poll that took longer than the lease permits nothing', async () => {
  const clock = fakeClock();
  const lease = new Lease(clock);
  const start = lease.start();
  await clock.advance(LEASE_ms + 1);
  lease.renew(start);
  expect(lease.open()).toBe(false);
});

test.each([3_600_000, -3_600_000])(
  'a wall clock that jumped by %i ms closes it until the next poll',
  async (jump_ms) => {
    const clock = fakeClock();
    const lease = new Lease(clock);
    lease.renew(lease.start());
    clock.jump(jump_ms);
    expect(lease.open()).toBe(false);
    lease.renew(lease.start());
    expect(lease.open()).toBe(true);
  },
);
