import { beforeAll, expect, test } from 'vitest';
import { connect } from '../../../server/db/connect.ts';
import type { App } from '../../../server/lib/app.ts';
import { listRecords } from '../../../server/queries/listRecords.ts';
import { rowsSql } from '../../../server/records/rowsSql.ts';
import { sourceOf } from '../../../server/records/source.ts';
import { PAIRED } from '../../../server/records/searchSql.ts';
import { ORDERED } from '../../../server/records/sortSql.ts';
import type { Actor } from '../../../shared/access/index.ts';
import { parseView, type ViewRequest } from '../../../shared/protocol/index.ts';
import { freshDatabase } from '../../world/database.ts';
import { office, type Office } from '../../world/office.ts';

// Search finds what contains the term, whatever it is made of, and asks an index for it; so do the orders of lists.

const TITLES = [
  'Straße 7',
  'İstanbul',
  '取引先の契約',
  '50%_off',
  'ΟΔΟΣ',
  'a\\b',
  'Ёжик',
  'x',
  '🙂 smile',
  'Kelvin K',
];
const { sql, migrationUrl } = await freshDatabase();
let world: Office;
let app: App;
let ada: Actor;
let ben: Actor;

beforeAll(async () => {
  world = await office(sql);
  ({ app } = world);
  await world.grant('ada', { grants: { deal: { read: ['all'] } }, fields: { deal: { amount: 'read' } } });
  await world.grant('ben', { grants: { deal: { read: ['own'] } } });
  ada = (await world.as('ada')).actor;
  ben = (await world.as('ben')).actor;
  for (const title of TITLES)
    await world.add('deal', { title, pipeline: world.pipeline, stage: 'first', owner: world.ids.ada });
  // Enough that an index is worth asking.
  const owner = await connect(migrationUrl, { max: 1, statement_timeout_ms: 0 });
  await owner`
    insert into deal (id, title, pipeline_id, stage, owner_id, amount, stage_since)
    select gen_random_uuid(), 'Deal ' || i, ${world.pipeline}, 'first',
      case when i % 200 = 0 then ${world.ids.ben}::uuid else ${world.ids.ada}::uuid end,
      case when i % 3 > 0 then i end, now() - i * interval '1 hour'
    from generate_series(1, 10000) i
  `;
  await owner`vacuum (analyze) deal`;
  await owner.end();
}, 60_000);

const searched = async (q: string) => {
  const { rows } = await listRecords(app, ada, view({ q }));
  return rows.map((row) => row['title']).filter((title) => TITLES.includes(String(title)));
};
const view = (request: Omit<ViewRequest, 'object'>) =>
  parseView(app.registry.get('deal'), { limit: 50, ...request });

test.each([
  ['ß', ['Straße 7']],
  ['sse', []],
  ['取', ['取引先の契約']],
  ['引先', ['取引先の契約']],
  ['0%_', ['50%_off']],
  ['%', ['50%_off']],
  ['_', ['50%_off']],
  ['\\', ['a\\b']],
  ['ёж', ['Ёжик']],
  ['οδ', ['ΟΔΟΣ']],
  ['🙂', ['🙂 smile']],
  ['kelvin k', ['Kelvin K']],
  ['nowhere', []],
])('%s', async (q, expected) => {
  expect(await searched(q)).toEqual(expected);
});

test('every field that is said to be indexed by pairs is, and no other', async () => {
  const rows = await sql<{ name: string; field: string }[]>`
    select tablename as name, substring(indexdef from 'search_pairs[(]([a-z_]+)[)]') as field
    from pg_indexes where indexdef like '%search_pairs(%'
  `;
  const indexed = rows.map(({ name, field }) => `${name}.${field}`).sort();
  const said = Object.entries(PAIRED).flatMap(([object, fields]) =>
    fields.map((field) => `${object}.${field}`),
  );
  expect(indexed).toEqual(said.sort());
});

test('every order that is said to be indexed beside what lets people in is', async () => {
  const rows = await sql<{ name: string; definition: string }[]>`
    select tablename as name, indexdef as definition from pg_indexes
  `;
  for (const [object, orders] of Object.entries(ORDERED))
    for (const [key, columns] of Object.entries(orders))
      for (const column of columns) {
        const begins = new RegExp(`[(]${column}, ${key}( COLLATE "und-x-icu")?( DESC)?, id[)]`);
        const found = rows.filter(({ name, definition }) => name === object && begins.test(definition));
        expect(found, `${object} by ${column} and ${key}`).not.toEqual([]);
      }
});

test.each<[string, Omit<ViewRequest, 'object'>, RegExp]>([
  ['a rare word', { q: 'Straße' }, /deal_title_pairs/],
  ['two letters', { q: '引先' }, /deal_title_pairs/],
  ['the largest first', { sort: '-amount' }, /Backward using deal_amount/],
  ['the smallest first', { sort: 'amount' }, /using deal_amount/],
  ['by title', { sort: 'title' }, /using deal_title/],
  ['the latest first', {}, /using deal_since/],
])('%s is read off an index', async (_, request, plan) => {
  expect(await planOf(ada, request)).toMatch(plan);
});

test('somebody who sees little is not shown to it by going through all there is', async () => {
  const plan = await planOf(ben, { q: 'Deal 4' });
  expect(plan).toMatch(/deal_owner|deal_title_pairs/);
  expect(plan).not.toMatch(/Seq Scan/);
});

/** How the store goes about the first part of a page. */
async function planOf(actor: Actor, request: Omit<ViewRequest, 'object'>): Promise<string> {
  const of = view(request);
  const source = sourceOf(sql, actor, app.registry, of);
  const rows = await sql<
    { 'QUERY PLAN': string }[]
  >`explain ${rowsSql(sql, source, of, { part: 'filled', after: null, limit: 51 })}`;
  return rows.map((row) => row['QUERY PLAN']).join('\n');
}
