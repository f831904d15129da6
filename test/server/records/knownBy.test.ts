import { describe, expect, test } from 'vitest';
import { knownBy } from '../../../server/records/filterSql.ts';
import { OBJECTS, Registry } from '../../../shared/objects/index.ts';
import { parseView } from '../../../shared/protocol/index.ts';

// What is known of all rows of a view may take the place of a word on reach, so nothing may be said that only some hold.

const [a, b] = ['0190aaaa-0000-7000-8000-000000000001', '0190aaaa-0000-7000-8000-000000000002'];
const known = (filter: Record<string, unknown>, partition?: string) =>
  Object.fromEntries(
    knownBy(
      parseView(new Registry(OBJECTS).get('ticket'), {
        filter: filter as never,
        ...(partition === undefined ? {} : { partition }),
      }).filter,
    ),
  );

describe('what a filter says of all rows', () => {
  test('one of some ids, or just one', () => {
    expect(known({ assignee: { in: [a, b] } })).toEqual({ assignee: [a, b] });
    expect(known({ team: a }, b)).toEqual({ team: [a], queue: [b] });
  });

  test('nothing where it may be something else, or nothing at all', () => {
    for (const filter of [
      { or: [{ assignee: a }, { status: 'open' }] },
      { assignee: { ne: a } },
      { assignee: { nin: [a] } },
      { assignee: null },
      { participants: { has: a } },
    ])
      expect(known(filter), JSON.stringify(filter)).toEqual({});
  });

  test('that a field is empty only where it is readable on every row: else it may be that it is not shown', () => {
    const { filter } = parseView(new Registry(OBJECTS).get('ticket'), { filter: { assignee: null } });
    expect([...knownBy(filter, () => 'always')]).toEqual([['assignee', []]]);
    expect([...knownBy(filter, () => 'sometimes')]).toEqual([]);
  });
});
