import { describe, expect, test } from 'vitest';
import type { MaskedRecord } from '../../../shared/access/index.ts';
import type { StageDef, Value } from '../../../shared/fields/index.ts';
import { OBJECTS, Registry } from '../../../shared/objects/index.ts';
import { holdBack } from '../../../client/records/board/holdBack.ts';
import { heir, neighbour } from '../../../client/records/board/keys.ts';
import { problemsOf, cleaned } from '../../../client/records/fields/check.ts';
import { hrefOf } from '../../../client/records/fields/text.ts';
import { formFields } from '../../../client/records/form/formFields.ts';
import { columnsOf, readSort } from '../../../client/records/list/columns.ts';
import { factFields } from '../../../client/records/page/facts.ts';
import { ageTone, fieldsToAsk, overdue, summarize } from '../../../client/records/stages.ts';

const registry = new Registry(OBJECTS);
const deal = registry.get('deal');
const stage = (key: string, probability: number, kind: StageDef['kind'] = 'open', requires: string[] = []): StageDef => ({
  key, name: key, probability, kind, color: 'blue', requires,
}); // prettier-ignore
const record = (fields: Record<string, Value>, edit: string[] = []): MaskedRecord => ({
  id: 'd', version: 1, created_at: '2026-11-01T00:00:00.000Z', ...fields, may: { actions: ['read'], edit },
}); // prettier-ignore

describe('what is under the pointer stays', () => {
  const rows = (ids: string) => [...ids].map((id) => ({ id }));
  const ids = (shown: readonly { id: string }[]) => shown.map(({ id }) => id).join('');
  const frozen = new Map([...'abc'].map((id, i) => [id, i]));

  test('arrivals among the rows wait, and are counted', () => {
    const { shown, waiting } = holdBack(rows('xaybc'), frozen);
    expect([ids(shown), ids(waiting)]).toEqual(['abc', 'xy']);
  });
  test('a next page after them is shown', () =>
    expect(ids(holdBack(rows('abcde'), frozen).shown)).toBe('abcde'));
  test('what has gone is gone at once', () => expect(ids(holdBack(rows('xac'), frozen).shown)).toBe('ac'));
  test('rows that would change places keep theirs', () =>
    expect(ids(holdBack(rows('cba'), frozen).shown)).toBe('abc'));
  test('nothing is held when nobody points', () =>
    expect(ids(holdBack(rows('xab'), null).shown)).toBe('xab'));
  test('an empty list has nothing that could move', () =>
    expect(ids(holdBack(rows('x'), new Map()).shown)).toBe('x'));
});

describe('the focus on a board', () => {
  const columns = [['a', 'b', 'c'], [], ['d']];
  test('goes up, down, and over empty columns', () => {
    expect(neighbour(columns, 'a', 'ArrowDown')).toBe('b');
    expect(neighbour(columns, 'a', 'ArrowUp')).toBeNull();
    expect(neighbour(columns, 'c', 'ArrowRight')).toBe('d');
    expect(neighbour(columns, 'd', 'ArrowLeft')).toBe('a');
    expect(neighbour(columns, 'a', 'End')).toBe('c');
    expect(neighbour(columns, 'a', 'x')).toBeNull();
    expect(neighbour(columns, 'gone', 'ArrowUp')).toBeNull();
  });
  test('passes to the next card when its card goes', () => {
    expect(heir(columns, [['a', 'c'], ['d']], 'b')).toBe('c');
    expect(heir(columns, [['a', 'b'], ['d']], 'c')).toBe('b');
    expect(heir(columns, [[], ['d']], 'a')).toBe('d');
    expect(heir(columns, [], 'a')).toBeNull();
  });
});

describe('what a pipeline comes to', () => {
  const stages = [stage('new', 20), stage('offer', 50), stage('won', 100, 'won')];
  test('open and weighted sums leave out what is closed, the count does not', () => {
    const groups = {
      new: { count: 2, sum: { amount: 1000 } },
      offer: { count: 1, sum: { amount: 500 } },
      won: { count: 4, sum: { amount: 9 } },
    };
    expect(summarize(stages, groups, 'amount')).toEqual({ count: 7, open: 1500, weighted: 450 });
  });
  test('there is no sum of what may not be read', () => {
    expect(summarize(stages, { new: { count: 2, sum: {} } }, 'amount')).toEqual({
      count: 2,
      open: null,
      weighted: null,
    });
  });
});

