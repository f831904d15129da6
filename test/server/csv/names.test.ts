import fc from 'fast-check';
import { expect, test } from 'vitest';
import { joinNames, splitNames } from '../../../server/csv/names.ts';

test.each([
  ['Ada; Ben', ['Ada', 'Ben']],
  ['Ada,Ben|Cy\nDee', ['Ada', 'Ben', 'Cy', 'Dee']],
  [' ; Ada ;; Ada, ', ['Ada']],
  ['"Late; really"; 5" screws', ['Late; really', '5" screws']],
  ['"never closed; Ben', ['"never closed', 'Ben']],
  ['"so" called; Ben', ['"so" called', 'Ben']],
  ['', []],
])('%s', (cell, names) => {
  expect(splitNames(cell)).toEqual(names);
});

test('names come back from the cell they were put into, whatever they are', () => {
  const name = fc.string().map((text) => text.trim()).filter((text) => text !== ''); // prettier-ignore
  fc.assert(
    fc.property(fc.uniqueArray(name), (names) => {
      expect(splitNames(joinNames(names))).toEqual(names);
    }),
  );
  expect(splitNames(joinNames(['a;b', '"', '""', '"a";', 'a, "b"']))).toEqual([
    'a;b',
    '"',
    '""',
    '"a";',
    'a, "b"',
  ]);
});
