import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { expect, test } from 'vitest';
import { must } from '../../shared/lib/must.ts';
import { later, notLongerThanUs } from '../world/cleanup.ts';
import { tempFolder } from '../world/folders.ts';
import { openNordlicht } from '../world/nordlicht.ts';
import { people } from '../world/people.ts';
import { ROOT } from '../world/server.ts';
import { until } from '../world/until.ts';

// The command itself, as an operator runs it: npm run import.

const world = await openNordlicht();
const folder = tempFolder('import');
later(async () => rmSync(folder, { recursive: true, force: true }));

const FILE = 'Name,Country,Owner\nHalden Works,Norway,Anna Lindqvist\nNowhere,Atlantis,\n';

test('it tells how it is used', async () => {
  const { stdout, ...end } = await run(['--help']);
  expect(end).toEqual({ code: 0, stderr: '' });
  for (const word of ['OBJECT', '--map', '--as', '--dry-run', 'Exit codes']) expect(stdout).toContain(word);
});

test.each([
  [[], 'Say which object and which file'],
  [['company', 'files'], 'There is no file files.'],
  [['company', put('a.csv', FILE), '--wibble'], "Unknown option '--wibble'"],
  [['company', put('a.csv', FILE), '--map', 'none.json'], 'There is no file none.json.'],
  [['company', put('a.csv', FILE), '--map', put('no.json', '{')], 'is not one: '],
  [
    ['company', put('a.csv', FILE), '--map', put('key.json', '{"columns":{},"wibble":1}')],
    'Unrecognized key: "wibble"',
  ],
  [
    ['company', put('a.csv', FILE), '--map', put('head.json', '{"columns":{"Wibble":{"to":"name"}}}')],
    'Wibble',
  ],
  [['wibble', put('a.csv', FILE)], 'OBJECT is one of '],
  [['session', put('a.csv', FILE)], 'OBJECT is one of '],
  [
    ['company', put('a.csv', FILE), '--as', 'nobody@x.example'],
    'There is nobody with the address nobody@x.example.',
  ],
  [['company', put('a.csv', FILE), '--as', people.oskar.email], 'Your roles do not allow this (import)'],
])('%j: %s', { timeout: 30_000 }, async (words, line) => {
  const before = await events();
  const { code, stdout, stderr } = await run(words);
  expect([code, stdout]).toEqual([2, '']);
  expect(stderr).toContain(line);
  expect(stderr).not.toContain('    at ');
  expect(await events()).toBe(before);
});

test('a store that nobody has entered is left alone', { timeout: 30_000 }, async () => {
  const { code, stderr } = await run(['company', put('a.csv', FILE)], { DATABASE_URL: '', DATA_DIR: join(folder, 'none') }); // prettier-ignore
  expect([code, stderr]).toEqual([2, expect.stringContaining('make one with "npm start"')]);
  expect(existsSync(join(folder, 'none'))).toBe(false);
});

test(
  'rows come in, what is refused is mended and brought in, and nothing twice',
  { timeout: 60_000 },
  async () => {
    const file = put('companies.csv', FILE.replace('Anna Lindqvist', people.anna.name));
    const dry = await run(['company', file, '--dry-run']);
    expect(dry).toMatchObject({ code: 1, stderr: '' });
    expect(dry.stdout).toContain(
      '2 rows. 1 would be created, 0 would be updated, 0 unchanged, 1 would be refused.',
    );
    expect(await names()).toEqual([]);

    const first = await run(['company', file]);
    expect(first).toMatchObject({ code: 1, stderr: '' });
    expect(first.stdout).toContain('2 rows. 1 created, 0 updated, 0 unchanged, 1 refused.');
    expect(first.stdout).toContain('1 row, Country: Not a country we know – line 3\n');
    const refused = join(folder, 'companies.csv.refused.csv');
    expect(first.stdout).toContain('All refused rows are in companies.csv.refused.csv.');
    writeFileSync(refused, readFileSync(refused, 'utf8').replace('Atlantis', 'Greece'));
    expect((await run(['company', refused])).code).toBe(0);
    expect(await names()).toEqual([
      ['Halden Works', 'NO', people.anna.id],
      ['Nowhere', 'GR', null],
    ]);

    const before = await events();
    const again = await run(['company', put('companies.csv', readFileSync(refused, 'utf8'))]);
    expect(again).toMatchObject({ code: 0, stdout: expect.stringContaining('0 created, 0 updated, 1 unchanged, 0 refused.') }); // prettier-ignore
    expect(await events()).toBe(before);
  },
);

test('Ctrl-C stops it for everybody, and says what stays', { timeout: 60_000 }, async () => {
  const rows = Array.from({ length: 20_000 }, (_, i) => `Many ${i}`).join('\n');
  const { code, stdout } = await run(
    ['company', put('many.csv', `Name\n${rows}\n`)],
    {},
    async (interrupt) => {
      await until(async () => (await made()) > 0, { timeout_ms: 30_000 });
      interrupt();
    },
  );
  expect([code, stdout]).toEqual([
    2,
    expect.stringMatching(/^Stopped after [\d,]+ rows\. [\d,]+ created .* at \/imports\//),
  ]);
  const [found] = await world.sql`select status, created from data_import order by created_at desc limit 1`;
  expect(found).toEqual({ status: 'stopped', created: await made() });
});

interface Ended {
  code: number | null;
  stdout: string;
  stderr: string;
}

async function run(
  words: string[],
  env: Record<string, string> = {},
  meanwhile?: (interrupt: () => void) => Promise<void>,
): Promise<Ended> {
  const { url, migrationUrl } = world.database;
  const stores = { DATABASE_URL: url, MIGRATION_URL: env['DATABASE_URL'] === '' ? '' : migrationUrl };
  const child = notLongerThanUs(
    spawn(
      process.execPath,
      ['--import', import.meta.resolve('tsx'), join(ROOT, 'server/import.ts'), ...words],
      {
        cwd: folder,
        env: { PATH: process.env['PATH'], HOME: process.env['HOME'], ...stores, ...env },
        stdio: ['ignore', 'pipe', 'pipe'],
      },
    ),
  );
  const ended = new Promise<number | null>((resolve) => child.once('close', resolve));
  const said = Promise.all([text(must(child.stdout, 'a pipe')), text(must(child.stderr, 'a pipe'))]);
  await meanwhile?.(() => void child.kill('SIGINT'));
  const [stdout, stderr] = await said;
  return { code: await ended, stdout, stderr };
}

function put(name: string, content: string): string {
  mkdirSync(join(folder, 'files'), { recursive: true });
  writeFileSync(join(folder, 'files', name), content);
  return join('files', name);
}

/** What has been written of companies: every change of one is an event. */
async function events(): Promise<number> {
  const [row] = await world.sql<{ count: number }[]>`
    select (select count(*) from outbox where object = 'company')
      + (select count(*) from event_log where object = 'company') as count
  `;
  return must(row, 'a count').count;
}

async function made(): Promise<number> {
  const [row] = await world.sql<{ count: number }[]>`
    select count(*) as count from company where name like 'Many %'
  `;
  return must(row, 'a count').count;
}

const names = async () =>
  (await world.sql`select name, country, owner_id from company order by name`).map((row) => [
    row['name'],
    row['country'],
    row['owner_id'],
  ]);
