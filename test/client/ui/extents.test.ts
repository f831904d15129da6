import { expect, test } from 'vitest';
import { rowsWithin, startsOf } from '../../../client/ui/data/rows/extents.ts';
import { Dice } from '../../world/dice.ts';

const even = { height_px: () => 88, gap_px: 0 };
const keys = (count: number) => Array.from({ length: count }, (_, i) => String(i));

test('only what is in sight is drawn, with a few to spare', () => {
  const starts = startsOf(keys(100_000), even);
  expect(rowsWithin(starts, 8_800, 9_680, 6)).toEqual({ from: 94, to: 117 });
  expect(rowsWithin(starts, 0, 880, 6)).toEqual({ from: 0, to: 17 });
  expect(rowsWithin(startsOf(keys(3), even), 0, 880, 6)).toEqual({ from: 0, to: 3 });
  expect(rowsWithin(startsOf([], even), 0, 880, 6)).toEqual({ from: 0, to: 0 });
});

test('beside a list, above or below it, little is drawn', () => {
  const starts = startsOf(keys(1_000), even);
  expect(rowsWithin(starts, -5_000, -4_000, 2)).toEqual({ from: 0, to: 2 });
  expect(rowsWithin(starts, 200_000, 201_000, 2)).toEqual({ from: 997, to: 1_000 });
});

const seed = Dice.runSeed();
test(`rows of any height are found, and their gaps count (SEED=${seed})`, () => {
  const dice = new Dice(seed);
  for (let run = 0; run < 200; run++) {
    const heights = dice.many(dice.int(1, 60), () => dice.int(1, 200));
    const gap_px = dice.int(0, 12);
    const starts = startsOf(keys(heights.length), { height_px: (key) => heights[Number(key)] ?? 0, gap_px });
    const total = heights.reduce((sum, height) => sum + height, 0) + gap_px * (heights.length - 1);
    expect(starts.at(-1)).toBe(total);
    const from_px = dice.int(0, total - 1);
    const to_px = from_px + dice.int(0, 900);
    const { from, to } = rowsWithin(starts, from_px, to_px, 0);
    heights.forEach((height, i) => {
      const [top, bottom] = [starts[i] ?? 0, (starts[i] ?? 0) + height];
      if (bottom > from_px && top < to_px) expect(i >= from && i < to).toBe(true);
    });
    expect(to - from).toBeLessThanOrEqual(heights.length);
  }
});
