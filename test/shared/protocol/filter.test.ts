import { describe, expect, test } from 'vitest';
import { OBJECTS, Registry } from '../../../shared/objects/index.ts';
import { FILTER_LIMITS, fieldsOf, parseFilter, passes } from '../../../shared/protocol/index.ts';

const deal = new Registry(OBJECTS).get('deal');
const does = (filter: unknown, record: Record<string, unknown>) => passes(parseFilter(deal, filter), record);
const ID = '01a20128-5704-7ffe-8b70-15aa1a213594';

describe('what passes', () => {
  test.each([
    [{ stage: 'won' }, { stage: 'won' }, { stage: 'lost' }],
    [{ stage: ['won', 'lost'] }, { stage: 'lost' }, { stage: null }],
    [{ amount: null }, { amount: null }, { amount: 0 }],
    [{ amount: { gte: 10, lt: 20 } }, { amount: 10 }, { amount: 20 }],
    [{ amount: { ne: 10 } }, { amount: null }, { amount: 10 }],
    [{ closes_on: { lte: '2026-01-31' } }, { closes_on: '2026-01-31' }, { closes_on: null }],
    [{ title: { contains: 'STRASSE' } }, { title: 'Hauptstrasse 1' }, { title: 'Hauptstraße 1' }],
    [{ title: { starts: 'haupt' } }, { title: 'Hauptstrasse 1' }, { title: 'Am Hauptbahnhof' }],
    [{ participants: { has: ID } }, { participants: [ID] }, { participants: [] }],
    [{ participants: { empty: true } }, { participants: [] }, { participants: [ID] }],
    [{ or: [{ stage: 'won' }, { amount: { gt: 5 } }] }, { stage: 'x', amount: 6 }, { stage: 'x', amount: 5 }],
    [
      { stage: 'won', or: [{ amount: 1 }, { amount: 2 }] },
      { stage: 'won', amount: 2 },
      { stage: 'lost', amount: 2 },
    ],
    [{ id: ID }, { id: ID }, { id: 'x' }],
    [
      { created_at: { gt: '2026-01-01T00:00:00+01:00' } },
      { created_at: '2025-12-31T23:00:00.001Z' },
      { created_at: '2025-12-31T23:00:00.000Z' },
    ],
  ])('%o: %o does, %o does not', (filter, yes, no) => {
    expect(does(filter, yes)).toBe(true);
    expect(does(filter, no)).toBe(false);
  });

  test('a field that is absent, as not readable, counts as empty', () => {
    expect(does({ amount: { empty: true } }, {})).toBe(true);
    expect(does({ amount: { gte: 0 } }, {})).toBe(false);
  });

  test('everything passes an empty filter', () => expect(does(undefined, {})).toBe(true));
});

describe('what is refused', () => {
  const deep = (levels: number): unknown => (levels === 0 ? { stage: 'won' } : { and: [deep(levels - 1)] });
  test.each([
    ['no filter', 'won'],
    ['a list', []],
    ['a field that does not exist', { nothing: 1 }],
    ['a name of the language', { constructor: 1, __proto__: 2 }],
    ['an operator that does not exist', { amount: { like: 1 } }],
    ['an operator that the kind does not have', { stage: { gt: 'a' } }],
    ['no operator', { amount: {} }],
    ['a value of another kind', { amount: '10' }],
    ['an empty value to compare with', { amount: { gt: null } }],
    ['a value that is not among the choices', { source: 'nowhere' }],
    ['half a character', { title: { contains: '\ud83d' } }],
    ['a character that cannot be stored', { title: { contains: 'a\u0000' } }],
    ['an "or" of nothing', { or: [] }],
    ['too deep', deep(FILTER_LIMITS.depth)],
    ['too many comparisons', { or: Array.from({ length: 51 }, () => ({ stage: 'won' })) }],
    ['too long a list', { stage: Array.from({ length: FILTER_LIMITS.in + 1 }, () => 'won') }],
  ])('%s', (_, filter) => {
    expect(() => parseFilter(deal, filter)).toThrow(expect.objectContaining({ code: 'bad_filter' }));
  });

  test('but not what is just within the limits', () => {
    expect(fieldsOf(parseFilter(deal, deep(FILTER_LIMITS.depth - 1)))).toEqual(['stage']);
    expect(
      fieldsOf(parseFilter(deal, { or: Array.from({ length: 50 }, () => ({ stage: 'won' })) })),
    ).toHaveLength(50);
  });
});
