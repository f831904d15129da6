import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { FatalError } from '../lib/fatal.ts';
import { log } from '../lib/log.ts';
import { connect, place, type Sql } from './connect.ts';
import { transaction, type Tx } from './transaction.ts';

const FOLDER = join(import.meta.dirname, 'migrations');
/** Any number that nobody else uses: what the lock of all migrating processes is called. */
const LOCK = 7_020_741_093;
const WAIT_LIMIT_MS = 600_000;

export interface MigrateOptions {
  /** The role the program runs as, which gets its rights here. Unless it is the migrating role itself. */
  appRole?: string;
  /** The folder of `NNNN_name.sql` files; for tests. */
  folder?: string;
}

/**
 * Brings the store at `url` to the state of this program: runs what `schema_migration` does not know yet, in order,
 * each file in a transaction of its own, while others that start at the same time wait. Returns the names it ran.
 * Throws `FatalError` if an applied file was changed or is missing, or if the store is newer than the program.
 */
export async function migrate(url: string, options: MigrateOptions = {}): Promise<string[]> {
  const files = readMigrations(options.folder ?? FOLDER);
  const sql = await connect(url, {
    max: 1,
    application_name: 'rolecall migrate',
    statement_timeout_ms: 0,
    lock_timeout_ms: 0,
    idle_in_transaction_timeout_ms: 0,
  });
  try {
    // One connection, so the lock is held by the very session that migrates and goes with it.
    await lock(sql);
    await sql`
      create table if not exists schema_migration (
        name text primary key,
        sha256 text not null,
        applied_at timestamptz(3) not null default now()
      )
    `;
    const due = pending(
      files,
      await sql<Applied[]>`select name, sha256 from schema_migration order by name`,
      url,
    );
    for (const file of due) await apply(sql, file, url);
    if (options.appRole !== undefined) await grant(sql, options.appRole, due.length > 0, url);
    return due.map((file) => file.name);
  } finally {
    await sql.end();
  }
}

type Migration = { name: string; text: string; sha256: string };
type Applied = { name: string; sha256: string };

/** The files in order. Throws `FatalError` for a name that would make the order doubtful. */
function readMigrations(folder: string): Migration[] {
  const names = readdirSync(folder)
    .filter((name) => name.endsWith('.sql'))
    .sort();
  return names.map((name, index) => {
    if (!/^\d{4}_[a-z0-9_]+\.sql$/.test(name))
      throw new FatalError(`The migration ${name} is not named NNNN_name.sql.`);
    if (name.slice(0, 4) === names[index - 1]?.slice(0, 4)) {
      throw new FatalError(`The migrations ${names[index - 1]} and ${name} have the same number.`);
    }
    const text = readFileSync(join(folder, name), 'utf8');
    return { name, text, sha256: createHash('sha256').update(text).digest('hex') };
  });
}

function pending(files: Migration[], applied: Applied[], url: string): Migration[] {
  const last = applied.at(-1)?.name;
  const newest = files.at(-1)?.name ?? '';
  for (const { name, sha256 } of applied) {
    const file = files.find((candidate) => candidate.name === name);
    if (file === undefined && name.slice(0, 4) > newest.slice(0, 4)) {
      throw new FatalError(
        `The store at ${place(url)} is newer than this program (it has ${name}). Update Rolecall.`,
      );
    }
    if (file === undefined)
      throw new FatalError(`The migration ${name} was applied to this store and is missing here.`);
    if (file.sha256 !== sha256) {
      throw new FatalError(
        `The migration ${name} was changed after it was applied. Undo that and write a new one.`,
      );
    }
  }
  const due = files.filter((file) => applied.every(({ name }) => name !== file.name));
  const late = due.find((file) => last !== undefined && file.name < last);
  if (late !== undefined)
    throw new FatalError(`The migration ${late.name} comes after ${last} was applied: renumber it.`);
  return due;
}

async function apply(sql: Sql, { name, text, sha256 }: Migration, url: string): Promise<void> {
  try {
    await transaction(sql, async (tx) => {
      // The only place where text becomes a statement: our own files.
      await tx.unsafe(text);
      await tx`insert into schema_migration (name, sha256) values (${name}, ${sha256})`;
    });
  } catch (error) {
    const words = error instanceof Error ? error.message : String(error);
    const at = lineOf(text, error);
    throw new FatalError(`The migration ${name}${at} failed on ${place(url)}: ${words}`, { cause: error });
  }
  log.info({ migration: name }, 'migrated');
}

function lineOf(text: string, error: unknown): string {
  const position = error instanceof Error && 'position' in error ? Number(error.position) : NaN;
  return Number.isNaN(position) ? '' : `, line ${text.slice(0, position - 1).split('\n').length},`;
}

/**
 * What the program may do: everything with rows, nothing with tables. The audit trail it can only lengthen, and the
 * list of migrations only read. Left alone if nothing changed, so an ordinary start writes nothing.
 */
async function grant(sql: Sql, role: string, changed: boolean, url: string): Promise<void> {
  const [found] = await sql<{ self: boolean; known: boolean; ready: boolean | null }[]>`
    select
      current_user = ${role} as self,
      exists (select from pg_roles where rolname = ${role}) as known,
      (select has_table_privilege(oid, 'schema_migration', 'select') from pg_roles where rolname = ${role}) as ready
  `;
  if (found?.self || (found?.ready && !changed)) return;
  if (!found?.known)
    throw new FatalError(`The database at ${place(url)} has no role ${role} to give rights to.`);
  await transaction(sql, async (tx) => {
    const app = tx(role);
    await tx`grant usage on schema public to ${app}`;
    await tx`grant select, insert, update, delete on all tables in schema public to ${app}`;
    await tx`grant usage on all sequences in schema public to ${app}`;
    await tx`grant execute on all functions in schema public to ${app}`;
    await tx`revoke insert, update, delete on schema_migration from ${app}`;
    if (await exists(tx, 'audit_entry')) await tx`revoke update, delete, truncate on audit_entry from ${app}`;
  });
}

async function exists(tx: Tx, table: string): Promise<boolean> {
  const [row] = await tx<{ found: boolean }[]>`select to_regclass(${table}) is not null as found`;
  return row?.found ?? false;
}

/** Tried, not waited for: a stopped process keeps its lock, and whoever waits should say so. */
async function lock(sql: Sql): Promise<void> {
  const until = performance.now() + WAIT_LIMIT_MS;
  for (let attempt = 0; performance.now() < until; attempt += 1) {
    const [row] = await sql<{ got: boolean }[]>`select pg_try_advisory_lock(${LOCK}) as got`;
    if (row?.got) return;
    if (attempt === 25) log.warn('waiting for another process that is migrating this store');
    await sleep(200);
  }
  throw new FatalError(
    'Another process has been migrating this store for ten minutes. Look for it in pg_stat_activity.',
  );
}
