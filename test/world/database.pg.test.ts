import { expect, test, vi } from 'vitest';
import { connect } from '../../server/db/connect.ts';
import { freshDatabase } from './database.ts';

// Loading the demo takes seconds, and more on a machine that is busy.
vi.setConfig({ testTimeout: 120_000 });
const first = await freshDatabase();
const second = await freshDatabase();

test('each database is one of its own', async () => {
  const [one] = await first.sql<{ name: string }[]>`select current_database() as name`;
  const [two] = await second.sql<{ name: string }[]>`select current_database() as name`;
  expect(one?.name).not.toBe(two?.name);
});

test('the migrations have been done, and by the role that owns the tables', async () => {
  const rows = await first.sql<{ owner: string; me: string }[]>`
    select tableowner as owner, current_user as me from pg_tables where tablename = 'schema_migration'
  `;
  expect(rows).toEqual([{ owner: 'rolecall_owner', me: 'rolecall_app' }]);
});

test('the program may not make tables, and the owner may', async () => {
  await expect(first.sql`create table nothing (id int)`).rejects.toThrow(/permission denied/);
  const owner = await connect(first.migrationUrl, { max: 1 });
  await owner`create table something (id int)`;
  await owner.end();
});

test('a database in use is dropped all the same', async () => {
  const third = await freshDatabase();
  const other = await connect(third.url, { max: 1 });
  await third.drop();
  await expect(other`select 1`).rejects.toThrow();
  await other.end({ timeout: 1 });
});

test('the demo is loaded once, and each copy is one of its own', async () => {
  const [one, two] = await Promise.all([freshDatabase({ demo: true }), freshDatabase({ demo: true })]);
  await one.sql`update organisation set name = 'Mine'`;
  const [other] = await two.sql<{ name: string; deals: number }[]>`
    select name, (select count(*) from deal) as deals from organisation
  `;
  expect(other?.name).not.toBe('Mine');
  expect(other?.deals).toBeGreaterThan(100);
});
