import { describe, expect, test } from 'vitest';
import { en } from '../../../client/views/health/words.ts';
import { zh } from '../../../client/views/health/words.zh.ts';
import { COUNTRIES } from '../../../shared/lib/countries.ts';
import { OBJECTS, Registry } from '../../../shared/objects/index.ts';
import {
  CHECK_KEYS,
  CHECK_KINDS,
  CHECKS,
  fieldsOf,
  filtersOf,
  LIKENESSES,
  parseFilter,
  passes,
  type CheckKey,
  type HealthFacts,
} from '../../../shared/protocol/index.ts';

const registry = new Registry(OBJECTS);
/** Objects that checks may speak of before the registry has them. */
const known = (name: string) => registry.find(name) !== undefined || name === 'product';
const SOME = '00000000-0000-7000-8000-000000000000';
const FACTS: HealthFacts = {
  today: '2026-11-25',
  gone: [SOME],
  won: Array.from({ length: 30 }, () => ({ pipeline: SOME, stages: ['won', 'renewed'] })),
};
const NOTHING: HealthFacts = { today: '2026-11-25', gone: [], won: [] };

describe.each(CHECK_KEYS)('%s', (key) => {
  const check = CHECKS[key];
  const object = registry.find(check.object);

  test('is of a known object and kind, and has words in both languages', () => {
    expect(known(check.object)).toBe(true);
    expect(CHECK_KINDS).toContain(check.kind);
    for (const words of [en, zh]) expect(words.checks[key].trim()).not.toBe('');
  });

  test.skipIf(!object).each([FACTS, NOTHING])(
    'asks by fields that there are, within the limits of a filter (%#)',
    (facts) => {
      const { among, filter } = filtersOf(check, facts);
      // A list narrows it further, one level down.
      const parsed = parseFilter(object!, { and: [filter, { and: [{ id: SOME }] }] });
      expect(fieldsOf(parsed).length).toBeGreaterThan(1);
      for (const name of fieldsOf(parseFilter(object!, among))) expect(fieldsOf(parsed)).toContain(name);
    },
  );
});

test('no check is without words, and no words without a check', () => {
  for (const words of [en, zh]) expect(Object.keys(words.checks).sort()).toEqual([...CHECK_KEYS].sort());
});

test('days are counted from today', () => {
  const finds = (key: CheckKey, record: Record<string, unknown>) => {
    const object = registry.get(CHECKS[key].object);
    return passes(parseFilter(object, filtersOf(CHECKS[key], FACTS).filter), record);
  };
  const open = { closed_at: null };
  expect(finds('deal_late', { ...open, closes_on: '2026-11-24' })).toBe(true);
  expect(finds('deal_late', { ...open, closes_on: '2026-11-25' })).toBe(false);
  expect(finds('deal_late', { closed_at: '2026-11-24T10:00:00.000Z', closes_on: '2026-11-01' })).toBe(false);
  expect(finds('deal_unmoved', { ...open, stage_since: '2026-09-25T23:59:59.999Z' })).toBe(true);
  expect(finds('deal_unmoved', { ...open, stage_since: '2026-09-26T00:00:00.000Z' })).toBe(false);
  expect(finds('company_country_unknown', { country: 'UK' })).toBe(true);
  expect(finds('company_country_unknown', { country: 'GB' })).toBe(false);
  expect(finds('company_country_unknown', { country: null })).toBe(false);
});

test('every code of a country is one that the browser can name', () => {
  expect(COUNTRIES).toHaveLength(250);
  expect(new Set(COUNTRIES).size).toBe(250);
  const name = new Intl.DisplayNames('en', { type: 'region', fallback: 'none' });
  expect(COUNTRIES.filter((code) => name.of(code) === undefined)).toEqual([]);
});

test('what makes records alike are fields that there are', () => {
  for (const [name, likenesses] of Object.entries(LIKENESSES)) {
    expect(known(name)).toBe(true);
    const object = registry.find(name);
    for (const { field, within } of object ? likenesses : []) {
      expect(object?.fields[field], `${name}.${field}`).toBeDefined();
      if (within) expect(object?.fields[within]?.kind).toBe('relation');
    }
  }
});
