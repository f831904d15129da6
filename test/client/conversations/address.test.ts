import { describe, expect, test } from 'vitest';
import {
  countRequest,
  isFiltered,
  listRequest,
  readPlace,
  tabsFor,
  ticketHref,
  ticketOfPath,
} from '../../../client/conversations/queue/address.ts';
import { newId } from '../../../shared/lib/ids.ts';
import { parseView } from '../../../shared/protocol/index.ts';
import { OBJECTS, Registry } from '../../../shared/objects/index.ts';

const ME = newId();
const QUEUE = newId();
const TAG = newId();
const ticket = new Registry(OBJECTS, []).get('ticket');
const all = { me: ME, reads: () => true };
const place = (query: string) => readPlace(new URLSearchParams(query));

describe('the address of a list', () => {
  test('says nothing: one’s own tickets that are not resolved, in the order of the queue', () => {
    expect(listRequest(place(''), all)).toEqual({
      object: 'ticket',
      filter: { assignee: { in: [ME] }, status: { in: ['open', 'pending'] } },
      limit: 50,
    });
  });

  test('says everything', () => {
    const full = `tab=unassigned&queue=${QUEUE}&status=resolved&priority=high,urgent&tag=${TAG}&q=card&sort=newest`;
    const request = listRequest(place(full), all);
    expect(request).toMatchObject({
      partition: QUEUE,
      filter: {
        assignee: null,
        status: { in: ['resolved'] },
        priority: { in: ['urgent', 'high'] },
        tags: { has: TAG },
      },
      q: 'card',
      sort: '-created_at',
    });
    const { object: _, ...rest } = request;
    expect(() => parseView(ticket, rest)).not.toThrow();
  });

  test('says nonsense, which counts as not said', () => {
    expect(place('tab=else&queue=1&status=gone&priority=,,&tag=x&sort=up')).toEqual(place(''));
  });

  test('is filtered by what narrows it, not by tab, queue or order', () => {
    expect(isFiltered(place(`tab=all&queue=${QUEUE}&sort=newest`))).toBe(false);
    for (const query of ['status=resolved', 'priority=low', `tag=${TAG}`, 'q=a'])
      expect(isFiltered(place(query)), query).toBe(true);
  });

  test('never asks by a field that may not be read', () => {
    const some = { me: ME, reads: (field: string) => !['mentioned', 'priority'].includes(field) };
    expect(tabsFor(some)).toEqual(['mine', 'unassigned', 'all']);
    const { filter } = listRequest(place('tab=mentions&priority=high'), some);
    expect(Object.keys(filter ?? {})).toEqual(['status']);
  });
});

test('what a tab holds is counted whatever the filter', () => {
  expect(countRequest('mentions', QUEUE, all)).toEqual({
    object: 'ticket',
    partition: QUEUE,
    filter: { mentioned: { has: ME }, status: { in: ['open', 'pending'] } },
    limit: 1,
  });
});

test('a ticket’s address keeps its list', () => {
  const query = new URLSearchParams('tab=all&pane=details');
  expect(ticketHref(TAG, query)).toBe(`/tickets/${TAG}?tab=all`);
  expect(ticketHref(null, new URLSearchParams())).toBe('/tickets');
  expect(ticketOfPath(`/tickets/${TAG}`)).toBe(TAG);
  expect(ticketOfPath('/tickets')).toBeNull();
  expect(ticketOfPath('/tickets/1')).toBeNull();
});
