import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { en } from '../../client/words/en.ts';
import { inWords } from '../../client/words/registry.ts';
import { zh } from '../../client/words/zh.ts';
import { registryZh } from '../../client/words/zh/registry.ts';
import { words as uiWords } from '../../client/ui/words.ts';
import { OBJECTS, Registry } from '../../shared/objects/index.ts';
import { readSource } from '../world/source.ts';

const ROOT = join(import.meta.dirname, '../..');

/** Files of English words; the Chinese ones stand beside them. */
const FILES = readSource()
  .map(({ path }) => path)
  .filter(
    (path) =>
      /^client\/(.*\/words|(.*\/)?words\/en|words\/en\/\w+)\.ts$/.test(path) && path !== 'client/ui/words.ts',
  );
const besides = (path: string) =>
  path.endsWith('/words.ts') ? path.replace(/\.ts$/, '.zh.ts') : path.replace(/\ben(?=\/|\.ts$)/, 'zh');

test('the files of words are found', () => {
  expect(FILES.length).toBeGreaterThanOrEqual(11);
});

describe('English and Chinese say the same things', () => {
  test.each(FILES)('%s', async (path) => {
    const [english, chinese] = [await wordsIn(path), await wordsIn(besides(path))];
    expect(differences(english, chinese)).toEqual([]);
  });

  test('the components’ own words are all given', () => {
    expect(differences(uiWords, zh.ui)).toEqual([]);
  });
});

test('a missing key, one too many, another kind and a forgotten argument are told', () => {
  const says = { a: 'A', b: { c: (n: number) => `${n}`, d: ['x', 'y'] }, open: {} };
  expect(differences(says, { ...says, open: { more: 'M' } })).toEqual([]);
  expect(differences(says, { b: { c: () => 'C', d: ['x'], e: 'E' }, open: {} })).toEqual([
    'a is missing',
    'b.c takes 0 arguments instead of 1',
    'b.d.1 is missing',
    'b.e is too many',
  ]);
});

describe('labels of the registry', () => {
  test.each(OBJECTS.map((object) => [object.name, object] as const))(
    '%s: all in Chinese, no other',
    (name, object) => {
      const {
        label,
        labelPlural,
        fields,
        choices = {},
      } = registryZh[name] ?? { label: '', labelPlural: '', fields: {} };
      for (const word of [label, labelPlural, ...Object.values(fields)])
        expect(word).toMatch(/\p{Script=Han}/u);
      expect(Object.keys(fields).sort()).toEqual(Object.keys(object.fields).sort());
      const chosen = Object.values(object.fields).filter((field) => field.choices.length > 0);
      expect(Object.keys(choices).sort()).toEqual(chosen.map((field) => field.name).sort());
      for (const field of chosen)
        expect(Object.keys(choices[field.name] ?? {}).sort(), field.name).toEqual(
          field.choices.map(({ value }) => value).sort(),
        );
    },
  );

  test('name no object that is not there', () => {
    expect(Object.keys(registryZh).sort()).toEqual(OBJECTS.map(({ name }) => name).sort());
  });

  test('are taken where there are words, and are the registry’s own elsewhere', () => {
    const own = { object: 'deal', name: 'region', kind: 'text' as const, label: 'Region' };
    const custom = [{ ...own, sensitivity: 'normal' as const, required: false, choices: [] }];
    const deal = (words: typeof registryZh) => new Registry(inWords(OBJECTS, words), custom).get('deal');
    expect(deal(en.registry)).toEqual(new Registry(OBJECTS, custom).get('deal'));
    const { label, fields } = deal(zh.registry);
    expect([label, fields['amount']?.label, fields['region']?.label]).toEqual(['商机', '金额', 'Region']);
    expect(fields['source']?.choices[0]).toEqual({ value: 'web', label: '网站' });
    const partly = deal({ deal: { label: 'X', labelPlural: 'Xs', fields: {} } });
    expect([partly.label, partly.fields['amount']?.label]).toEqual(['X', 'Amount']);
  });
});

/** The one object of words that a file exports. */
async function wordsIn(path: string): Promise<unknown> {
  const all = Object.values((await import(join(ROOT, path))) as Record<string, unknown>);
  const words = all.filter((one) => typeof one === 'object');
  expect(words, path).toHaveLength(1);
  return words[0];
}

/** What `other` lacks of `words`, and has beyond them. What is empty in English may be filled by a language. */
function differences(words: unknown, other: unknown, at = ''): string[] {
  if (typeof words === 'function' && typeof other === 'function')
    return words.length === other.length
      ? []
      : [`${at} takes ${other.length} arguments instead of ${words.length}`];
  if (typeof words !== typeof other) return [`${at} is ${typeof other} instead of ${typeof words}`];
  if (!isTree(words) || !isTree(other) || (at !== '' && Object.keys(words).length === 0)) return [];
  const below = (key: string) => (at === '' ? key : `${at}.${key}`);
  return [
    ...Object.entries(words).flatMap(([key, value]) =>
      key in other ? differences(value, other[key], below(key)) : [`${below(key)} is missing`],
    ),
    ...Object.keys(other).flatMap((key) => (key in words ? [] : [`${below(key)} is too many`])),
  ];
}

const isTree = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null;
