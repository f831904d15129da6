import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test, vi } from 'vitest';
import { connect } from '../../../server/db/connect.ts';
import { must } from '../../../shared/lib/must.ts';
import { newVisitor } from '../../world/browser.ts';
import { later } from '../../world/cleanup.ts';
import { freshDatabase } from '../../world/database.ts';
import { enter, newDeal, startPair } from '../../world/pair.ts';
import { identify } from '../../../server/lib/processes.ts';
import { PEOPLE } from '../../../server/db/demo/people.ts';
import { people } from '../../world/people.ts';
import { freePort } from '../../world/ports.ts';
import { startProxy } from '../../world/proxy.ts';
import { RawClient, signIn } from '../../world/rawClient.ts';
import { openSocket } from '../../world/rawSocket.ts';
import { startNode, type NodeOptions, type TestNode } from '../../world/server.ts';
import { until } from '../../world/until.ts';

vi.setConfig({ testTimeout: 120_000, hookTimeout: 200_000 });
/** Started at the same moment, on an empty store. */
const { a, b, database, redis } = await startPair();
const PASSWORD = 'a ladder in the orchard';

test('of two nodes that start at once on an empty store one loads the demo, and both serve it', async () => {
  const [counts] = await database.sql`
    select (select count(*) from deal) as deals, (select count(*) from company) as companies,
      (select count(*) from role) as roles, (select count(*) from outbox) as waiting,
      (select seq from event_head) = (select count(*) from event_log) as gapless
  `;
  expect(counts).toEqual({ deals: 400, companies: 60, roles: 11, waiting: 0, gapless: true });
  for (const node of [a, b]) {
    // It serves a moment before what it says of that has come through.
    await until(() => node.output().includes(people.rafael.email), { what: 'the accounts to be told' });
    expect(node.output()).toContain(`Rolecall is at http://localhost:${node.port}`);
    expect((await enter(node, people.kofi)).cookies.size).toBe(1);
  }
});

test('told to stop while it is written to, a node ends with 0 and has kept every promise', async () => {
  const anna = await enter(a, people.anna);
  const deal = await newDeal(anna, { title: 'Kept' });
  const socket = await openSocket(anna);
  await socket.open({ object: 'deal', record: deal.id });
  const kept: string[] = [];
  const refused: number[] = [];
  let stopped = false;
  const write = async (writer: number) => {
    for (let n = 0; !stopped; n += 1) {
      const body = { kind: 'note', subject: `note ${writer}.${n}`, deal: deal.id };
      const answer = await anna.post('/api/activities', body).catch(() => null);
      if (answer === null) return;
      if (answer.status === 201) kept.push(body.subject);
      else refused.push(answer.status);
    }
  };
  const writers = [0, 1, 2, 3].map(write);
  await until(() => kept.length >= 8);
  const port = a.port;
  await a.stop();
  stopped = true;
  await Promise.all(writers);
  // A node that stops may say that it cannot, or be gone; nothing is wrong with the request, or unexpected.
  for (const status of refused) expect(status).toBe(503);
  await until(() => socket.gone, { what: 'its sockets to be closed' });

  const again = await startNode({ database, redisUrl: redis.url, port });
  const rows = await database.sql<{ subject: string }[]>`
    select subject from activity where deal_id = ${deal.id} and subject like 'note %'
  `;
  const there = rows.map(({ subject }) => subject);
  for (const subject of kept) expect(there).toContain(subject);
  // The same session, the same data; nothing was loaded a second time.
  expect((await anna.at(again.base).get(`/api/deals/${deal.id}`)).body).toMatchObject({ title: 'Kept' });
  expect((await anna.at(b.base).get(`/api/activities?filter={"deal":"${deal.id}"}`)).status).toBe(200);
  const [counts] = await database.sql`
    select (select count(*) from deal) as deals, (select count(*) from user_account) as people
  `;
  expect(counts).toEqual({ deals: 401, people: PEOPLE.length });
  await again.stop();
});

/** Starts a node that cannot: answers the one line it says before it ends with 1. */
async function refusal(options: Partial<NodeOptions>): Promise<string> {
  const node = await startNode({ database, ...options, ready_timeout_ms: 0 });
  expect(await node.ended).toBe(1);
  const lines = node
    .output()
    .trim()
    .split('\n')
    .filter((line) => !line.startsWith('built the client'));
  expect(lines).toHaveLength(1);
  return must(lines[0], 'a line');
}

