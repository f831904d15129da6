import { describe, expect, test } from 'vitest';
import { Replica, type Page } from '../../../client/stores/replica.ts';
import type { Window } from '../../../client/stores/window.ts';
import type { MaskedRecord } from '../../../shared/access/index.ts';
import type { View } from '../../../shared/protocol/index.ts';
import { id, ME, view } from './deals.ts';

const row = (n: number, version: number, fields: object = {}): MaskedRecord => ({
  id: id(n),
  version,
  created_at: '2026-01-01T00:00:00.000Z',
  may: { actions: ['read'], edit: [] },
  title: `Deal ${n}`,
  stage: 'new',
  ...fields,
});

function collecting() {
  const records = new Map<string, MaskedRecord>();
  const windows = new Map<string, readonly MaskedRecord[]>();
  const replica = new Replica({
    record: (_, key, record) => (record ? records.set(key, record) : records.delete(key)),
    view: (window: Window) => windows.set(window.id, window.rows),
    changed: () => undefined,
  });
  const open = (name: string, of: View, page: Page) => {
    replica.add(name, of, false);
    replica.opened(name, replica.ask(), page);
  };
  const titles = (name: string) => (windows.get(name) ?? []).map((r) => r['title']);
  return { replica, records, windows, open, titles };
}

describe('an answer and the events around it', () => {
  test('an event that overtakes the answer is not lost', () => {
    const { replica, titles } = collecting();
    replica.add('a', view(), false);
    const asked = replica.ask();
    replica.apply([['patch', 'deal', id(1), 2, { title: 'Renamed' }]]);
    replica.opened('a', asked, { rows: [row(1, 1)] });
    expect(titles('a')).toEqual(['Renamed']);
  });

  test('two views that are asked for at once both have what overtakes their answers', () => {
    const { replica, titles } = collecting();
    replica.add('a', view(), false);
    replica.add('b', view(), false);
    const [first, second] = [replica.ask(), replica.ask()];
    replica.opened('a', first, { rows: [] });
    replica.apply([['patch', 'deal', id(1), 2, { title: 'Renamed' }]]);
    replica.opened('b', second, { rows: [row(1, 1)] });
    expect(titles('b')).toEqual(['Renamed']);
  });

  test.each(['enter', 'patch'] as const)(
    'a record that another view’s answer has brought further stands where an older %s puts it',
    (op) => {
      const { replica, titles } = collecting();
      replica.add('a', view(), false);
      replica.add('b', view(), false);
      const [first, second] = [replica.ask(), replica.ask()];
      // Both were asked for at once; what was read later is here sooner.
      replica.opened('b', second, { rows: [row(1, 3)] });
      replica.opened('a', first, { rows: [] });
      expect(titles('a')).toEqual([]);
      const { id: _id, version: _version, ...fields } = row(1, 2);
      replica.apply([[op, 'deal', id(1), 2, fields]]);
      replica.apply([['patch', 'deal', id(1), 3, { title: 'Deal 1' }]]);
      expect(titles('a')).toEqual(['Deal 1']);
    },
  );

  test('a record that left while the answer was on its way does not come back with it', () => {
    const { replica, records } = collecting();
    replica.add('a', view(), false);
    const asked = replica.ask();
    replica.apply([['leave', 'deal', id(1), 2, {}]]);
    replica.opened('a', asked, { rows: [row(1, 1)] });
    expect(records.size).toBe(0);
  });

  test('a record that left and was given back, unchanged, before the answer was read is there', () => {
    const { replica, titles } = collecting();
    replica.add('a', view(), false);
    const asked = replica.ask();
    replica.apply([['leave', 'deal', id(1), 1, {}]]);
    replica.opened('a', asked, { rows: [row(1, 1)] });
    expect(titles('a')).toEqual(['Deal 1']);
  });

  test('a field scrubbed while the answer was on its way does not come back with it', () => {
    const { replica, records } = collecting();
    replica.add('a', view(), false);
    const asked = replica.ask();
    replica.apply([['scrub', 'deal', id(1), 2, { amount: null }]]);
    replica.opened('a', asked, { rows: [row(1, 1, { amount: 500 })] });
    expect(records.get(id(1))).not.toHaveProperty('amount');
  });

  test('a row of an answer that is older than what is held changes nothing', () => {
    const { replica, open, titles } = collecting();
    open('a', view(), { rows: [row(1, 3, { title: 'New name' })] });
    replica.add('b', view({ record: id(1) }), true);
    replica.opened('b', replica.ask(), { rows: [row(1, 2, { title: 'Old name' })] });
    expect(titles('a')).toEqual(['New name']);
  });

  test('what an answer no longer contains is forgotten, unless another view still has it', () => {
    const { replica, open, titles, records } = collecting();
    open('a', view(), { rows: [row(1, 1), row(2, 1), row(3, 1)] });
    open('b', view({ record: id(2) }), { rows: [row(2, 1)] });
    replica.stale();
    expect(titles('a')).toEqual(['Deal 1', 'Deal 2', 'Deal 3']);
    replica.opened('a', replica.ask(), { rows: [row(1, 1)] });
    expect(titles('a')).toEqual(['Deal 1']);
    expect([...records.keys()]).toEqual([id(1), id(2)]);
    replica.opened('b', replica.ask(), { rows: [] });
    expect([...records.keys()]).toEqual([id(1)]);
  });

  test('until its answer is here, a new view shows nothing of a list, but a record at once', () => {
    const { replica, open, titles } = collecting();
    open('a', view(), { rows: [row(1, 1)] });
    replica.add('list', view({ filter: { stage: 'new' } }), false);
    replica.add('one', view({ record: id(1) }), true);
    expect([titles('list'), titles('one')]).toEqual([[], ['Deal 1']]);
  });
});

