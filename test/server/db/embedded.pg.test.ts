import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeAll, expect, test } from 'vitest';
import { connect } from '../../../server/db/connect.ts';
import { type Embedded, startEmbedded } from '../../../server/db/embedded.ts';
import { FatalError } from '../../../server/lib/fatal.ts';
import { identify } from '../../../server/lib/processes.ts';
import { later } from '../../world/cleanup.ts';
import { until } from '../../world/until.ts';
import { startElsewhere } from './embeddedProcess.ts';

const root = mkdtempSync(join(tmpdir(), 'rolecall-embedded-'));
const dataDir = join(root, 'data');
later(async () => rmSync(root, { recursive: true, force: true }));

let running: Embedded | undefined;
afterEach(async () => {
  await running?.stop();
  running = undefined;
});

const start = async (folder = dataDir) => (running = await startEmbedded({ dataDir: folder }));
const postmaster = () =>
  Number(readFileSync(join(dataDir, 'postgres', 'postmaster.pid'), 'utf8').split('\n')[0]);

beforeAll(async () => {
  const first = await startEmbedded({ dataDir });
  const owner = await connect(first.migrationUrl, { max: 1 });
  await owner`create table note (words text)`;
  await owner`grant select, insert on note to rolecall_app`;
  await owner.end();
  await first.stop();
});

test('rows survive an orderly stop', async () => {
  await write((await start()).url, 'before');
  await running?.stop();
  expect(await read((await start()).url)).toContain('before');
});

test('the program is no superuser, owns nothing and makes no tables', async () => {
  const sql = await connect((await start()).url, { max: 1 });
  const [me] = await sql`
    select rolsuper or rolcreatedb or rolcreaterole or rolbypassrls as mighty,
      (select count(*) from pg_class where relowner = r.oid) as owned
    from pg_roles r where rolname = current_user
  `;
  expect(me).toEqual({ mighty: false, owned: 0 });
  await expect(sql`create table mine (id int)`).rejects.toThrow('permission denied');
  await sql.end();
});

test('passwords lie in one file for our eyes only, and in no log or command line', async () => {
  await start();
  const path = join(dataDir, 'postgres-passwords.json');
  expect(statSync(path).mode & 0o777).toBe(0o600);
  const command = execFileSync('ps', ['-ww', '-o', 'args=', '-p', String(postmaster())], {
    encoding: 'utf8',
  });
  const log = readFileSync(join(dataDir, 'postgres.log'), 'utf8');
  for (const secret of Object.values(JSON.parse(readFileSync(path, 'utf8')) as Record<string, string>)) {
    expect(command).not.toContain(secret);
    expect(log).not.toContain(secret);
  }
});

test('after kill -9 the left-over Postgres is ended and what was committed is there', async () => {
  const other = await startElsewhere(dataDir);
  await write(other.url, 'committed');
  const leftOver = identify(postmaster());
  other.child.kill('SIGKILL');
  await until(() => other.child.signalCode !== null);
  expect(identify(postmaster())).toBe(leftOver);

  expect(await read((await start()).url)).toContain('committed');
  expect(identify(Number(leftOver?.split(':')[0]))).not.toBe(leftOver);
});

test('after kill -9 of both it recovers, whoever has the number of the old Postgres now', async () => {
  const other = await startElsewhere(dataDir);
  await write(other.url, 'recovered');
  const pid = postmaster();
  other.child.kill('SIGKILL');
  process.kill(pid, 'SIGKILL');
  await until(() => identify(pid) === undefined);
  const file = join(dataDir, 'postgres', 'postmaster.pid');
  writeFileSync(file, readFileSync(file, 'utf8').replace(String(pid), String(process.pid)));

  expect(await read((await start()).url)).toContain('recovered');
});

test('a folder in use by a living process is left alone, and the line names the process', async () => {
  const other = await startElsewhere(dataDir);
  const error = await failure(start());
  expect(error.message).toBe(
    `The data folder ${dataDir} is in use by another Rolecall (process ${other.child.pid}).`,
  );
  expect(await read(other.url)).toContain('before');
  other.child.kill('SIGINT');
  expect([await other.line(), await other.line()]).toEqual(['still here', 'stopped']);
});

test('Ctrl-C reaches every process of the terminal but not Postgres, which we stop last', async () => {
  const other = await startElsewhere(dataDir);
  const pid = postmaster();
  process.kill(-Number(other.child.pid), 'SIGINT');
  expect([await other.line(), await other.line()]).toEqual(['still here', 'stopped']);
  expect(identify(pid)).toBeUndefined();
});

test('whoever started it hears when Postgres ends by itself', async () => {
  const { died } = await start();
  process.kill(postmaster(), 'SIGKILL');
  expect((await died).message).toContain('PostgreSQL ended by itself with SIGKILL');
});

test('a folder of another version is refused in one line', async () => {
  const path = join(dataDir, 'postgres', 'PG_VERSION');
  writeFileSync(path, '14\n');
  const error = await failure(start());
  writeFileSync(path, '18\n');
  expect(error.message).toContain(
    `${join(dataDir, 'postgres')} was made by PostgreSQL 14 and this program brings 18`,
  );
});

test('a broken folder is named in one line', async () => {
  const control = join(dataDir, 'postgres', 'global', 'pg_control');
  const bytes = readFileSync(control);
  writeFileSync(control, bytes.subarray(0, 100));
  const damaged = await failure(start());
  renameSync(control, `${control}.away`);
  const incomplete = await failure(start());
  renameSync(`${control}.away`, control);
  writeFileSync(control, bytes);

  expect(damaged.message).toContain(`does not start on the data folder ${join(dataDir, 'postgres')}: `);
  expect(incomplete.message).toContain(`The data folder ${join(dataDir, 'postgres')} is broken`);
  for (const { message } of [damaged, incomplete]) expect(message).not.toContain('\n');
});

test('lost passwords and a folder that is none are named in one line', async () => {
  const path = join(dataDir, 'postgres-passwords.json');
  renameSync(path, `${path}.away`);
  expect((await failure(start())).message).toContain(`${path} is missing or unreadable`);
  renameSync(`${path}.away`, path);

  const file = join(root, 'file');
  writeFileSync(file, '');
  expect((await failure(start(join(file, 'data')))).message).toContain('cannot be used (ENOTDIR)');
});

test('what a start cut short has left is removed', async () => {
  const folder = join(root, 'new');
  mkdirSync(join(folder, 'postgres.new-999999999', 'base'), { recursive: true });
  await start(folder);
  expect(statSync(join(folder, 'postgres.new-999999999'), { throwIfNoEntry: false })).toBeUndefined();
});

async function failure(promise: Promise<unknown>): Promise<FatalError> {
  const error = await promise.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  if (!(error instanceof FatalError)) throw new Error('expected a FatalError', { cause: error });
  return error;
}

async function write(url: string, words: string): Promise<void> {
  const sql = await connect(url, { max: 1 });
  await sql`insert into note values (${words})`;
  await sql.end();
}

async function read(url: string): Promise<string[]> {
  const sql = await connect(url, { max: 1 });
  const rows = await sql<{ words: string }[]>`select words from note`;
  await sql.end();
  return rows.map((row) => row.words);
}
