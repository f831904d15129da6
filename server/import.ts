import { createReadStream, createWriteStream, existsSync, readFileSync, statSync } from 'node:fs';
import { basename, join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { parseArgs } from 'node:util';
import { z } from 'zod';
import type { Image } from '../shared/access/index.ts';
import { isImportable } from '../shared/imports/importable.ts';
import type { Registry } from '../shared/objects/index.ts';
import { ApiError, importMapSchema, type ImportMap } from '../shared/protocol/index.ts';
import { bringFile, type Brought } from './commands/imports/bringFile.ts';
import { connect, PATIENCE } from './db/connect.ts';
import { findEmbedded, startEmbedded } from './db/embedded.ts';
import { migrate } from './db/migrate.ts';
import { prepareStore } from './db/prepareStore.ts';
import { readEnv, type Env } from './env.ts';
import type { App } from './lib/app.ts';
import { describeFatal, FatalError } from './lib/fatal.ts';
import { setUpLog } from './lib/log.ts';
import { Shutdown } from './lib/shutdown.ts';
import { personFor } from './queries/firstAdministrator.ts';
import { previewImport } from './queries/imports/preview.ts';
import { refusedRows } from './queries/imports/refused.ts';
import { importResult } from './queries/imports/result.ts';

const HELP = `Brings a file of rows in.

  npm run import -- OBJECT FILE [--map MAP.json] [--as EMAIL] [--dry-run]

  OBJECT      company, contact, deal, product, activity, ticket, user, team, …
  FILE        CSV: commas, semicolons, tabs, bars or carets; UTF-8, UTF-16 or Windows-1252
  --map       what the columns mean (docs/importing.md); without it the best guess
  --as        whose rights it has, and who did it; without it the first administrator
  --dry-run   only says what would come in and what would be refused

It finds the store as "npm start" does (DATABASE_URL, else DATA_DIR), also while Rolecall is running on it.
Refused rows go to FILE.refused.csv in the current folder: mend them, and bring that file in.
Ctrl-C stops it after the rows under way; what has come in can be gone on with or undone, under Imports.
Exit codes: 0 all taken, 1 some refused, 2 it could not run, or was stopped.
`;

const shutdown = new Shutdown();
const leaving = new AbortController();
process.once('SIGINT', () => leaving.abort());
process.once('SIGTERM', () => leaving.abort());

let code = 2;
try {
  code = await run();
} catch (error) {
  console.error(described(error));
} finally {
  await shutdown.run();
}
process.exit(code);

async function run(): Promise<number> {
  const asked = readArguments();
  if (asked === null) {
    console.log(HELP);
    return 0;
  }
  const { object, file, as, dry } = asked;
  mustBeFile(file);
  const map = asked.map === undefined ? undefined : readMap(asked.map);
  setUpLog({ production: false, level: 'warn' });
  const app = await openApp(readEnv());
  mustBeImportable(app.registry, object);
  const person = await personFor(app.sql, as);
  if (!person) {
    throw new FatalError(
      as === undefined ? 'There is nobody in this store yet: enter it once, with "npm start".' : `There is nobody with the address ${as}.`, // prettier-ignore
    );
  }
  const brought = await bringFile(app, {
    userId: person.id,
    object,
    name: basename(file),
    body: createReadStream(file),
    map,
    guess: async (actor, id) => (await previewImport(app, actor, id, {})).map,
    dry,
    signal: leaving.signal,
    onProgress: showProgress,
  });
  if (process.stderr.isTTY) process.stderr.write('\r\x1b[K');
  return tell(app, brought, basename(file), dry);
}

function readArguments() {
  const { values, positionals } = parse();
  if (values.help === true) return null;
  const [object, file, ...others] = positionals;
  if (object === undefined || file === undefined || others.length > 0)
    throw new FatalError('Say which object and which file: npm run import -- OBJECT FILE (or --help).');
  return { object, file, map: values.map, as: values.as, dry: values['dry-run'] === true };
}

function parse() {
  try {
    return parseArgs({
      allowPositionals: true,
      options: {
        help: { type: 'boolean', short: 'h' },
        map: { type: 'string' },
        as: { type: 'string' },
        'dry-run': { type: 'boolean' },
      },
    });
  } catch (error) {
    throw new FatalError(error instanceof Error ? error.message : String(error));
  }
}

function mustBeFile(path: string): void {
  if (!statSync(path, { throwIfNoEntry: false })?.isFile()) throw new FatalError(`There is no file ${path}.`);
}

function mustBeImportable(registry: Registry, name: string): void {
  const names = [...registry.objects.values()].filter(isImportable).map((object) => object.name);
  if (!names.includes(name)) throw new FatalError(`Rows cannot become "${name}"; OBJECT is one of ${names.join(', ')}.`); // prettier-ignore
}

function readMap(path: string): ImportMap {
  mustBeFile(path);
  try {
    return importMapSchema.parse(JSON.parse(readFileSync(path, 'utf8')));
  } catch (error) {
    const why =
      error instanceof z.ZodError ? z.prettifyError(error)
      : error instanceof Error ? error.message
      : String(error); // prettier-ignore
    throw new FatalError(`The map ${path} is not one: ${why}`);
  }
}

/** The program as far as it is needed here: a store, and no doors. Nodes on the same store see what is done. */
async function openApp(env: Env): Promise<App> {
  const sql = await connect(await openStore(env), {
    max: 3,
    application_name: 'rolecall import',
    ...PATIENCE,
  });
  shutdown.add('the store', () => sql.end({ timeout: 5 }));
  const [found] = await sql`select exists (select from user_account) as some`;
  // An empty store gets the demo by a start, not by a file of rows.
  if (!found?.['some'])
    throw new FatalError('There is nobody in this store yet: enter it once, with "npm start".');
  const { registry } = await prepareStore(sql, env);
  return { sql, registry, nodeId: `import-${process.pid}`, poke: () => undefined };
}

async function openStore(env: Env): Promise<string> {
  if (env.databaseUrl !== undefined && env.migrationUrl !== undefined) {
    await migrate(env.migrationUrl, { appRole: new URL(env.databaseUrl).username });
    return env.databaseUrl;
  }
  const running = findEmbedded(env.dataDir);
  if (running !== undefined) return running;
  if (!existsSync(join(env.dataDir, 'postgres')))
    throw new FatalError(
      `There is no store in ${env.dataDir}: make one with "npm start", or set DATABASE_URL.`,
    );
  const embedded = await startEmbedded({ dataDir: env.dataDir });
  shutdown.add('Postgres', () => embedded.stop());
  await migrate(embedded.migrationUrl, { appRole: new URL(embedded.url).username });
  return embedded.url;
}

function showProgress({ gone_through, rows, refused }: Image): void {
  if (!process.stderr.isTTY) return;
  const of = rows === null || rows === undefined ? '' : ` of ${number(rows)}`;
  process.stderr.write(`\r\x1b[K${number(gone_through)}${of} rows, ${number(refused)} refused`);
}

async function tell(app: App, { id, actor, record }: Brought, file: string, dry: boolean): Promise<number> {
  const { created, updated, same, refused } = record;
  const status = String(record['status']);
  if (status === 'failed') throw new FatalError(String(record['problem']));
  if (status === 'stopped') {
    const stays = dry
      ? 'Nothing was kept.'
      : `${number(created)} created and ${number(updated)} updated stay: go on, or undo it, at /imports/${id}.`;
    console.log(`Stopped after ${number(record['gone_through'])} rows. ${stays}`);
    return 2;
  }
  const would = dry ? 'would be ' : '';
  console.log(
    `${file}: ${number(record['rows'])} rows. ${number(created)} ${would}created, ${number(updated)} ${would}updated, ` +
      `${number(same)} unchanged, ${number(refused)} ${would}refused.`,
  );
  const result = await importResult(app, actor, id);
  const along = Object.entries(result.along).map(([object, count]) => {
    const { label, labelPlural } = app.registry.get(object);
    return `${number(count)} ${(count === 1 ? label : labelPlural).toLowerCase()}`;
  });
  if (along.length > 0) console.log(`Along with them: ${along.join(', ')}.`);
  if (result.ignored.length > 0) console.log(`Columns without a field: ${result.ignored.join(', ')}.`);
  for (const { column, text, rows, suggestion } of result.unknown.slice(0, 20))
    console.log(`${column}: "${text}" is not known${meant(suggestion)} (${counted(rows, 'row')})`);
  if (result.unknown.length > 20)
    console.log(`… and ${counted(result.unknown.length - 20, 'other text')} that nothing is known by`);
  for (const { column, reason, taken, rows, lines } of result.kinds.slice(0, 20)) {
    const where = `line${rows === 1 ? '' : 's'} ${lines.join(', ')}${rows > lines.length ? ', …' : ''}`;
    console.log(
      `${counted(rows, 'row')}${column === null ? '' : `, ${column}`}: ${reason}${taken ? ' (taken without it)' : ''} – ${where}`,
    );
  }
  if (result.kinds.length > 20)
    console.log(`… and ${counted(result.kinds.length - 20, 'other kind')} of problems`);
  if (Number(refused) === 0) return 0;
  const path = `${file}.refused.csv`;
  const { lines } = await refusedRows(app, actor, id);
  await pipeline(Readable.from(lines), createWriteStream(path));
  console.log(`All refused rows are in ${path}.`);
  return 1;
}

function meant(suggestion: { label: string } | null): string {
  if (suggestion === null) return '';
  return suggestion.label === '' ? ' – is it empty?' : ` – did you mean "${suggestion.label}"?`;
}

function counted(count: number, what: string): string {
  return `${number(count)} ${count === 1 ? what : `${what}s`}`;
}

function number(value: unknown): string {
  return Number(value ?? 0).toLocaleString('en');
}

function described(error: unknown): string {
  if (!(error instanceof ApiError)) return describeFatal(error);
  const { fields = {}, needs } = error.details;
  const why = Object.entries(fields).map(([name, words]) => `  ${name}: ${words}`);
  return [`${error.message}${needs === undefined ? '' : ` (${needs})`}`, ...why].join('\n');
}
