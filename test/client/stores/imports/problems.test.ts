import { expect, test } from 'vitest';
import { hasProblems, mapProblems } from '../../../../client/stores/imports/problems.ts';
import { alreadyDone, invalid } from '../../../../shared/protocol/errors.ts';

test('each refusal stands where it belongs, also where heads hold dots and one begins with another', () => {
  const heads = ['price', 'price.net', 'set.title'];
  const problems = mapProblems(
    invalid({
      'columns.price': 'a',
      'columns.price.net': 'b',
      'columns.set.title.dates': 'c',
      'set.title': 'd',
      match: 'e',
      read: 'f',
    }),
    heads.slice(0, 2),
  );
  expect(problems).toEqual({
    columns: { price: 'a', 'price.net': 'b' },
    set: { title: 'd' },
    match: 'e',
    other: ['columns.set.title.dates: c', 'read: f'],
  });
  expect(mapProblems(invalid({ 'columns.set.title.dates': 'c' }), heads).columns).toEqual({
    'set.title': 'c',
  });
});

test('a refusal of no field in particular is said in its own words', () => {
  const problems = mapProblems(alreadyDone('It is at work: stop it first'), []);
  expect(problems.other).toEqual(['It is at work: stop it first']);
  expect(hasProblems(problems)).toBe(true);
});

test('targets that are missing are no problems of the map: the screen says them itself', () => {
  expect(hasProblems(mapProblems(invalid({ 'targets.stage': 'Required' }), []))).toBe(false);
});
