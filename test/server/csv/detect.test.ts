import { describe, expect, test } from 'vitest';
import type { Delimiter, Encoding } from '../../../server/csv/reading.ts';
import { detectLetters } from '../../../server/csv/detect.ts';
import { cells, detect, encode, inPieces, readAsItLooks } from './files.ts';

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

  // prettier-ignore
  test.each<[Encoding, word: string, hex: string]>([
    ['windows-1250', 'Wałęsa', '4e617a77612c4d696173746f0a5a61bff3b3e6205761b3ea73612ca3f3649f0a4d61b3676f727a6174612c426961b37973746f6b0a'],
    ['windows-1251', 'Москва', 'c8ecff2cc3eef0eee40ac8e2e0ed20cfe5f2f0eee22ccceef1eae2e00a'],
    ['macintosh', 'Köln', '4e616d652c53746164740a4d9f6c6c65722c4b9a6c6e0a4a8a6765722c4d9f6e6368656e0a'],
    ['gb18030', '北京', 'd0d5c3fb2cb3c7cad00acdf5d0a1c3f72cb1b1bea90ad5c5ceb02cc9cfbaa30a'],
    ['big5', '臺北市', 'a96da6572cabb0a5ab0ab3afacfcacc22cbb4fa55fa5ab0aaa4ca7d3a9fa2cb0aab6af0a'],
    ['shift_jis', 'とうきょう', '8e8196bc2c93738e730a97e996d888ea98592c82c682a482ab82e582a40a8e52936391be98592c91e58de30a'],
    ['euc-jp', 'とうきょう', 'bbe1ccbe2cc5d4bbd40aceebccdab0eccfba2ca4c8a4a6a4ada4e7a4a60aa5e4a5dea5c02ca4aaa4aaa4b5a4ab0a'],
    ['euc-kr', '삼성전자', 'c0ccb8a72cc8b8bbe70ab1e8c3b6bcf62cbbefbcbac0fcc0da0ac0ccbfb5c8f12cc7f6b4ebc0dab5bfc2f70a'],
  ])('%s is told by its letters: %s', async (encoding, word, hex) => {
    const bytes = Buffer.from(hex, 'hex');
    const { reading, letters } = await detectLetters(inPieces(bytes, 1_000));
    expect(reading).toEqual({ encoding, delimiter: ',' });
    expect(letters).toContain(word);
    expect(cells(await readAsItLooks(bytes)).flat().join()).toContain(word);
    expect(await detectLetters(inPieces(bytes, 3))).toEqual({ reading, letters });
  });

  test('letters far down in a file of ASCII say it too', async () => {
    const bytes = Buffer.concat([
      Buffer.from('a,b\n'.repeat(40_000)),
      Buffer.from('cddac5cc2cb1b1bea90a', 'hex'),
    ]);
    expect((await detectLetters(inPieces(bytes, 65_536))).reading.encoding).toBe('gb18030');
  });

  test('one broken letter among many does not make all others wrong', async () => {
    const bytes = Buffer.concat([
      Buffer.from('Müller,Köln\n'.repeat(9)),
      Buffer.from('M\u00fcnch,x\n', 'latin1'),
    ]);
    const { reading, letters } = await detectLetters(inPieces(bytes, 1_000));
    expect(reading.encoding).toBe('utf-8');
    expect(letters).toEqual(['M\uFFFDnch']);
  });

  test('nothing is asked where there is no doubt', async () => {
    for (const bytes of [Buffer.from('Müller,1\n'), encode('\uFEFFMüller,1\n', 'utf-16le')])
      expect((await detectLetters(inPieces(bytes, 1_000))).letters).toEqual([]);
    const western = Buffer.from('M\u00fcller,c\u009cur\n', 'latin1');
    expect((await detectLetters(inPieces(western, 1_000))).letters).toEqual(['Müller', 'cœur']);
    expect((await detectLetters(inPieces(western, 1_000), { encoding: 'windows-1252' })).letters).toEqual([]);
  });

  test('a NUL here and there does not make it UTF-16', async () => {
    expect(await detect('a,b\n1,\0\n2,\0\n')).toMatchObject({ encoding: 'utf-8' });
  });

  test.each([
    ['%PDF-1.4', 'document'],
    ['PAR1\u0015', 'no text'],
    ['\u001f\u008b\u0008', 'archive'],
    ['\u0089PNG\r\n', 'no text'],
    ['\u00ff\u00fe\u0000\u0000a\u0000\u0000\u0000', 'UTF-32'],
    ['{\\rtf1 x', 'document'],
    ['PK\u0003\u0004' + '\u0014'.repeat(26) + 'Contacts.csv', 'archive'],
    ['PK\u0003\u0004' + '\u0014'.repeat(26) + 'xl/workbook.xml', 'workbook'],
    ['\u00ef\u00bb\u00bf<!DOCTYPE html><html>', 'web page'],
    ['\n<html lang="en">', 'web page'],
    ['<table border="1"><tr>', 'web page'],
    ['<?xml version="1.0"?>', 'XML'],
    ['[\n  {"id": 1}]', 'JSON'],
    ['{"id": 1}\n{"id": 2}', 'JSON'],
    ['BEGIN:VCARD\nVERSION:3.0', 'cards'],
  ])('%j is refused: %s', async (bytes, words) => {
    await expect(detect(Buffer.from(bytes, 'latin1'))).rejects.toMatchObject({
      details: { fields: { file: expect.stringContaining(words) as string } },
    });
  });

  test('the separators of ASCII may be in a cell', async () => {
    expect(cells(await readAsItLooks('a,b\n1,x\u001fy\n'))[1]).toEqual(['1', 'x\u001fy']);
  });

  test('what only begins alike is a table', async () => {
    for (const file of [
      '<TICKER>,<DATE>\nx,1',
      '[Name],[Amount]\nx,1',
      '"{""a"":1}",b\n1,2',
      'PKW,Preis\nx,1',
    ])
      expect(await detect(file)).toEqual({ encoding: 'utf-8', delimiter: ',' });
  });

  test('rows by ASCII 30 without line ends are refused', async () => {
    await expect(detect('a\u001fb\u001e1\u001f2\u001e')).rejects.toMatchObject({ code: 'invalid' });
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
    ['colons', 'a:b:c\n1:2:3', ':'],
    ['tildes', 'a~b\n1~2', '~'],
    ['separators of ASCII', 'a\u001fb\n1,5\u001f2', '\u001f'],
    ['commas, with times and colons in texts', 'at,note: b\n10:30,x: y\n11:00,z: q', ','],
    ['commas, though the heads cannot be read', 'a,"b,"c\n1,2,3', ','],
    ['said to Excel', 'sep=;\na,b;c\n1,2;3', ';'],
  ])('%s', async (_, file, delimiter) => {
    expect(await detect(file)).toEqual({ encoding: 'utf-8', delimiter });
  });

  test('a file of one column is one', async () => {
    const file = 'Comment\nGood, thanks\nNo\nWell, well, well';
    expect(cells(await readAsItLooks(file))).toEqual(file.split('\n').map((line) => [line]));
  });

  test('nor do times and remarks part it', async () => {
    for (const file of ['Start\n10:30\n11:00', 'Note: all\nCall: no\nMail: yes', 'Path\n~/x\n~/y'])
      expect(cells(await readAsItLooks(file))).toEqual(file.split('\n').map((line) => [line]));
  });

  test('remarks above the heads are no rows', async () => {
    const file = '# exported, by x; on 1.2.\n#\n\nid,name\n1,"x, y"\n';
    expect(await detect(file)).toEqual({ encoding: 'utf-8', delimiter: ',', heads: 4 });
    expect(cells(await readAsItLooks(file))).toEqual([['id', 'name'], ['1', 'x, y']]); // prettier-ignore
    // These are heads.
    expect(await detect('#,name\n1,x\n')).toEqual({ encoding: 'utf-8', delimiter: ',' });
    expect(await detect('#id\n1\n2\n')).toEqual({ encoding: 'utf-8', delimiter: ',' });
  });

  test('a beginning that is cut inside a long cell says as much', async () => {
    const long = 'some, words\n'.repeat(4_000);
    expect(await detect(`a;b;c\n1;2;3\n4;"${long}";6\n7;"${long}";9`)).toMatchObject({ delimiter: ';' });
  });

  test('a file of nothing but delimiters has nothing in it', async () => {
    for (const file of [' \n,,\n', ';;;\r\n', '\t\t\n\t'])
      await expect(readAsItLooks(file)).rejects.toMatchObject({ code: 'invalid' });
  });

  test('nothing is read with commas', async () => {
    expect(await detect('')).toEqual({ encoding: 'utf-8', delimiter: ',' });
  });
});
