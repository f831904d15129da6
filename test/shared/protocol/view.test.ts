import { describe, expect, test } from 'vitest';
import { compareValues } from '../../../shared/fields/index.ts';
import { OBJECTS, Registry } from '../../../shared/objects/index.ts';
import { compareIn, fieldsAskedBy, matches, parseView } from '../../../shared/protocol/index.ts';

const registry = new Registry(OBJECTS);
const deal = registry.get('deal');
const contact = registry.get('contact');
const PIPELINE = '01a20128-5704-7b80-864d-7e60314781db';

const sorted = (sort: string, rows: Record<string, unknown>[]) => {
  const view = parseView(deal, { sort });
  return [...rows].sort((a, b) => compareIn(view, a, b)).map(({ id }) => id);
};

describe('membership', () => {
  test('filter, partition, record and search all count', () => {
    const view = parseView(deal, { partition: PIPELINE, filter: { stage: 'won' }, q: ' ACME ' });
    const member = { pipeline: PIPELINE, stage: 'won', title: 'For Acme' };
    expect(matches(view, member)).toBe(true);
    for (const other of [{ pipeline: null }, { stage: 'lost' }, { title: 'For nobody' }]) {
      expect(matches(view, { ...member, ...other })).toBe(false);
    }
    expect(matches(parseView(deal, { record: PIPELINE }), { id: PIPELINE })).toBe(true);
  });

  test('a search does not look into fields that are not there', () => {
    const view = parseView(contact, { q: 'ann' });
    expect(matches(view, { name: 'Bob', email: 'ann@example.com' })).toBe(true);
    expect(matches(view, { name: 'Bob' })).toBe(false);
  });

  test('a view asks for what is named in it, not for the order that comes by itself', () => {
    expect(fieldsAskedBy(parseView(deal, { filter: { amount: 1, or: [{ title: 'x' }] } }))).toEqual([
      'amount',
      'title',
    ]);
    expect(fieldsAskedBy(parseView(deal, { sort: '-amount' }))).toEqual(['amount']);
  });
});

describe('order', () => {
  test('empty values come last both ways, equal ones by id', () => {
    const rows = [
      { id: 'd', amount: null },
      { id: 'b', amount: 1 },
      { id: 'a', amount: 1 },
      { id: 'c', amount: 0 },
      { id: 'e' },
    ];
    expect(sorted('amount', rows)).toEqual(['c', 'a', 'b', 'd', 'e']);
    expect(sorted('-amount', rows)).toEqual(['a', 'b', 'c', 'd', 'e']);
  });

  test('texts stand as in a dictionary of no language in particular', () => {
    const titles = ['zeta', 'Ärger', 'émile', 'Zeta', 'alpha', 'Ångström', 'Alpha', 'e\u0301mile'];
    expect(
      sorted(
        'title',
        titles.map((title) => ({ id: title, title })),
      ),
    ).toEqual(
      ['alpha', 'Alpha', 'Ångström', 'Ärger', 'e\u0301mile', 'émile', 'zeta', 'Zeta'], // prettier-ignore
    );
  });

  test('two different texts are never equal, so that every browser shows one order', () => {
    const title = deal.fields['title']!;
    expect(compareValues(title, 'ab', 'a\u00adb')).not.toBe(0);
    expect(compareValues(title, 'a\u00adb', 'ab')).toBe(-compareValues(title, 'ab', 'a\u00adb'));
    expect(compareValues(title, 'ab', 'ab')).toBe(0);
  });
});

describe('what is refused', () => {
  test.each([
    ['to sort by what has no order', { sort: 'company' }],
    ['to sort by a stage, whose order the pipeline knows', { sort: 'stage' }],
    ['to sort by what does not exist', { sort: '-nothing' }],
    ['a search for half a character', { q: '\udc00' }],
  ])('%s', (_, request) => {
    expect(() => parseView(deal, request)).toThrow(expect.objectContaining({ code: 'bad_filter' }));
  });

  test('a partition of what has none', () => {
    expect(() => parseView(contact, { partition: PIPELINE })).toThrow(
      expect.objectContaining({ code: 'bad_filter' }),
    );
  });
});
