import { describe, expect, test } from 'vitest';
import {
  hasOlder,
  threadItems,
  type Item,
  type ThreadParts,
} from '../../../client/conversations/thread/items.ts';
import type { Outgoing } from '../../../client/stores/outgoing.svelte.ts';
import type { MaskedRecord } from '../../../shared/access/index.ts';

const at = (minute: number, day = 20) => new Date(2026, 10, day, 12, minute).toISOString();
const row = (id: string, minute: number, fields: Record<string, string | string[] | null>): MaskedRecord => ({
  id,
  version: 1,
  created_at: at(minute),
  may: { actions: [], edit: [] },
  ...fields,
});
const theirs = (id: string, minute: number) =>
  row(id, minute, { from: 'customer', author: null, author_name: 'Lena', body: id });
const ours = (id: string, minute: number, author = 'me') =>
  row(id, minute, { from: 'us', author, author_name: 'K', body: id });
const note = (id: string, minute: number) => row(id, minute, { author: 'other', body: id, mentions: ['me'] });
const sending = (changes: Partial<Outgoing> = {}): Outgoing => ({ key: 'p', ticket: 't', kind: 'reply', body: 'hello', mentions: [], at: at(30), after: '', state: 'sending', id: null, why: null, unreadable: false, ...changes }); // prettier-ignore

const NONE = { rows: [], hasMore: false };
const parts = (changes: Partial<ThreadParts>): ThreadParts => ({
  messages: NONE,
  notes: NONE,
  events: { list: [], hasMore: false, oldest: null },
  outgoing: [],
  me: 'me',
  seenByUs: null,
  seenByCustomer: null,
  ...changes,
});
const keys = (items: Item[]) => items.filter(({ type }) => type !== 'day').map(({ key }) => key);
const said = (items: Item[]) =>
  items.flatMap((item) => (item.type === 'message' || item.type === 'note' ? [item] : []));

describe('a thread', () => {
  test('has messages, notes and events in the order of time, a line for each day', () => {
    const items = threadItems(
      parts({
        messages: { rows: [ours('m2', 9), theirs('m1', 1)], hasMore: false },
        notes: { rows: [note('n1', 5)], hasMore: false },
        events: {
          list: [{ key: 'h1', at: at(3), sort: 'assigned', what: '' }],
          hasMore: false,
          oldest: at(3),
        },
      }),
    );
    expect(keys(items)).toEqual(['m1', 'h1', 'n1', 'm2']);
    expect(items[0]?.type).toBe('day');
  });

  test('shows nothing before what may be missing: an old note never seems to follow a message that is not loaded', () => {
    const some = parts({
      messages: { rows: [ours('m2', 9), theirs('m1', 5)], hasMore: true },
      notes: { rows: [note('n2', 7), note('n1', 1)], hasMore: false },
    });
    expect(keys(threadItems(some))).toEqual(['m1', 'n2', 'm2']);
    expect(hasOlder(some)).toBe(true);
  });

  test('what one person says in one go has one face and one time; what was read by then is told apart', () => {
    const rows = [theirs('m3', 4), theirs('m2', 2), theirs('m1', 1)];
    const marks = (seenByUs: string | null) =>
      said(threadItems(parts({ messages: { rows, hasMore: false }, seenByUs }))).map(
        ({ first, last, read }) => [first, last, read],
      );
    expect(marks(null)).toEqual([[true, false, false], [false, false, false], [false, true, false]]); // prettier-ignore
    expect(marks(at(2))).toEqual([
      [true, false, true],
      [false, true, true],
      [true, true, false],
    ]);
  });
});

describe('what is on its way', () => {
  test('stands last, even where the clock here is slow', () => {
    const items = threadItems(
      parts({ messages: { rows: [theirs('m1', 50)], hasMore: false }, outgoing: [sending()] }),
    );
    expect(keys(items)).toEqual(['m1', 'p']);
  });

  test('is in the thread once, whether the answer or the socket is faster', () => {
    const arrived = { ...ours('m1', 31), body: 'hello' };
    const shown = (one: Outgoing) =>
      keys(threadItems(parts({ messages: { rows: [arrived], hasMore: false }, outgoing: [one] })));
    expect(shown(sending())).toEqual(['m1']);
    expect(shown(sending({ state: 'sent', id: 'm1' }))).toEqual(['m1']);
    expect(shown(sending({ state: 'sent', id: 'm2' }))).toEqual(['m1', 'p']);
  });

  test('the same words said earlier, or by somebody else, are not it', () => {
    const earlier = { ...ours('m1', 20), body: 'hello' };
    const other = { ...ours('m2', 31, 'other'), body: 'hello' };
    const items = parts({
      messages: { rows: [other, earlier], hasMore: false },
      outgoing: [sending({ after: at(20) })],
    });
    expect(keys(threadItems(items))).toEqual(['m1', 'm2', 'p']);
  });

  test('two of the same words are two', () => {
    const arrived = { ...ours('m1', 31), body: 'hello' };
    const two = [sending(), sending({ key: 'q' })];
    expect(
      keys(threadItems(parts({ messages: { rows: [arrived], hasMore: false }, outgoing: two }))),
    ).toEqual(['m1', 'q']);
  });

  test('what was refused stays, with its words', () => {
    const refused = sending({ state: 'refused', why: 'no' });
    const same = { ...ours('m1', 31), body: 'hello' };
    expect(keys(threadItems(parts({ messages: { rows: [same], hasMore: false }, outgoing: [refused] })))).toEqual(['p', 'm1'].sort()); // prettier-ignore
  });
});
