import fc from 'fast-check';
import { expect, test } from 'vitest';
import { csvLine, disarm, rearm } from '../../../server/csv/write.ts';

test('a row is one line of RFC 4180, quoted only where it must be', () => {
  expect(csvLine(['a', 1, true, null, 2.5])).toBe('a,1,true,,2.5\r\n');
  expect(csvLine(['a,b', 'say "hi"', 'two\nlines', 'a;b', ' c '])).toBe(
    '"a,b","say ""hi""","two\nlines",a;b, c \r\n',
  );
  expect(csvLine(['a,b', 'a;b'], ';')).toBe('a,b;"a;b"\r\n');
});

test('a row of nothing is not a blank line', () => {
  expect(csvLine([''])).toBe('""\r\n');
  expect(csvLine([null])).toBe('""\r\n');
  expect(csvLine(['', ''])).toBe(',\r\n');
});

test('what a spreadsheet would run is made a text', () => {
  expect(['=1+1', '+1', '-1', '@a', '\t=1', '\r=1', "'=1"].map(disarm)).toEqual([
    "'=1+1", "'+1", "'-1", "'@a", "'\t=1", "'\r=1", "''=1",
  ]); // prettier-ignore
  expect(['a=1', "'tis", "''", '', ' '].map(disarm)).toEqual(['a=1', "'tis", "''", '', ' ']);
  expect(["'=1", "''=1", "'tis", "'"].map(rearm)).toEqual(['=1', "'=1", "'tis", "'"]);
});

test('whatever is disarmed comes back as it was', () => {
  const text = fc.oneof(
    fc.string(),
    fc.string({ unit: fc.constantFrom("'", '=', '+', '-', '@', '\t', '\r', 'a') }),
  );
  fc.assert(fc.property(text, (x) => rearm(disarm(x)) === x));
});
