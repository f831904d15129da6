import { describe, expect, test } from 'vitest';
import { objectIcon } from '../../../client/records/objectIcon.ts';
import { isStaged } from '../../../client/records/stages.ts';
import { listOf, PAGED, RAIL, SETTINGS } from '../../../client/stores/pages.ts';
import { pathOf } from '../../../client/stores/values.ts';
import { matchRoute } from '../../../client/views/routes.ts';
import { placesFor } from '../../../client/views/shell/places.ts';
import { zh } from '../../../client/words/zh.ts';
import { f } from '../../../shared/fields/index.ts';
import { defineObject, OBJECTS } from '../../../shared/objects/index.ts';

// What the registry says has pages has them all: nothing is named a second time.

const ID = '0de00000-0001-7000-8000-000000000001';
/** Letters that lead to places which are no objects. */
const TAKEN = ['s', 'r', 'm'];

describe.each(PAGED)('$plural', ({ name, plural, pages }) => {
  test('have a list, and a page for each', () => {
    const place = pages.rail ? plural : 'access';
    expect(listOf(name)).toBe(`/${plural}`);
    expect(matchRoute(`/${plural}`)).toMatchObject({ place });
    const path = pathOf(name, ID);
    expect(path).toBe(`/${plural}/${ID}`);
    expect(matchRoute(path ?? '')).toMatchObject({ place });
    expect(matchRoute(`/${plural}/nonsense`)).toBeNull();
    if (name !== 'ticket') expect(matchRoute(path ?? '')?.props).toEqual({ object: name, id: ID });
  });
});

test('what has no pages has no address', () => {
  const others = OBJECTS.filter(({ pages }) => pages === null);
  expect(others.length).toBeGreaterThan(3);
  for (const { name } of others) expect([listOf(name), pathOf(name, ID)], name).toEqual([null, null]);
  expect(matchRoute('/activities')).toBeNull();
});

describe('the rail', () => {
  const places = placesFor(() => true);

  test('leads to every object that has a place in it, in the registry’s order, each by a letter of its own', () => {
    expect(places.map(({ href }) => href)).toEqual(RAIL.map(({ plural }) => `/${plural}`));
    expect(places.map(({ name }) => name)).toEqual(['ticket', 'deal', 'company', 'contact', 'product']);
    const keys = places.map(({ key }) => key);
    expect(new Set([...keys, ...TAKEN]).size).toBe(keys.length + TAKEN.length);
    for (const key of keys) expect(key).toMatch(/^[a-z]$/);
  });

  test('leaves out what somebody may not read', () => {
    expect(placesFor((name) => name !== 'deal').map(({ name }) => name)).not.toContain('deal');
  });

  test('says in every language what stands there, with a sign that tells the places apart', () => {
    for (const { name } of RAIL) expect(zh.registry[name]?.labelPlural, name).toMatch(/\p{Script=Han}/u);
    expect(new Set(RAIL.map(({ name }) => objectIcon(name))).size).toBe(RAIL.length);
    expect(objectIcon('contract')).toBe(objectIcon('nothing'));
  });

  test('the others are settings', () => {
    expect(SETTINGS.map(({ name }) => name)).toEqual(['queue', 'channel', 'tag']);
  });
});

test('a board is for what moves through the stages of a pipeline', () => {
  expect(OBJECTS.filter(isStaged).map(({ name }) => name)).toEqual(['deal']);
});

test('a page that names a field which is not there is refused at the start', () => {
  const contract = (pages: object) =>
    defineObject({ name: 'contract', plural: 'contracts', label: 'Contract', labelPlural: 'Contracts', title: 'name', facts: {}, pages, fields: { name: f.text('Name'), until: f.date('Until') } }); // prettier-ignore
  expect(contract({}).pages).toEqual({ rail: null, columns: ['name'], phone: ['name'], filters: [], form: ['name', 'until'] }); // prettier-ignore
  expect(() => contract({ columns: ['name', 'untill'] })).toThrow('contract has no field untill');
  expect(() => contract({ filters: ['owner'] })).toThrow('contract has no field owner');
  expect(() => contract({ columns: ['until', 'name'] })).toThrow('the title is the first column');
});
