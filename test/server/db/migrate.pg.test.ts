import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { randomBytes } from 'node:crypto';
import { inject, expect, test } from 'vitest';
import { connect, type Sql } from '../../../server/db/connect.ts';
import { migrate } from '../../../server/db/migrate.ts';
import { FatalError } from '../../../server/lib/fatal.ts';
import { later } from '../../world/cleanup.ts';
import { must } from '../../../shared/lib/must.ts';

const store = must(inject('store'), 'a store');
const appRole = new URL(store.url).username;

test('files run once, in order, each with its own record', async () => {
  const { url, folder, owner } = await empty({
    '0002_second.sql': `alter table thing add column words text default 'two'`,
    '0001_first.sql': 'create table thing (id int primary key); insert into thing values (1);',
  });
  expect(await migrate(url, { folder })).toEqual(['0001_first.sql', '0002_second.sql']);
  expect(await migrate(url, { folder })).toEqual([]);
  expect(await owner`select * from thing`).toEqual([{ id: 1, words: 'two' }]);
  expect(await owner`select name, length(sha256) as length from schema_migration order by name`).toEqual([
    { name: '0001_first.sql', length: 64 },
    { name: '0002_second.sql', length: 64 },
  ]);
});

test('of several that start at once, one migrates and the others wait', async () => {
  const { url, folder } = await empty({
    '0001_slow.sql': 'select pg_sleep(0.3); create table slow (id int);',
  });
  const runs = await Promise.all([1, 2, 3].map(() => migrate(url, { folder, appRole })));
  expect(runs.flat()).toEqual(['0001_slow.sql']);
});

test('a file that fails leaves nothing behind and is named with its line', async () => {
  const { url, folder, owner } = await empty({
    '0001_good.sql': 'create table good (id int);',
    '0002_bad.sql': 'create table half (id int);\nselect nonsense;',
  });
  const line = await lineOf(migrate(url, { folder }));
  expect(line).toMatch(
    /^The migration 0002_bad.sql, line 2, failed on \S+: column "nonsense" does not exist$/,
  );
  const [row] =
    await owner`select to_regclass('good') is not null as good, to_regclass('half') is not null as half`;
  expect(row).toEqual({ good: true, half: false });
});

test('a store newer than the program, a changed, a missing and a late file are each told in one line', async () => {
  const { url, folder } = await empty({
    '0001_a.sql': 'select 1',
    '0002_b.sql': 'select 2',
    '0003_c.sql': 'select 3',
  });
  await migrate(url, { folder });
  const line = async (change: () => void, undo: () => void) => {
    change();
    const words = await lineOf(migrate(url, { folder }));
    undo();
    return words;
  };
  const put = (name: string, text: string) => () => writeFileSync(join(folder, name), text);
  const remove = (name: string) => () => rmSync(join(folder, name));

  expect(await line(remove('0003_c.sql'), put('0003_c.sql', 'select 3'))).toMatch(/newer than this program/);
  expect(await line(put('0002_b.sql', 'select 9'), put('0002_b.sql', 'select 2'))).toMatch(
    /0002_b.sql was changed/,
  );
  expect(await line(remove('0002_b.sql'), put('0002_b.sql', 'select 2'))).toMatch(
    /0002_b.sql was applied .* missing/,
  );
  expect(await line(put('0001_z.sql', ''), remove('0001_z.sql'))).toMatch(
    /0001_a.sql and 0001_z.sql have the same/,
  );
  expect(await line(put('4_x.sql', ''), remove('4_x.sql'))).toMatch(/4_x.sql is not named NNNN_name.sql/);
  expect(await migrate(url, { folder })).toEqual([]);
});

test('a file numbered before one that was applied is refused', async () => {
  const { url, folder } = await empty({ '0002_b.sql': 'select 2' });
  await migrate(url, { folder });
  writeFileSync(join(folder, '0001_a.sql'), 'select 1');
  expect(await lineOf(migrate(url, { folder }))).toMatch(/0001_a.sql comes after 0002_b.sql/);
});

test('the program may do everything with rows but rewrite the audit trail and the list of migrations', async () => {
  const { url, folder, appUrl } = await empty({
    '0001_all.sql': `
      create table thing (id int generated always as identity primary key, words text);
      create table audit_entry (id int generated always as identity primary key, words text);
      create sequence numbers;
      create function twice(n int) returns int language sql as 'select 2 * n';
    `,
  });
  await migrate(url, { folder, appRole });
  const app = await connect(appUrl, { max: 1 });
  later(() => app.end());
  await app`insert into thing (words) values ('a')`;
  await app`update thing set words = 'b'`;
  await app`delete from thing`;
  await app`insert into audit_entry (words) values ('a')`;
  expect(await app`select words, twice(2) as four, nextval('numbers') as one from audit_entry`).toEqual([
    { words: 'a', four: 4, one: 1 },
  ]);
  await app`select * from schema_migration`;
  for (const forbidden of [
    app`update audit_entry set words = 'x'`,
    app`delete from audit_entry`,
    app`truncate audit_entry`,
    app`truncate thing`,
    app`alter table audit_entry add column x int`,
    app`drop table audit_entry`,
    app`create table mine (id int)`,
    app`insert into schema_migration (name, sha256) values ('9999_x.sql', '')`,
    app`update schema_migration set sha256 = ''`,
    app`delete from schema_migration`,
  ]) {
    await expect(forbidden).rejects.toThrow(/permission denied|must be owner/);
  }
});

test('a role that does not exist is told in one line', async () => {
  const { url, folder } = await empty({ '0001_a.sql': 'select 1' });
  expect(await lineOf(migrate(url, { folder, appRole: 'nobody_here' }))).toMatch(/has no role nobody_here/);
});

/** A database without any migration, and a folder of files; both are gone when the file is over. */
async function empty(files: Record<string, string>) {
  const name = `m_${randomBytes(6).toString('hex')}`;
  const admin = await connect(store.adminUrl, { max: 1, statement_timeout_ms: 30_000 });
  await admin`create database ${admin(name)} owner rolecall_owner`;
  const folder = mkdtempSync(join(tmpdir(), 'rolecall-migrate-'));
  const inside = (address: string) => Object.assign(new URL(address), { pathname: `/${name}` }).href;
  for (const [file, text] of Object.entries(files)) writeFileSync(join(folder, file), text);
  const owner: Sql = await connect(inside(store.migrationUrl), { max: 1 });
  later(async () => {
    await owner.end();
    await admin`drop database ${admin(name)} with (force)`;
    await admin.end();
    rmSync(folder, { recursive: true, force: true });
  });
  return { url: inside(store.migrationUrl), appUrl: inside(store.url), folder, owner };
}

async function lineOf(promise: Promise<unknown>): Promise<string> {
  try {
    await promise;
    return 'it went well';
  } catch (error) {
    if (!(error instanceof FatalError)) throw error;
    expect(error.message).not.toContain('\n');
    return error.message;
  }
}
