import { describe, expect, test } from 'vitest';
import type { Delimiter, Encoding } from '../../../server/csv/reading.ts';
import { cells, detect, encode, readAsItLooks } from './files.ts';

describe('encodings', () => {
  const file = 'Name;Preis\r\nMüller;1 €\r\n日本語;2\r\n';
  const expected = [['Name', 'Preis'], ['Müller', '1 €'], ['日本語', '2']]; // prettier-ignore

  test.each<[Encoding, mark: boolean]>([
    ['utf-8', false],
    ['utf-8', true],
    ['utf-16le', false],
    ['utf-16le', true],
    ['utf-16be', false],
    ['utf-16be', true],
  ])('%s, with a byte order mark: %s', async (encoding, mark) => {
    const bytes = encode((mark ? '\uFEFF' : '') + file, encoding);
    expect(await detect(bytes)).toEqual({ encoding, delimiter: ';' });
    expect(cells(await readAsItLooks(bytes))).toEqual(expected);
  });

  test('what is not UTF-8 anywhere is Windows-1252', async () => {
    const plain = 'a,b\n'.repeat(20_000);
    const bytes = Buffer.concat([Buffer.from(plain), Buffer.from([0x80, 0x2c, 0xfc, 0x0a])]);
    expect(await detect(bytes)).toEqual({ encoding: 'windows-1252', delimiter: ',' });
    expect(cells(await readAsItLooks(bytes)).at(-1)).toEqual(['€', 'ü']);
    const broken = Buffer.concat([Buffer.from('a,b\n1,'), Buffer.from([0xc3])]);
    expect(await detect(broken)).toMatchObject({ encoding: 'windows-1252' });
  });

  test('a NUL here and there does not make it UTF-16', async () => {
    expect(await detect('a,b\n1,\0\n2,\0\n')).toMatchObject({ encoding: 'utf-8' });
  });

  test.each([
    ['%PDF-1.4', 'no text'],
    ['PAR1\u0015', 'no text'],
    ['\u001f\u008b\u0008', 'no text'],
    ['\u0089PNG\r\n', 'no text'],
    ['\u00ff\u00fe\u0000\u0000a\u0000\u0000\u0000', 'UTF-32'],
  ])('%j is refused: %s', async (bytes, words) => {
    await expect(detect(Buffer.from(bytes, 'latin1'))).rejects.toMatchObject({
      details: { fields: { file: expect.stringContaining(words) as string } },
    });
  });

  test('the separators of ASCII may be in a cell', async () => {
    expect(cells(await readAsItLooks('a,b\n1,x\u001fy\n'))[1]).toEqual(['1', 'x\u001fy']);
  });

  test('workbooks are refused', async () => {
    await expect(detect(Buffer.from('PK\u0003\u0004rest'))).rejects.toMatchObject({ code: 'invalid' });
  });
});

describe('delimiters', () => {
  test.each<[what: string, file: string, Delimiter]>([
    ['commas', 'a,b,c\n1,2,3', ','],
    ['semicolons, with commas in numbers', 'a;b;c\n1,5;2,5;3,5\n1,0;2,0;3,0', ';'],
    ['tabs, with commas in texts', 'name\tnote\nx\ta, b, c\ny\td, e, f', '\t'],
    ['pipes', 'a|b\n1|2', '|'],
    ['commas, with semicolons in quotes', '"a;b","c;d"\n"1;2;3","4;5"\n', ','],
    ['semicolons, with commas in the heads', 'Amount, EUR;Date, local\n1;2\n3;4', ';'],
    ['commas, with pipes in one column', 'a,b,c\nx|y,2,3\nx|y,5,6', ','],
    ['commas, with ragged rows', 'a,b,c\n1,2\n1,2,3,4', ','],
    ['semicolons, with line breaks in quotes', 'a;b\n"1,\n,2";3\n"4,\n,5,\n,";6', ';'],
    ['said to Excel', 'sep=;\na,b;c\n1,2;3', ';'],
  ])('%s', async (_, file, delimiter) => {
    expect(await detect(file)).toEqual({ encoding: 'utf-8', delimiter });
  });

  test('a file of one column is one', async () => {
    const file = 'Comment\nGood, thanks\nNo\nWell, well, well';
    expect(cells(await readAsItLooks(file))).toEqual(file.split('\n').map((line) => [line]));
  });

  test('a beginning that is cut inside a long cell says as much', async () => {
    const long = 'some, words\n'.repeat(4_000);
    expect(await detect(`a;b;c\n1;2;3\n4;"${long}";6\n7;"${long}";9`)).toMatchObject({ delimiter: ';' });
  });

  test('nothing is read with commas', async () => {
    expect(await detect('')).toEqual({ encoding: 'utf-8', delimiter: ',' });
  });
});
