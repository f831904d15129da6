import { describe, expect, test } from 'vitest';
import {
  acceptSuggestions,
  fitToFile,
  mapColumn,
  matchBy,
  missingTargets,
  parseMap,
  replaceValue,
  replacementOf,
  sameMap,
  setValue,
  strangeColumns,
  tuneColumn,
  undecidedDates,
} from '../../../../client/stores/imports/mapEdit.ts';
import type { ImportMap, ImportTarget, UnknownValue } from '../../../../shared/protocol/imports.ts';

const target = (key: string, more: Partial<ImportTarget> = {}): ImportTarget => ({
  key, label: key, kind: 'text', required: false, matches: false, target: null, creates: false, choices: [], ...more,
}); // prettier-ignore
const unknown = (text: string, suggestion: string | null): UnknownValue => ({
  column: 'product',
  to: 'product',
  text,
  rows: 3,
  suggestion: suggestion === null ? null : { text: suggestion, label: suggestion },
});
const MAP: ImportMap = {
  columns: {
    account: { to: 'company', missing: 'empty' },
    product: { to: 'product' },
    id: { to: 'external_id' },
  },
  match: ['external_id'],
};

describe('what a column becomes', () => {
  test('another target drops the options of the former, the same keeps them', () => {
    expect(mapColumn(MAP, 'account', 'title').columns['account']).toEqual({ to: 'title' });
    expect(mapColumn(MAP, 'account', 'company').columns['account']).toEqual({
      to: 'company',
      missing: 'empty',
    });
    expect(MAP.columns['account']).toEqual({ to: 'company', missing: 'empty' });
  });

  test('records are no longer known by a target that no column gives any more', () => {
    expect(mapColumn(MAP, 'id', null)).not.toHaveProperty('match');
    expect(mapColumn(MAP, 'account', null).match).toEqual(['external_id']);
    expect(mapColumn(matchBy(MAP, 'external_id', false), 'id', null)).not.toHaveProperty('match');
  });

  test('what a column gives is no longer given to all', () => {
    const map = setValue(setValue(MAP, 'title', 'Deal'), 'source', 'web');
    expect(mapColumn(map, 'name', 'title').set).toEqual({ source: 'web' });
    expect(mapColumn(setValue(MAP, 'title', 'Deal'), 'name', 'title')).not.toHaveProperty('set');
  });

  test('an option is set and taken back; of a column that is left out it is nothing', () => {
    const tuned = tuneColumn(MAP, 'product', { factor: 1000, dates: 'dmy' });
    expect(tuned.columns['product']).toEqual({ to: 'product', factor: 1000, dates: 'dmy' });
    expect(tuneColumn(tuned, 'product', { factor: undefined }).columns['product']).toEqual({
      to: 'product',
      dates: 'dmy',
    });
    expect(tuneColumn(MAP, 'nowhere', { factor: 2 })).toBe(MAP);
  });

  test('names like those of every object are columns like others', () => {
    const map = mapColumn(mapColumn(MAP, '__proto__', 'title'), 'constructor', 'source');
    expect(Object.keys(map.columns)).toEqual(expect.arrayContaining(['__proto__', 'constructor']));
    expect(Object.keys(mapColumn(map, '__proto__', null).columns)).not.toContain('__proto__');
  });
});

describe('suggestions', () => {
  test('accepting all writes those that have one, and none over what somebody chose', () => {
    const found = [unknown('GTXPro', 'GTX Pro'), unknown('Nonsense', null), unknown('GTKk', 'GTK 500')];
    const chosen = replaceValue(MAP, 'product', 'GTKk', '');
    const open = found.filter((one) => replacementOf(chosen, one) === undefined);
    const map = acceptSuggestions(chosen, open);
    expect(map.columns['product']?.values).toEqual({ GTKk: '', GTXPro: 'GTX Pro' });
    expect(found.map((one) => replacementOf(map, one))).toEqual(['GTX Pro', undefined, '']);
  });

  test('taken back, the last one leaves nothing behind', () => {
    const map = replaceValue(MAP, 'product', 'GTXPro', 'GTX Pro');
    expect(replaceValue(map, 'product', 'GTXPro', null)).toEqual(MAP);
  });

  test('an empty cell can mean something, too', () => {
    expect(replaceValue(MAP, 'product', '', 'Unknown').columns['product']?.values).toEqual({ '': 'Unknown' });
  });
});

describe('what is still missing', () => {
  const targets = [
    target('title', { required: true }),
    target('stage', { required: true }),
    target('company'),
  ];

  test('a required target is given by a column or by a value that says something', () => {
    const keys = (map: ImportMap) => missingTargets(map, targets).map(({ key }) => key);
    expect(keys(MAP)).toEqual(['title', 'stage']);
    expect(keys(setValue(MAP, 'title', ' '))).toEqual(['title', 'stage']);
    expect(keys(setValue(mapColumn(MAP, 'deal_stage', 'stage'), 'title', '{product} · {account}'))).toEqual(
      [],
    );
  });

  test('the order of dates is asked for where they are dates and can be read in two ways', () => {
    const columns = [
      { head: 'engaged', ambiguousDates: true },
      { head: 'closed', ambiguousDates: false },
    ];
    const dates = [
      target('created_at', { kind: 'instant' }),
      target('closes_on', { kind: 'date' }),
      target('title'),
    ];
    const map = mapColumn(mapColumn(MAP, 'engaged', 'created_at'), 'closed', 'closes_on');
    expect(undecidedDates(map, columns, dates)).toEqual(['engaged']);
    expect(undecidedDates(tuneColumn(map, 'engaged', { dates: 'mdy' }), columns, dates)).toEqual([]);
    expect(undecidedDates(mapColumn(map, 'engaged', 'title'), columns, dates)).toEqual([]);
  });
});

describe('maps as files', () => {
  test('what is no map is refused, unknown keys included', () => {
    expect(parseMap(JSON.stringify(MAP))).toEqual(MAP);
    for (const text of [
      '',
      '[]',
      '{"columns": {"a": "title"}}',
      '{"columns": {}, "mapp": 1}',
      'deal,account',
    ])
      expect(parseMap(text), text).toBeNull();
  });

  test('of another file’s map the columns that are here are kept, and the others told', () => {
    expect(strangeColumns(MAP, ['account', 'product'])).toEqual(['id']);
    expect(fitToFile(MAP, ['account', 'product'])).toEqual({
      columns: { account: { to: 'company', missing: 'empty' }, product: { to: 'product' } },
    });
  });

  test('two maps are the same whatever the order of their keys, but not of their matching', () => {
    const turned = {
      match: ['external_id'],
      columns: Object.fromEntries(Object.entries(MAP.columns).reverse()),
    };
    expect(sameMap(MAP, turned)).toBe(true);
    expect(sameMap(MAP, matchBy(MAP, 'title', true))).toBe(false);
  });
});