describe('a stage asks before it is entered', () => {
  const edit = ['amount', 'closes_on', 'lost_reason', 'company'];
  test('for what it requires and the deal lacks, never for what is hidden', () => {
    const to = stage('offer', 50, 'open', ['amount', 'company', 'margin']);
    expect(
      fieldsToAsk(deal, record({ amount: null, company: 'c' }, edit), to).map(({ name }) => name),
    ).toEqual(['amount']);
  });
  test('why it was lost, and the day it was won – of those who may say so', () => {
    expect(fieldsToAsk(deal, record({}, edit), stage('lost', 0, 'lost')).map(({ name }) => name)).toEqual([
      'lost_reason',
    ]);
    expect(fieldsToAsk(deal, record({}, []), stage('won', 100, 'won'))).toEqual([]);
  });
});

test('age turns amber at ten days and red at twenty-one, of open deals only', () => {
  expect([9, 10, 20, 21].map((days) => ageTone(days, 'open'))).toEqual(['neutral', 'warn', 'warn', 'bad']);
  expect(ageTone(99, 'won')).toBe('neutral');
  expect(overdue(record({ closes_on: '2026-11-21' }), 'open', '2026-11-22')).toBe(true);
  expect(overdue(record({ closes_on: '2026-11-22' }), 'open', '2026-11-22')).toBe(false);
  expect(overdue(record({ closes_on: '2026-11-21' }), 'won', '2026-11-22')).toBe(false);
});

describe('what is drawn from the registry', () => {
  test('columns that may not be read are absent', () => {
    const keys = (may: (field: string) => boolean) => columnsOf(deal, may).map(({ key }) => key);
    expect(keys((field) => field !== 'amount')).toEqual(['title', 'company', 'stage', 'closes_on', 'owner', 'stage_since']); // prettier-ignore
    const columns = columnsOf(deal, () => true);
    expect(readSort('-amount', columns)).toEqual({ key: 'amount', direction: 'desc' });
    expect(readSort('owner', columns)).toBeUndefined();
    expect(readSort('margin', columns)).toBeUndefined();
  });
  test('a form asks only for what may be filled in, never for what the program keeps', () => {
    const { first, rest } = formFields(deal, (field) =>
      field === 'amount' ? 'read' : field === 'margin' ? 'hidden' : 'edit',
    );
    const names = [...first, ...rest].map(({ name }) => name);
    expect(names).not.toContain('amount');
    expect(names).not.toContain('margin');
    expect(names).not.toContain('stage_since');
    expect(names[0]).toBe('title');
  });
  test('a hidden field is a fact whether it holds a value or not', () => {
    const names = factFields(
      deal,
      record({
        title: 'A',
        stage: 's',
        company: null,
        closes_on: null,
        contact: null,
        participants: [],
        pipeline: 'p',
      }),
    ).map(({ name }) => name);
    expect(names).toContain('amount');
    expect(names).toContain('margin');
    expect(names).not.toContain('stage_since');
  });
});

test('values are cleaned and checked by the registry', () => {
  const { website, name } = registry.get('company').fields;
  expect(cleaned(website!, ' example.org ')).toBe('https://example.org');
  expect(cleaned(name!, '  ')).toBeNull();
  expect(
    problemsOf([website!, name!], { website: 'javascript:alert(1)', name: null }, () => false, {
      required: 'needed',
    }),
  ).toMatchObject({ name: 'needed', website: expect.stringContaining('http') });
});

test('only safe addresses become links', () => {
  const url = registry.get('company').fields['website']!;
  const mail = registry.get('contact').fields['email']!;
  expect(hrefOf(url, 'https://example.org/a')).toBe('https://example.org/a');
  expect(hrefOf(url, 'javascript:alert(1)')).toBeNull();
  expect(hrefOf(mail, 'a b?cc=c@example.org')).toBe('mailto:a%20b%3Fcc%3Dc@example.org');
});
