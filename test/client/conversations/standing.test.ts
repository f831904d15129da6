import { describe, expect, test } from 'vitest';
import { arrange } from '../../../client/conversations/queue/standing.ts';
import { rowsOf, ticketOf } from './rows.ts';

/** The list as letters; `_` is an empty place. */
const shown = (slots: readonly { id: string; record: unknown }[]) =>
  slots.map(({ id, record }) => (record ? id : '_')).join('');

describe('a list under the pointer', () => {
  test('lets arrivals wait and counts them', () => {
    const { slots, waiting } = arrange(rowsOf('xabyc'), [...'abc'], null);
    expect([shown(slots), waiting]).toEqual(['abc', 2]);
  });

  test('keeps its order whatever is sorted anew', () => {
    expect(shown(arrange(rowsOf('cba'), [...'abc'], null).slots)).toBe('abc');
  });

  test('leaves an empty place where one has gone, without anything of it', () => {
    const { slots } = arrange(rowsOf('ac'), [...'abc'], null);
    expect(shown(slots)).toBe('a_c');
    expect(slots[1]).toEqual({ id: 'b', record: null });
  });

  test('shows the next page, which disturbs nobody', () => {
    const { slots, waiting } = arrange(rowsOf('abcde'), [...'abc'], null);
    expect([shown(slots), waiting]).toEqual(['abcde', 0]);
  });

  test('shows what comes where nothing stood', () => {
    const { slots, waiting } = arrange(rowsOf('ab'), [], null);
    expect([shown(slots), waiting]).toEqual(['ab', 0]);
  });
});

describe('the open ticket', () => {
  const kept = (id: string, order: string, record = true) => ({
    id,
    record: record ? ticketOf({ id }) : null,
    order: [...order],
  });

  test('keeps its place where it has left the tab', () => {
    expect(shown(arrange(rowsOf('acd'), null, kept('b', 'abcd')).slots)).toBe('abcd');
  });

  test('keeps its place where it would be sorted elsewhere', () => {
    expect(shown(arrange(rowsOf('acdb'), null, kept('b', 'abcd')).slots)).toBe('abcd');
  });

  test('stands behind the nearest of those that stood before it', () => {
    expect(shown(arrange(rowsOf('xcad'), null, kept('b', 'abcd')).slots)).toBe('xcabd');
    expect(shown(arrange(rowsOf('cd'), null, kept('b', 'abcd')).slots)).toBe('bcd');
  });

  test('is not put into a list that it never was in', () => {
    expect(shown(arrange(rowsOf('ac'), null, kept('b', 'ac')).slots)).toBe('ac');
  });

  test('goes at once when it is out of reach', () => {
    expect(shown(arrange(rowsOf('acd'), null, kept('b', 'abcd', false)).slots)).toBe('acd');
    expect(shown(arrange(rowsOf('acd'), [...'abcd'], kept('b', 'abcd', false)).slots)).toBe('a_cd');
  });

  test('is drawn as its own page holds it, under the pointer too', () => {
    expect(shown(arrange(rowsOf('acd'), [...'abcd'], kept('b', 'abcd')).slots)).toBe('abcd');
  });
});
