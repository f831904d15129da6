import { firstName as firstNameOf } from '../../../shared/lib/names.ts';
import { describe, expect, test } from 'vitest';
import { mentionsIn, piecesOf } from '../../../client/conversations/thread/pieces.ts';

const links = (body: string) =>
  piecesOf(body).flatMap((piece) => (piece.kind === 'link' ? [piece.href] : []));
const whole = (body: string) =>
  piecesOf(body)
    .map(({ text }) => text)
    .join('');
const kofi = { id: 'k', name: 'Kofi Owusu' };
const anna = { id: 'a', name: 'Anna Sørensen' };

describe('links', () => {
  test('are http and https, and nothing else', () => {
    expect(links('see https://a.example/x and http://b.example')).toEqual([
      'https://a.example/x',
      'http://b.example/',
    ]);
    expect(links('javascript:alert(1) data:text/html,x ftp://a.example file:///etc vbscript:x')).toEqual([]);
  });

  test('end before the sentence does, and keep brackets of their own', () => {
    expect(links('(https://a.example/x).')).toEqual(['https://a.example/x']);
    expect(links('https://a.example/wiki/X_(y), really?')).toEqual(['https://a.example/wiki/X_(y)']);
  });

  test('cannot break out of what they stand in', () => {
    expect(links('https://a.example/"onclick=x')).toEqual(['https://a.example/']);
    expect(piecesOf('<img src=x onerror=alert(1)>')).toEqual([
      { kind: 'text', text: '<img src=x onerror=alert(1)>' },
    ]);
  });

  test('nothing of the text is lost', () => {
    for (const body of ['https://', 'a https://x..', '@@ @Kofi', 'https://a.example/@Kofi', '\u202eabc', ''])
      expect(whole(body)).toBe(body);
  });
});

describe('mentions', () => {
  test('are those who were really mentioned, by their whole or their first name', () => {
    const found = (text: string) =>
      mentionsIn(text, [kofi, anna]).map(({ id, start, end }) => [id, text.slice(start, end)]);
    expect(found('@Kofi and @Anna Sørensen, but not @Bob')).toEqual([
      ['k', '@Kofi'],
      ['a', '@Anna Sørensen'],
    ]);
    expect(mentionsIn('@Kofi', [])).toEqual([]);
  });

  test('are no part of a longer name or of a mail address', () => {
    expect(mentionsIn('@Kofinas mail@Kofi.example', [kofi])).toEqual([]);
  });

  test('a name in another script is called whole', () => {
    expect([firstNameOf('Anna Sørensen'), firstNameOf('田中 次郎')]).toEqual(['Anna', '田中 次郎']);
    expect(mentionsIn('请看 @田中 次郎，谢谢', [{ id: 't', name: '田中 次郎' }])).toHaveLength(1);
  });
});
