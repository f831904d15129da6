import { expect, test } from 'vitest';
import { hasTitleLines } from '../../../client/views/imports/titleLines.ts';

const file = (heads: string[], ...rows: string[][]) => ({
  columns: heads.map((head) => ({ head, samples: [], ambiguousDates: false })),
  rows: rows.map((cells, i) => ({ line: i + 2, cells })),
});

test('a title above the names of the columns is noticed', () => {
  expect(
    hasTitleLines(file(['Customers of 2026'], ['Made by J.'], ['Name,City'], ['A,Bern'], ['B,Leeds'])),
  ).toBe(true);
  expect(hasTitleLines(file(['Report', 'Column 2', 'Column 3'], ['Name', 'City', 'Size']))).toBe(true);
});

test('a plain list, a list of sentences, and a column without a name are none', () => {
  expect(hasTitleLines(file(['Name'], ['Alpha'], ['Beta']))).toBe(false);
  expect(hasTitleLines(file(['Name'], ['Alpha, Inc.'], ['Beta'], ['Gamma'], ['Delta']))).toBe(false);
  expect(hasTitleLines(file(['Name', 'Column 2'], ['Alpha', '1']))).toBe(false);
  expect(hasTitleLines(file(['Name']))).toBe(false);
});
