import * as argon2 from '@node-rs/argon2';
import { expect, test, vi } from 'vitest';
import { deviceOf } from '../../../server/identity/device.ts';
import { hashPassword, passwordProblem, verifyPassword } from '../../../server/identity/passwords.ts';
import { network } from '../../../server/identity/signInGuard.ts';
import { hashToken, newToken, readToken } from '../../../server/identity/tokens.ts';

vi.mock('@node-rs/argon2', { spy: true });

test.each([
  [
    'Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/141.0.0.0 Safari/537.36',
    'Chrome 141 · macOS',
  ],
  [
    'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/141.0.0.0 Safari/537.36 Edg/141.0.3537.71',
    'Edge 141 · Windows',
  ],
  ['Mozilla/5.0 (X11; Linux x86_64; rv:143.0) Gecko/20100101 Firefox/143.0', 'Firefox 143 · Linux'],
  [
    'Mozilla/5.0 (iPhone; CPU iPhone OS 18_6 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.6 Mobile/15E148 Safari/604.1',
    'Safari 18 · iPhone',
  ],
  [
    'Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Mobile Safari/537.36',
    'Chrome 140 · Android',
  ],
  [
    'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) HeadlessChrome/140.0.0.0 Safari/537.36',
    'Chrome 140 · Linux',
  ],
  ['curl/8.5.0', 'curl 8'],
  ['node', 'Node'],
  ['', 'Unknown device'],
  [undefined, 'Unknown device'],
  ['<script>alert(1)</script>', 'Unknown device'],
  ['\u0000\r\nSet-Cookie: x', 'Unknown device'],
])('%j is %s', (agent, words) => {
  expect(deviceOf(agent)).toBe(words);
});

test('a very long user agent costs no time', () => {
  const begun = performance.now();
  for (const piece of ['Version/1.', 'Chrome/', '1'.repeat(10), ' ', 'Mobile/'])
    deviceOf(piece.repeat(100_000));
  expect(performance.now() - begun).toBeLessThan(200);
});

test.each([
  ['192.0.2.7', '192.0.2.7'],
  ['::ffff:192.0.2.7', '192.0.2.7'],
  ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64'],
  ['2001:db8:1:2::9', '2001:db8:1:2::/64'],
  ['2001:0db8:0001:0002::9', '2001:db8:1:2::/64'],
  ['2001:db8::9', '2001:db8:0:0::/64'],
  ['::1', '0:0:0:0::/64'],
  ['fe80::1%eth0', 'fe80:0:0:0::/64'],
  ['', ''],
])('%s counts as %s', (address, group) => {
  expect(network(address)).toBe(group);
});

test('a password is taken as it is: long, foreign, with spaces at its ends', async () => {
  // The last two look the same and are different texts: nothing is normalised.
  for (const password of [
    ' leading and trailing ',
    '密码很长很长很长很长',
    'x'.repeat(128),
    'e\u0301'.repeat(8),
    '\u00e9'.repeat(8),
  ]) {
    const hash = await hashPassword(password);
    expect(hash).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/);
    expect(await verifyPassword(hash, password)).toBe(true);
    expect(
      await verifyPassword(
        hash,
        password.normalize(password.includes('\u0301') ? 'NFC' : 'NFD').trim() + '!',
      ),
    ).toBe(false);
  }
  const accent = await hashPassword('e\u0301'.repeat(8));
  expect(await verifyPassword(accent, '\u00e9'.repeat(8))).toBe(false);
});

test('without an account a password is verified all the same, at the same cost, and never fits', async () => {
  const kept = await hashPassword('the real password');
  vi.mocked(argon2.verify).mockClear();
  expect(await verifyPassword(kept, 'a guess')).toBe(false);
  expect(await verifyPassword(null, 'a guess')).toBe(false);
  const costs = vi.mocked(argon2.verify).mock.calls.map(([hash]) => argon2.parseOptions(hash));
  expect(costs).toHaveLength(2);
  expect(costs[1]).toEqual(costs[0]);
});

test.each([
  'short',
  '1234567',
  'password',
  'PassWord123',
  'qwertyuiop',
  'aaaaaaaaaa',
  'rolecall',
  'x'.repeat(129),
])('%s is refused', (password) => expect(passwordProblem(password)).toEqual(expect.any(String)));
test.each(['correct horse battery', 'x7#kQ2!p', '密码很长很长很长', 'x'.repeat(64) + 'y'])(
  '%s is taken',
  (password) => expect(passwordProblem(password)).toBeNull(),
);
test("one's own name or address is refused", () => {
  expect(passwordProblem('Ada@House.example', ['Ada', 'ada@house.example'])).not.toBeNull();
});

test('a token has 256 bits, is told by its shape, and is not its hash', () => {
  const token = newToken();
  expect(Buffer.from(token, 'base64url')).toHaveLength(32);
  expect(readToken(token)).toBe(token);
  for (const text of [
    `${token}x`,
    token.slice(1),
    hashToken(token),
    '',
    null,
    undefined,
    7,
    `${token.slice(1)}%`,
  ]) {
    expect(readToken(text)).toBeNull();
  }
});
