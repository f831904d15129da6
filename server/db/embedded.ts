import { accessSync, constants, existsSync, mkdirSync, realpathSync } from 'node:fs';
import { join } from 'node:path';
import { FatalError } from '../lib/fatal.ts';
import { connect } from './connect.ts';
import { accountFor } from './embedded/account.ts';
import { ensureCluster, readPasswords, type Passwords } from './embedded/cluster.ts';
import { runningPort, startPostmaster } from './embedded/postmaster.ts';
import { findPrograms } from './embedded/programs.ts';

export { endOrphan } from './embedded/postmaster.ts';

/** A running PostgreSQL of our own. The addresses carry passwords: never log them. */
export interface Embedded {
  /** For the program: the role `rolecall_app`, which owns nothing. */
  url: string;
  /** For migrations: the role `rolecall_owner`, which owns the database and may create others (tests do). */
  migrationUrl: string;
  /** For faults and backups in tests: the superuser. The program never uses it. */
  adminUrl: string;
  /** Settles only if PostgreSQL ends without `stop()`. */
  died: Promise<FatalError>;
  /** Ends sessions, writes everything, waits until the process is gone. */
  stop(): Promise<void>;
}

export interface EmbeddedOptions {
  /** The folder for everything; made if absent. PostgreSQL's own is `postgres` in it, its log `postgres.log`. */
  dataDir: string;
  /** `false` only for tests: faster, and lost when the machine stops. Default `true`. */
  fsync?: boolean;
  /** Further settings, as in postgresql.conf. */
  settings?: Record<string, string>;
}

/**
 * Starts the PostgreSQL that npm brought, on a data folder of its own; the first time makes the folder, the roles
 * and the database `rolecall`. Works as root (PostgreSQL then runs as another user) and as an ordinary user.
 * Throws `FatalError` with one line if the folder is in use, broken, of another version or not ours to write.
 */
export async function startEmbedded({
  dataDir: given,
  fsync = true,
  settings,
}: EmbeddedOptions): Promise<Embedded> {
  const dataDir = openFolder(given);
  const account = accountFor(join(dataDir, 'postgres'));
  const programs = findPrograms(account);
  const passwords = await ensureCluster(dataDir, programs, account, { fsync });
  const postmaster = await startPostmaster(dataDir, programs, account, {
    ...SETTINGS,
    ...(fsync ? {} : { fsync: 'off', synchronous_commit: 'off', full_page_writes: 'off' }),
    ...settings,
  });
  const address = (role: string, password: string, database: string) =>
    `postgres://${role}:${password}@127.0.0.1:${postmaster.port}/${database}`;
  const adminUrl = address('postgres', passwords.superuser, 'postgres');
  try {
    await ensureRoles(adminUrl, passwords);
  } catch (error) {
    await postmaster.stop();
    throw error;
  }
  return {
    url: address('rolecall_app', passwords.app, 'rolecall'),
    migrationUrl: address('rolecall_owner', passwords.owner, 'rolecall'),
    adminUrl,
    died: postmaster.died,
    stop: postmaster.stop,
  };
}

/** Address for the program's role of a PostgreSQL that another process runs on this folder; `undefined`: none does. */
export function findEmbedded(dataDir: string): string | undefined {
  if (!existsSync(join(dataDir, 'postgres'))) return undefined;
  const port = runningPort(dataDir);
  if (port === undefined) return undefined;
  return `postgres://rolecall_app:${readPasswords(dataDir).app}@127.0.0.1:${port}/rolecall`;
}

const SETTINGS: Record<string, string> = {
  listen_addresses: '127.0.0.1',
  unix_socket_directories: '',
  password_encryption: 'scram-sha-256',
  max_connections: '100',
  shared_buffers: '128MB',
  timezone: 'UTC',
  log_timezone: 'UTC',
  // Short statements only: compiling them costs more than it gains.
  jit: 'off',
  // What the server itself has to say. Failed statements reach us as errors, and would quote people's data here.
  log_min_messages: 'log',
  log_min_error_statement: 'panic',
  log_checkpoints: 'off',
};

function openFolder(dataDir: string): string {
  try {
    mkdirSync(dataDir, { recursive: true, mode: 0o700 });
    accessSync(dataDir, constants.R_OK | constants.W_OK | constants.X_OK);
    return realpathSync(dataDir);
  } catch (cause) {
    const code = cause instanceof Error && 'code' in cause ? String(cause.code) : String(cause);
    throw new FatalError(
      `The data folder ${dataDir} cannot be used (${code}). Give another one in DATA_DIR.`,
      { cause },
    );
  }
}

/** Roles and database, whatever an interrupted first start has left of them to do. */
async function ensureRoles(adminUrl: string, passwords: Passwords): Promise<void> {
  const sql = await connect(adminUrl, { max: 1, statement_timeout_ms: 60_000 });
  try {
    const [found] = await sql<{ owner: boolean; app: boolean; store: boolean }[]>`
      select
        exists (select from pg_roles where rolname = 'rolecall_owner') as owner,
        exists (select from pg_roles where rolname = 'rolecall_app') as app,
        exists (select from pg_database where datname = 'rolecall') as store
    `;
    if (!found?.app) await createRole(sql, 'rolecall_app', passwords.app);
    if (!found?.owner) {
      await createRole(sql, 'rolecall_owner', passwords.owner);
      // With the app's rights the owner can end the app's sessions, so tests can drop a database that is in use.
      await sql`alter role rolecall_owner createdb`;
      await sql`grant rolecall_app to rolecall_owner`;
    }
    if (!found?.store) await sql`create database rolecall owner rolecall_owner`;
  } finally {
    await sql.end();
  }
}

/** `create role` takes no parameters, so the words are put together where quoting is at home: in the database. */
async function createRole(
  sql: Awaited<ReturnType<typeof connect>>,
  role: string,
  password: string,
): Promise<void> {
  await sql`select set_config('rolecall.role', ${role}, false), set_config('rolecall.password', ${password}, false)`;
  await sql`
    do $$ begin
      execute format('create role %I login password %L',
        current_setting('rolecall.role'), current_setting('rolecall.password'));
    end $$
  `;
}
