import { describe, expect, test } from 'vitest';
import { narrow, personChoices, step } from '../../../client/conversations/actions/choices.ts';
import { Arrivals } from '../../../client/conversations/queue/arrivals.ts';
import { stepFrom } from '../../../client/conversations/queue/step.ts';
import { calledOf, isUnread, previewOf } from '../../../client/conversations/ticket.ts';
import { ticketOf } from './rows.ts';

const at = (minute: number) => `2026-01-01T10:${String(minute).padStart(2, '0')}:00.000Z`;

describe('moving on', () => {
  const ids = [...'abc'];
  test('goes to the neighbour, and from nowhere to the first', () => {
    expect([stepFrom(ids, 'b', 1), stepFrom(ids, 'b', -1), stepFrom(ids, null, 1)]).toEqual(['c', 'a', 'a']);
    expect([stepFrom(ids, 'c', 1), stepFrom(ids, 'a', -1), stepFrom([], null, 1)]).toEqual([
      null,
      null,
      null,
    ]);
  });

  test('goes to what took the place of a ticket that has gone', () => {
    expect([stepFrom(ids, 'x', 1, 1), stepFrom(ids, 'x', -1, 1)]).toEqual(['b', 'a']);
  });
});

describe('a ticket is unread', () => {
  const from = (preview_from: string, seen: string | null) =>
    isUnread(ticketOf({ preview_from, last_message_at: at(5), seen_by_us_at: seen }));
  test('where the customer spoke last and nobody has read it since', () => {
    expect([
      from('customer', null),
      from('customer', at(4)),
      from('customer', at(5)),
      from('us', null),
    ]).toEqual([true, true, false, false]);
  });
  test('never where the thread is hidden', () => {
    expect(isUnread(ticketOf({}))).toBe(false);
  });
});

describe('the line under the subject', () => {
  const said = { preview: 'Hello', preview_from: 'customer', last_message_at: at(5) };
  test('is the newest of message and note', () => {
    expect(previewOf(ticketOf(said))).toEqual({ kind: 'customer', text: 'Hello' });
    expect(previewOf(ticketOf({ ...said, preview_from: 'us' }))?.kind).toBe('us');
    expect(previewOf(ticketOf({ ...said, note_preview: 'Hm', last_note_at: at(6) }))).toEqual({
      kind: 'note',
      text: 'Hm',
    });
    expect(previewOf(ticketOf({ ...said, note_preview: 'Hm', last_note_at: at(4) }))?.kind).toBe('customer');
  });
  test('is empty where nothing was said, or nothing may be read', () => {
    expect(previewOf(ticketOf({}))).toBeNull();
  });
});

test('a ticket is called by its subject, or where that is hidden by its number', () => {
  expect([calledOf(ticketOf({ subject: 'Help', number: 7 })), calledOf(ticketOf({ number: 7 }))]).toEqual([
    'Help',
    '#7',
  ]);
});

describe('messages that come while nobody looks', () => {
  const row = (id: string, minute: number) => ticketOf({ id, last_message_at: at(minute) });
  test('are counted once each, whatever else changes', () => {
    const arrivals = new Arrivals();
    arrivals.start([row('a', 1), row('b', 3)]);
    expect(arrivals.look([row('a', 1), row('b', 3)])).toEqual({ count: 0, fresh: false });
    expect(arrivals.look([row('a', 4), row('b', 3)])).toEqual({ count: 1, fresh: true });
    expect(arrivals.look([row('a', 4), row('b', 3)])).toEqual({ count: 1, fresh: false });
    // The same ticket in another list, or an old one that comes into view, is no message.
    expect(arrivals.look([row('a', 4), row('a', 4), row('c', 2)])).toEqual({ count: 1, fresh: false });
    expect(arrivals.look([row('a', 5)])).toEqual({ count: 2, fresh: true });
  });
  test('do not count while somebody looks', () => {
    const arrivals = new Arrivals();
    expect(arrivals.look([row('a', 4)])).toEqual({ count: 0, fresh: false });
    arrivals.start([row('a', 4)]);
    arrivals.stop();
    expect(arrivals.look([row('a', 9)])).toEqual({ count: 0, fresh: false });
  });
});

describe('a list to choose from', () => {
  test('is narrowed by what is typed, beginnings first', () => {
    const choices = ['Support Berlin', 'Billing', 'Onboarding'].map((label) => ({ value: label, label }));
    expect(narrow(choices, 'b').map(({ label }) => label)).toEqual([
      'Billing',
      'Support Berlin',
      'Onboarding',
    ]);
    expect(narrow(choices, ' BOARD ').map(({ label }) => label)).toEqual(['Onboarding']);
    expect(narrow(choices, '')).toHaveLength(3);
  });

  test('is a ring for the arrows', () => {
    expect([step('ArrowDown', 2, 3), step('ArrowUp', 0, 3), step('End', 0, 3), step('x', 0, 3)]).toEqual([
      0,
      2,
      2,
      null,
    ]);
    expect(step('ArrowDown', 0, 0)).toBeNull();
  });

  test('of people begins with oneself and those who work the queue; who has left is not offered', () => {
    const people = [
      ticketOf({ id: 'zoe', name: 'Zoe', team: 'billing', active: true, title: 'Agent' }),
      ticketOf({ id: 'ann', name: 'Ann', team: 'sales', active: true }),
      ticketOf({ id: 'me', name: 'Me', team: 'sales', active: true }),
      ticketOf({ id: 'gone', name: 'Gone', team: 'billing', active: false }),
    ];
    const words = { me: (name: string) => `${name} (you)`, works_queue: 'here' };
    const choices = personChoices({ people, me: 'me', teams: new Set(['billing']), words });
    expect(choices.map(({ label, text }) => [label, text])).toEqual([
      ['Me (you)', undefined],
      ['Zoe', 'Agent · here'],
      ['Ann', undefined],
    ]);
  });
});
