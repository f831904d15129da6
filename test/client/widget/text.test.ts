import { describe, expect, test } from 'vitest';
import { partsOf } from '../../../client/widget/chat/text.ts';

const links = (body: string) => partsOf(body).flatMap(({ text, href }) => (href ? [text] : []));
const whole = (body: string) =>
  partsOf(body)
    .map(({ text }) => text)
    .join('');

describe('addresses in messages', () => {
  test.each([
    ['see https://shop.example/a?b=c#d.', 'https://shop.example/a?b=c#d'],
    ['(https://shop.example/x)', 'https://shop.example/x'],
    [
      'https://en.wikipedia.org/wiki/Tile_(disambiguation)!',
      'https://en.wikipedia.org/wiki/Tile_(disambiguation)',
    ],
    ['请看 https://shop.example/订单，谢谢', 'https://shop.example/订单'],
    ['请看https://shop.example看看', 'https://shop.example'],
    ['HTTP://SHOP.EXAMPLE/', 'HTTP://SHOP.EXAMPLE/'],
    ['https://münchen.example/', 'https://münchen.example/'],
  ])('%s', (body, link) => expect(links(body)).toEqual([link]));

  test.each([
    'javascript:alert(1)',
    'data:text/html,<script>alert(1)</script>',
    'https://',
    'http://[',
    'https://bank.example@evil.example/',
    'ftp://files.example',
    'mailto:lena@shop.example',
    'www.shop.example',
  ])('%s is no link', (body) => expect(links(body)).toEqual([]));

  test('what cannot be seen ends an address', () =>
    expect(links('https://shop.example/\u202Egpj.exe')).toEqual(['https://shop.example/']));

  test('nothing of a message is lost or changed', () => {
    for (const body of [
      '',
      ' \n',
      'a https://b.example, c',
      'https://a.example https://b.example',
      '<b>&amp;</b>',
    ])
      expect(whole(body)).toBe(body);
  });

  test('a message full of addresses has its first fifty as links', () => {
    const body = 'https://a.example '.repeat(600);
    expect(links(body)).toHaveLength(50);
    expect(whole(body)).toBe(body);
  });

  test('a long message without an end is read in no time', () => {
    const begun = performance.now();
    partsOf(`https://${'('.repeat(10_000)}`);
    partsOf(`https://a.example/${'.)'.repeat(4_990)}`);
    partsOf(`https://a.example/${'.)'.repeat(980)} `.repeat(5));
    expect(performance.now() - begun).toBeLessThan(1_000);
  });
});
