import { expect, test } from 'vitest';
import { findProblems, groupProblems } from '../../../client/views/imports/problemGroups.ts';
import { shownValue } from '../../../client/views/imports/shown.ts';
import type { ImportProblem } from '../../../shared/protocol/imports.ts';

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

test('problems of one column and reason are one line, the most frequent first', () => {
  const told = groupProblems(PROBLEMS).map(({ column, taken, lines }) => [column, taken, lines]);
  expect(told).toEqual([
    ['sector', false, [2, 4]],
    [null, false, [5]],
    ['sector', true, [24]],
  ]);
});

test('a number finds its line and no other; words find columns and reasons', () => {
  const lines = (typed: string) => findProblems(PROBLEMS, typed).map(({ line }) => line);
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

test('a reason that names another line or record each time is one line', () => {
  const told = groupProblems([
    problem(5, null, 'The same record stands in line 2 with other values'),
    problem(6, null, 'The same record stands in line 3 with other values'),
    problem(7, 'AccountId', 'No such company: 001: a'),
    problem(8, 'AccountId', 'No such company: 002'),
    problem(9, 'OwnerId', 'No such user: 002'),
  ]).map(({ reason, lines }) => [reason, lines]);
  expect(told).toEqual([
    ['The same record stands in line … with other values', [5, 6]],
    ['No such company: …', [7, 8]],
    ['No such user: 002', [9]],
  ]);
});
