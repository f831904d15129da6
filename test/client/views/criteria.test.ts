import { describe, expect, test } from 'vitest';
import {
  emptyGroup,
  emptyTest,
  readCriteria,
  writeCriteria,
  type Criteria,
} from '../../../client/views/access/rules/criteria.ts';
import { sayCriteria } from '../../../client/views/access/rules/inWords.ts';
import { comparisonsOf, criteriaFields, operandsOf } from '../../../client/views/access/rules/operators.ts';
import { en } from '../../../client/views/access/words.ts';
import { zh } from '../../../client/views/access/words.zh.ts';
import { OBJECTS, Registry } from '../../../shared/objects/index.ts';
import { parseFilter } from '../../../shared/protocol/index.ts';

const registry = new Registry(OBJECTS);
const deal = registry.get('deal');
const ticket = registry.get('ticket');
const look = { name: (_: string, id: string) => `<${id.slice(-1)}>`, stages: [], yes: 'yes', no: 'no' };
const ID = '0de00000-0001-7000-8000-00000000000';

/** Read into the builder and written again without touching anything. */
const again = (criteria: Criteria, object = deal): Criteria | null =>
  writeCriteria(readCriteria(object, criteria));

describe('what the builder writes', () => {
  test.each<[string, Criteria, Criteria]>([
    ['one condition stands alone', { source: { in: ['web'] } }, { source: { in: ['web'] } }],
    ['a bare value of a list is a list of one', { source: 'web' }, { source: { in: ['web'] } }],
    ['conditions side by side are joined', { title: 'x', amount: { gte: 1, lt: 9 } }, { and: [{ title: 'x' }, { amount: { gte: 1 } }, { amount: { lt: 9 } }] }],
    ['empty and filled are told apart', { or: [{ lost_reason: null }, { lost_reason: { empty: false } }] }, { or: [{ lost_reason: { empty: true } }, { lost_reason: { empty: false } }] }],
    ['groups stay groups', { title: { contains: 'a' }, or: [{ amount: { gt: 5 } }, { and: [{ source: 'web' }, { discount: { lte: 3 } }] }] }, { and: [{ title: { contains: 'a' } }, { or: [{ amount: { gt: 5 } }, { and: [{ source: { in: ['web'] } }, { discount: { lte: 3 } }] }] }] }],
    ['no condition is every record', {}, {}],
  ])('%s', (_, criteria, written) => {
    expect(again(criteria)).toEqual(written);
    // What is written is a filter, and means the same when it is read again.
    expect(() => parseFilter(deal, written)).not.toThrow();
    expect(again(written)).toEqual(written);
  }); // prettier-ignore

  test('tags are asked for one by one', () => {
    expect(again({ tags: { has: `${ID}1` } }, ticket)).toEqual({ tags: { has: `${ID}1` } });
  });

  test('nothing while a condition is not filled in', () => {
    const [source] = readCriteria(deal, { source: 'web' }).parts;
    expect(writeCriteria(emptyGroup('and', [emptyTest()]))).toBeNull();
    expect(writeCriteria(emptyGroup('and', [source!, { ...emptyTest(), field: 'title' }]))).toBeNull();
    expect(writeCriteria(emptyGroup('or', [source!, emptyGroup('and')]))).toBeNull();
  });

  test('what cannot be read is left to be built anew', () => {
    expect(again({ no_such_field: 1 })).toEqual({});
  });
});

describe('what it offers', () => {
  test('every comparison of every field makes a filter the server takes', () => {
    for (const object of OBJECTS) {
      for (const field of criteriaFields(object, () => true)) {
        for (const comparison of comparisonsOf(field)) {
          const values =
            operandsOf(comparison) === 'none' ? [] : [SAMPLES[field.kind] ?? field.choices[0]!.value];
          const one = comparison === 'contains' ? ['x'] : field.codes === 'country' ? ['DE'] : values;
          const built = emptyGroup('and', [{ ...emptyTest(), field: field.name, comparison, values: one }]);
          const written = writeCriteria(built);
          expect(written, `${object.name}.${field.name} ${comparison}`).not.toBeNull();
          expect(() => parseFilter(object, written)).not.toThrow();
        }
      }
    }
  });

  test('fields that the author may not read are not there, nor what only the policy knows', () => {
    const names = criteriaFields(deal, (field) => field !== 'amount').map(({ name }) => name);
    expect(names).toContain('source');
    expect(names).not.toContain('amount');
    expect(names).not.toContain('policies');
    expect(names).not.toContain('next_activity_at');
  });
});

describe('in words', () => {
  const criteria = {
    source: 'web',
    or: [{ closes_on: { gte: '2026-12-01' } }, { owner: { in: [`${ID}1`, `${ID}2`] } }],
  };

  test('groups stand in brackets, and one of a list just "is"', () => {
    expect(sayCriteria(deal, criteria, look, en.criteria)).toBe(
      'Source is Web site and (Closes is on or after 1 December 2026 or Owner is any of <1>, <2>)',
    );
    expect(sayCriteria(deal, {}, look, en.criteria)).toBe('All deals');
  });

  test('in Chinese too', () => {
    expect(sayCriteria(deal, { lost_reason: { empty: true } }, look, zh.criteria)).toBe('Why lost 为空');
  });
});

const SAMPLES: Partial<Record<string, string | number | boolean>> = {
  text: 'x', longtext: 'x', email: 'a@b.example', phone: '+49 1', url: 'https://a.example', integer: 1, money: 1, percent: 1,
  boolean: true, date: '2026-01-01', instant: '2026-01-01T00:00:00Z', relation: `${ID}1`, relations: `${ID}1`, stage: 'won',
}; // prettier-ignore
