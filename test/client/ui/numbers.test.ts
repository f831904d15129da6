import { describe, expect, test } from 'vitest';
import { fit, readNumber } from '../../../client/ui/fields/numbers.ts';

describe('a number is read as people type it', () => {
  test.each([
    ['1234', 1234],
    ['1,234', 1234],
    ['1.234', 1234],
    ['1,234.50', 1234.5],
    ['1.234,50', 1234.5],
    ['1 200', 1200],
    ['1’200.5', 1200.5],
    ['€ 12', 12],
    ['8 %', 8],
    ['0.125', 0.125],
    ['0,5', 0.5],
    ['.5', 0.5],
    ['12,5', 12.5],
    ['1.234.567', 1234567],
    ['−40', -40],
  ])('"%s" is %d', (text, value) => {
    expect(readNumber(text)).toBe(value);
  });

  test.each(['', '  ', '-', '€'])('"%s" is nothing', (text) => {
    expect(readNumber(text)).toBeNull();
  });

  test.each(['abc', '12a', '1e5', '--3', ',', '.'])('"%s" is no number', (text) => {
    expect(readNumber(text)).toBeNaN();
  });
});

test('a value is rounded to its decimals and kept within its bounds', () => {
  expect(fit(1.005, { decimals: 2 })).toBe(1.01);
  expect(fit(12.34, { decimals: 0 })).toBe(12);
  expect(fit(120, { decimals: 0, max: 100 })).toBe(100);
  expect(fit(-5, { decimals: 0, min: 0 })).toBe(0);
});
