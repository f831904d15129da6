import { expect, test } from 'vitest';
import { looksLikeRow } from '../../../../client/stores/imports/heads.ts';

test.each([
  [['1', '2', '3'], true],
  [['Anna', 'anna@nordlicht.example', '12.50'], true],
  [['2031-04-03', 'Visit'], true],
  [['5', '5 (2)', 'Column 3'], true],
  [['Name', 'E-mail', 'Amount'], false],
  [['2020', '2021', '2022'], false],
  [['Product', '2020', '12 months'], false],
])('%j: %s', (heads, is) => {
  expect(looksLikeRow(heads)).toBe(is);
});