describe('events', () => {
  test('an older version changes nothing', () => {
    const { replica, open, titles } = collecting();
    open('a', view(), { rows: [row(1, 5)] });
    replica.apply([['patch', 'deal', id(1), 4, { title: 'Stale' }]]);
    replica.apply([['leave', 'deal', id(1), 4, {}]]);
    expect(titles('a')).toEqual(['Deal 1']);
  });

  test('scrub and patch of one change are both applied', () => {
    const { replica, open, records } = collecting();
    open('a', view(), { rows: [row(1, 1, { amount: 500 })] });
    replica.apply([
      ['scrub', 'deal', id(1), 2, { amount: null }],
      ['patch', 'deal', id(1), 2, { title: 'Handed over', by: ME }],
    ]);
    expect(records.get(id(1))).toMatchObject({ version: 2, title: 'Handed over' });
    expect(records.get(id(1))).not.toHaveProperty('amount');
    expect(records.get(id(1))).not.toHaveProperty('by');
  });

  test('a row that no longer matches goes over to the view it matches now, and is forgotten if there is none', () => {
    const { replica, open, titles, records } = collecting();
    open('new', view({ filter: { stage: 'new' } }), { rows: [row(1, 1), row(2, 1)] });
    open('won', view({ filter: { stage: 'won' } }), { rows: [] });
    replica.apply([['patch', 'deal', id(1), 2, { stage: 'won' }]]);
    replica.apply([['patch', 'deal', id(2), 2, { stage: 'lost' }]]);
    expect([titles('new'), titles('won')]).toEqual([[], ['Deal 1']]);
    expect([...records.keys()]).toEqual([id(1)]);
  });

  test('closing a view forgets what no other view contains', () => {
    const { replica, open, records } = collecting();
    open('all', view(), { rows: [row(1, 1), row(2, 1)] });
    open('one', view({ record: id(1) }), { rows: [row(1, 1)] });
    replica.remove('all');
    expect([...records.keys()]).toEqual([id(1)]);
  });

  test('nothing behind the last loaded row is shown before it is loaded', () => {
    const { replica, open, titles } = collecting();
    open('a', view(), { rows: [row(1, 1), row(3, 1)], next: 'c' });
    replica.apply([['enter', 'deal', id(9), 1, { ...row(9, 1) }]]);
    replica.apply([['enter', 'deal', id(2), 1, { ...row(2, 1) }]]);
    expect(titles('a')).toEqual(['Deal 1', 'Deal 2', 'Deal 3']);
    replica.continued('a', replica.ask(), { rows: [row(5, 1), row(9, 1)] });
    expect(titles('a')).toEqual(['Deal 1', 'Deal 2', 'Deal 3', 'Deal 5', 'Deal 9']);
  });

  test('a list whose last loaded row has gone asks to be read anew, and then remembers nothing of that row', () => {
    const { replica, open } = collecting();
    open('a', view({ sort: '-amount' }), {
      rows: [row(1, 1, { amount: 9 }), row(2, 1, { amount: 7331 })],
      next: 'c',
    });
    replica.apply([['leave', 'deal', id(2), 2, {}]]);
    expect(replica.window('a')?.doubtful).toBe(true);
    replica.opened('a', replica.ask(), { rows: [row(1, 1, { amount: 9 })] });
    expect(JSON.stringify(replica.window('a'))).not.toContain('7331');
  });
});

describe('own changes', () => {
  test('are shown at once, move the row, and come off again', () => {
    const { replica, open, titles } = collecting();
    open('new', view({ filter: { stage: 'new' } }), { rows: [row(1, 1)] });
    open('won', view({ filter: { stage: 'won' } }), { rows: [] });
    const token = replica.overlay('deal', id(1), { stage: 'won' });
    expect(titles('won')).toEqual(['Deal 1']);
    replica.settle('deal', id(1), token);
    expect([titles('new'), titles('won')]).toEqual([['Deal 1'], []]);
  });

  test('lie over a change of someone else until they are answered', () => {
    const { replica, open, titles, records } = collecting();
    open('a', view(), { rows: [row(1, 1)] });
    const token = replica.overlay('deal', id(1), { title: 'Mine' });
    replica.apply([['patch', 'deal', id(1), 2, { stage: 'won' }]]);
    expect(records.get(id(1))).toMatchObject({ title: 'Mine', stage: 'won' });
    replica.learned('deal', row(1, 3, { title: 'Mine', stage: 'won' }));
    replica.settle('deal', id(1), token);
    expect(titles('a')).toEqual(['Mine']);
  });

  test('the answer to a write does not bring back a record that has left', () => {
    const { replica, open, records } = collecting();
    open('a', view(), { rows: [row(1, 1)] });
    const token = replica.overlay('deal', id(1), { title: 'Mine' });
    replica.apply([['leave', 'deal', id(1), 2, {}]]);
    replica.learned('deal', row(1, 2, { title: 'Mine' }));
    replica.settle('deal', id(1), token);
    expect(records.size).toBe(0);
  });
});

test('clear forgets every record, and late frames bring none back', () => {
  const { replica, open, records } = collecting();
  open('a', view(), { rows: [row(1, 1)] });
  replica.clear();
  replica.apply([['enter', 'deal', id(2), 1, { ...row(2, 1) }]]);
  expect(records.size).toBe(0);
  expect(replica.get('deal', id(2))).toBeUndefined();
});
