import { expect, test } from 'vitest';
import { fakeClock } from './clock.ts';

test('timers fall due in order of time, also those set on the way', async () => {
  const clock = fakeClock();
  const seen: string[] = [];
  clock.after(30, () => seen.push('c'));
  clock.after(10, () => {
    seen.push('a');
    void Promise.resolve().then(() => clock.after(10, () => seen.push('b')));
  });
  const never = clock.after(15, () => seen.push('never'));
  never();
  await clock.advance(29);
  expect(seen).toEqual(['a', 'b']);
  await clock.advance(1);
  expect(seen).toEqual(['a', 'b', 'c']);
  expect(clock.waiting()).toBe(0);
});

test('a jump of the time of day leaves the monotonic clock alone', () => {
  const clock = fakeClock('2026-01-01T00:00:00Z');
  const before = clock.monotonic_ms();
  clock.jump(3_600_000);
  expect(new Date(clock.now_ms()).toISOString()).toBe('2026-01-01T01:00:00.000Z');
  expect(clock.monotonic_ms()).toBe(before);
});