const changed = (url: string, change: (address: URL) => void): string => {
  const address = new URL(url);
  change(address);
  return address.href;
};
const own = { DATABASE_URL: undefined, MIGRATION_URL: undefined };

function folder(prefix: string): string {
  const path = mkdtempSync(join(tmpdir(), prefix));
  later(async () => rmSync(path, { recursive: true, force: true }));
  return path;
}

describe.concurrent('what cannot be is said in one line, and the exit code is 1:', () => {
  test('the port is in use', async ({ expect }) => {
    expect(await refusal({ port: b.port })).toBe(
      `Port ${b.port} on 127.0.0.1 is in use: stop what uses it, or set PORT to another.`,
    );
  });

  test('nothing listens where the database should be', async ({ expect }) => {
    const nowhere = await freePort();
    const url = changed(database.url, (to) => (to.port = `${nowhere}`));
    const line = await refusal({ database: { url, migrationUrl: url } });
    expect(line).toContain(`127.0.0.1:${nowhere}`);
    expect(line).toMatch(/refuses connections/);
  });

  test('the database’s password is wrong, and is not told', async ({ expect }) => {
    const url = changed(database.url, (to) => (to.password = 'hunter22'));
    const line = await refusal({ database: { url, migrationUrl: url } });
    expect(line).toMatch(/password/i);
    expect(line).not.toContain('hunter22');
  });

  test('there is no such database', async ({ expect }) => {
    const url = changed(database.url, (to) => (to.pathname = '/elsewhere'));
    expect(await refusal({ database: { url, migrationUrl: url } })).toContain('elsewhere');
  });

  test('what listens there says nothing', async ({ expect }) => {
    const proxy = await startProxy(database.url);
    proxy.blackhole();
    const line = await refusal({ database: { url: proxy.url, migrationUrl: proxy.url } });
    expect(line).toContain(`127.0.0.1:${proxy.port}`);
  });

  test('the address is none', async ({ expect }) => {
    expect(await refusal({ env: { DATABASE_URL: 'localhost' } })).toBe(
      'DATABASE_URL must be an address like postgres://user:password@host:5432/database.',
    );
    expect(await refusal({ env: { PORT: 'many' } })).toMatch(/^PORT must be a whole number/);
  });

  test('Redis is not there', async ({ expect }) => {
    const nowhere = await freePort();
    expect(await refusal({ redisUrl: `redis://127.0.0.1:${nowhere}` })).toContain(`127.0.0.1:${nowhere}`);
  });

  test('the data folder is a file', async ({ expect }) => {
    const file = join(folder('rolecall-file-'), 'data');
    writeFileSync(file, 'not a folder');
    expect(await refusal({ env: { ...own, DATA_DIR: file } })).toContain(file);
  });

  test('the data folder is broken, and is left as it is', async ({ expect }) => {
    const path = folder('rolecall-junk-');
    const inside = join(path, 'postgres');
    mkdirSync(inside);
    writeFileSync(join(inside, 'PG_VERSION'), 'not Postgres\n');
    writeFileSync(join(inside, 'letter.txt'), 'somebody’s');
    expect(await refusal({ env: { ...own, DATA_DIR: path } })).toContain(path);
    expect(readFileSync(join(inside, 'letter.txt'), 'utf8')).toBe('somebody’s');
  });

  test('the store is newer than the program', async ({ expect }) => {
    const newer = await freshDatabase();
    const owner = await connect(newer.migrationUrl, { max: 1 });
    await owner`insert into schema_migration (name, sha256) values ('9999_future.sql', 'x')`;
    await owner.end();
    expect(await refusal({ database: newer })).toMatch(/newer than this program.*9999_future\.sql/);
  });

  test.for([
    { NODE_ENV: 'production' },
    { DEMO: '0' },
    { HOST: '0.0.0.0' },
    { PUBLIC_URL: 'https://crm.example.com' },
  ])('the store holds the demo, and is to serve with %j', async (env, { expect }) => {
    expect(await refusal({ env })).toMatch(/^This store holds the demo, whose passwords everyone knows/);
  });

  test('production without a database', async ({ expect }) => {
    expect(await refusal({ env: { ...own, NODE_ENV: 'production' } })).toMatch(/DATABASE_URL/);
  });
});

