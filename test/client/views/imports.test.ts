import { expect, test, vi } from 'vitest';
import { findIn, groupKinds } from '../../../client/views/imports/problemGroups.ts';
import { shownValue } from '../../../client/views/imports/shown.ts';
import type { ImportProblem, ProblemKind } from '../../../shared/protocol/imports.ts';

// Words are chosen by the browser's language as soon as they are loaded.
vi.hoisted(() => {
  vi.stubGlobal('localStorage', { getItem: () => 'en' });
});

const problem = (line: number, column: string | null, reason: string, taken = false): ImportProblem => ({
  line,
  column,
  reason,
  taken,
});
const PROBLEMS = [
  problem(2, 'sector', 'Must be one of: Retail'),
  problem(4, 'sector', 'Must be one of: Retail'),
  problem(5, null, 'Too many columns'),
  problem(24, 'sector', 'Must be one of: Retail', true),
];

test('a number finds its line and no other; words find columns and reasons', () => {
  const lines = (typed: string) => findIn(PROBLEMS, typed).map(({ line }) => line);
  expect(lines('2')).toEqual([2]);
  expect(lines(' SECTOR ')).toEqual([2, 4, 24]);
  expect(lines('many')).toEqual([5]);
  expect(lines('')).toHaveLength(4);
});

test('what could be read is written as lists write it, and what could not stays as it was', () => {
  expect(shownValue('date', '2017-03-01')).toMatch(/March 2017/);
  expect(shownValue('integer', '8800')).toBe('8,800');
  expect(shownValue('text', '007')).toBe('007');
  expect(shownValue('date', '3/1/2017')).toBe('3/1/2017');
  expect(shownValue('money', 'many')).toBe('many');
});

test('kinds that differ by the name that is nowhere are one line, the most frequent first', () => {
  const kind = (column: string, reason: string, lines: number[], taken = false): ProblemKind => ({
    ...{ column, reason, taken },
    ...{ rows: 100 * lines.length, lines },
  });
  const kinds = [
    kind('AccountId', 'No such company: 001: a', [7]),
    kind('OwnerId', 'No such user: 002', [9, 12]),
    kind('AccountId', 'No such company: 002', [3, 8]),
    kind('AccountId', 'No such company: 002', [4], true),
  ];
  const told = groupKinds(kinds).map(({ reason, rows, lines }) => [reason, rows, lines]);
  expect(told).toEqual([
    ['No such company: …', 300, [3, 7, 8]],
    ['No such user: 002', 200, [9, 12]],
    ['No such company: 002', 100, [4]],
  ]);
  expect(findIn(kinds, 'ownerid')).toEqual([kinds[1]]);
});
