import { expect, test } from 'vitest';
import { Heartbeat } from '../../../server/fanout/heartbeat.ts';
import { Lease } from '../../../server/fanout/lease.ts';
import { fakeClock } from '../../world/clock.ts';

test('a stopped heartbeat answers pokes at once, and asks nothing any more', async () => {
  const clock = fakeClock();
  let asked = 0;
  const heartbeat = new Heartbeat({
    connect: () => {
      asked++;
      return Promise.reject(new Error('no store'));
    },
    clock,
    lease: new Lease(clock),
    input: () => ({ nodeId: 'n', accessApplied: 0, readTo: 0, seen: null, openSessions: [] }),
    apply: () => undefined,
    failed: () => undefined,
  });
  expect(await heartbeat.now()).toBe(false);
  await heartbeat.stop();
  const before = asked;
  expect(await Promise.all([heartbeat.now(), heartbeat.now(), heartbeat.now()])).toEqual([
    false,
    false,
    false,
  ]);
  expect(asked).toBe(before);
  expect(clock.waiting()).toBe(0);
});
