import { expect, test } from 'vitest';
import { Deaths } from '../../../server/start/deaths.ts';

test('one that has lived is replaced at once, those that die at once after growing pauses, and then no more', () => {
  const deaths = new Deaths();
  expect(deaths.next(3_600_000)).toBe(0);
  expect([0, 9_999, 10, 10].map((lived_ms) => deaths.next(lived_ms))).toEqual([250, 500, 1_000, 2_000]);
  expect(deaths.next(10)).toBeNull();
});

test('one that has lived makes up for those before', () => {
  const deaths = new Deaths();
  for (let n = 0; n < 4; n += 1) deaths.next(10);
  expect(deaths.next(10_000)).toBe(0);
  expect(deaths.next(10)).toBe(250);
});
