import { expect, test } from 'vitest';
import { ticketEvents } from '../../../client/conversations/thread/events.ts';
import { en } from '../../../client/conversations/thread/words.ts';
import type { HistoryEntry } from '../../../shared/protocol/index.ts';

const look = { name: (_: string, id: string) => id, choice: (_: string, value: string) => value };
const entry = (
  changes: HistoryEntry['changes'],
  actor: string | null = 'Kofi',
  op: HistoryEntry['op'] = 'update',
): HistoryEntry => ({
  seq: 1,
  at: '2026-11-20T09:00:00.000Z',
  version: 2,
  op,
  actor,
  changes,
});
const lines = (one: HistoryEntry) => ticketEvents([one], look, en).map(({ what }) => what);

test('taking it, giving it away and letting go are told apart', () => {
  expect(lines(entry({ assignee: [null, 'Kofi'] }))).toEqual(['Kofi took it']);
  expect(lines(entry({ assignee: ['Kofi', 'Anna'] }))).toEqual(['Kofi gave it to Anna']);
  expect(lines(entry({ assignee: ['Anna', null] }))).toEqual(['Kofi took it off Anna']);
});

test('moved to another queue or team it has nobody, which goes without saying', () => {
  expect(
    lines(entry({ queue: ['Billing', 'Technical'], assignee: ['Anna', null], team: ['T', null] })),
  ).toEqual(['Kofi moved it from Billing to Technical']);
  expect(lines(entry({ team: [null, 'Night'], assignee: ['Anna', null] }))).toEqual([
    'Kofi gave it to the team Night',
  ]);
});

test('fields that are not about who has it or how it stands make no line', () => {
  expect(lines(entry({ subject: ['a', 'b'], tags: [[], ['x']], contact: [null, 'c'] }))).toEqual([]);
});

test('what has no author was the customer, or the program', () => {
  expect(lines(entry({}, null, 'create'))).toEqual(['The customer opened it']);
  expect(lines(entry({ status: ['open', 'resolved'] }, null))).toEqual(['Rolecall resolved it']);
});
