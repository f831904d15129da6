import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import * as format from '../../../client/ui/format.ts';

const NOW = Date.parse('2026-11-20T12:00:00Z');
const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const plain = (text: string) => text.replaceAll('\u00a0', ' ');

beforeAll(() => format.useFormat({ locale: 'en', timeZone: 'UTC', currency: 'EUR' }));
afterAll(() => format.useFormat({ locale: 'en', timeZone: undefined, currency: 'EUR' }));

describe('age', () => {
  test.each([
    [0, 'now'],
    [59_000, 'now'],
    [MINUTE, '1 m'],
    [59 * MINUTE, '59 m'],
    [HOUR, '1 h'],
    [23 * HOUR, '23 h'],
    [3 * DAY, '3 d'],
    [21 * DAY + HOUR, '21 d'],
    [-HOUR, 'now'],
  ])('%d ms ago is "%s"', (passed, text) => {
    expect(format.age(NOW - passed, NOW)).toBe(text);
  });
});

describe('when', () => {
  test.each([
    ['2026-11-20T11:59:30Z', 'now'],
    ['2026-11-20T10:12:00Z', '10:12'],
    ['2026-11-19T23:59:00Z', 'yesterday'],
    ['2026-11-21T00:01:00Z', 'tomorrow'],
    ['2026-11-18T08:00:00Z', '18 Nov'],
    ['2025-11-18T08:00:00Z', '18 Nov 2025'],
  ])('%s is "%s"', (at, text) => {
    expect(format.when(at, NOW)).toBe(text);
  });

  test('midnight is where the reader lives, not in London', () => {
    format.useFormat({ timeZone: 'Asia/Tokyo' });
    expect(format.when('2026-11-19T15:30:00Z', NOW)).toBe('00:30');
    expect(format.dayName('2026-11-19T14:30:00Z', NOW)).toBe('Yesterday');
    format.useFormat({ timeZone: 'UTC' });
  });
});

describe('money', () => {
  test.each([
    [18400, '€ 18,400'],
    [1250.5, '€ 1,250.50'],
    [0, '€ 0'],
    [-37, '-€ 37'],
  ])('%d is "%s"', (amount, text) => {
    expect(plain(format.money(amount))).toBe(text);
  });

  test.each([
    [640, '€ 640'],
    [4100, '€ 4.1k'],
    [186_000, '€ 186k'],
    [999_999, '€ 1m'],
    [1_240_000, '€ 1.2m'],
  ])('%d in short is "%s"', (amount, text) => {
    expect(plain(format.moneyShort(amount))).toBe(text);
  });

  test('stands behind the number where the locale puts it there', () => {
    format.useFormat({ locale: 'de' });
    expect(plain(format.money(18400))).toBe('18.400 €');
    format.useFormat({ locale: 'zh-CN' });
    expect(plain(format.money(18400))).toBe('€ 18,400');
    expect(plain(format.moneyShort(186_000))).toBe('€ 19万');
    format.useFormat({ locale: 'en' });
  });
});

test('a calendar date is the same day in every time zone', () => {
  format.useFormat({ timeZone: 'America/Los_Angeles' });
  expect(format.date('2026-12-18')).toBe('18 December 2026');
  expect(format.dateShort('2026-12-18', NOW)).toBe('18 Dec');
  expect(format.dateShort('2027-01-02', NOW)).toBe('2 Jan 2027');
  format.useFormat({ timeZone: 'UTC' });
});

test('days since an instant are whole and never negative', () => {
  expect(format.daysSince(NOW - 12 * DAY - HOUR, NOW)).toBe(12);
  expect(format.daysSince(NOW + DAY, NOW)).toBe(0);
});

test('percent has its space', () => {
  expect(plain(format.percent(60))).toBe('60 %');
});