const linkOf = (node: TestNode): URL =>
  new URL(must(/http\S+\/welcome#token=\S+/.exec(node.output())?.[0], 'the first administrator’s link'));

test('in production the first administrator enters by the link that was printed, once, through the page', async () => {
  const store = await freshDatabase();
  const node = await startNode({ database: store, redisUrl: redis.url, env: { NODE_ENV: 'production' } });
  expect(node.output()).not.toContain('nordlicht');
  const base = `http://localhost:${node.port}`;
  const link = await until(() => linkOf(node));
  expect(link.origin).toBe(base);
  expect((await new RawClient(node.base).get('/api/demo')).status).toBe(404);

  const visitor = await newVisitor(base);
  // Before signing in the page asks who it is, and whether there is a demo.
  visitor.allow(/401|404/);
  await visitor.page.goto(link.href);
  await visitor.page.getByLabel('Your name').fill('Ada First');
  await visitor.page.getByLabel('E-mail').fill('ada@example.com');
  await visitor.page.getByLabel('Password', { exact: true }).fill(PASSWORD);
  await visitor.page.getByRole('button', { name: 'Begin' }).click();
  await visitor.page.waitForURL(({ pathname }) => pathname !== '/welcome');
  const me = await visitor.page.evaluate(async () => (await fetch('/api/me')).json() as Promise<object>);
  expect(me).toMatchObject({ user: { name: 'Ada First' }, roles: [{ name: 'Administrator' }] });
  expect(visitor.page.url()).not.toContain('token');
  const [cookie] = await visitor.page.context().cookies();
  expect(cookie).toMatchObject({ name: '__Host-rolecall', secure: true, httpOnly: true, sameSite: 'Lax' });

  const second = await newVisitor(base);
  second.allow(/401|404/);
  await second.page.goto(link.href);
  await second.page.getByLabel('Your name').fill('Eve Second');
  await second.page.getByLabel('E-mail').fill('eve@example.com');
  await second.page.getByLabel('Password', { exact: true }).fill(PASSWORD);
  await second.page.getByRole('button', { name: 'Begin' }).click();
  await second.page.getByText(/This link has been used/).waitFor();
  const [row] = await store.sql`select count(*) as people from user_account`;
  expect(row).toEqual({ people: 1 });

  await Promise.all([visitor, second].map((person) => person.close()));
  // The next start prints no link.
  await node.stop();
  const again = await startNode({ database: store, redisUrl: redis.url, env: { NODE_ENV: 'production' } });
  expect(again.output()).not.toContain('token=');
  await again.stop();
});

test('with the embedded Postgres: stopped with all it started, and the second start finds everything', async () => {
  const env = { ...own, DEMO: '0', DATA_DIR: folder('rolecall-data-') };
  const first = await startNode({ database, env, ready_timeout_ms: 120_000 });
  const link = await until(() => linkOf(first));
  const visitor = new RawClient(first.base);
  const token = link.hash.slice('#token='.length);
  const person = { token, name: 'Ada First', email: 'ada@example.com', password: PASSWORD };
  expect((await visitor.post('/api/welcome', person)).status).toBe(201);
  const made = await visitor.post('/api/companies', { name: 'Kept Ltd' });
  expect(made.status).toBe(201);
  const postmaster = postmasterOf(env.DATA_DIR);
  process.kill(postmaster, 0);
  await first.stop();
  // Dead at once; its number stays known until init has taken note.
  expect(identify(postmaster)).toBeUndefined();

  const began_ms = performance.now();
  const second = await startNode({ database, env });
  expect(performance.now() - began_ms).toBeLessThan(30_000);
  const ada = await signIn(second.base, person.email, PASSWORD);
  expect((await ada.get('/api/companies')).body).toMatchObject({ rows: [{ name: 'Kept Ltd' }] });
  // The old session holds as well: the key to it was never the program's memory.
  expect((await visitor.at(second.base).get('/api/me')).status).toBe(200);
  // Killed, not told: the next start cleans up after it.
  const orphan = postmasterOf(env.DATA_DIR);
  await second.kill();
  const third = await startNode({ database, env });
  expect((await ada.at(third.base).get('/api/companies')).body).toMatchObject({
    rows: [{ name: 'Kept Ltd' }],
  });
  expect(postmasterOf(env.DATA_DIR)).not.toBe(orphan);
  await third.stop();
});

function postmasterOf(dataDir: string): number {
  const files = readdirSync(dataDir, { recursive: true, encoding: 'utf8' });
  const file = must(
    files.find((name) => name.endsWith('postmaster.pid')),
    'postmaster.pid',
  );
  return Number(readFileSync(join(dataDir, file), 'utf8').split('\n')[0]);
}
