import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import {
  chownSync,
  closeSync,
  existsSync,
  fchownSync,
  linkSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  unlinkSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { FatalError } from '../../lib/fatal.ts';
import { identify } from '../../lib/processes.ts';
import type { Account } from './account.ts';
import { ENVIRONMENT, type Programs } from './programs.ts';

const passwordsSchema = z.strictObject({
  superuser: z.string().min(32),
  owner: z.string().min(32),
  app: z.string().min(32),
});

/** Random passwords of the three database roles, kept beside the data, readable by ourselves only. */
export type Passwords = z.infer<typeof passwordsSchema>;

/**
 * Makes sure that `dataDir/postgres` is a data folder that these programs can open, and returns its passwords.
 * A new one is built under another name and renamed when complete, so a start cut short leaves nothing half-made.
 * Throws `FatalError` for a folder of another version, a broken one, or one whose passwords are lost.
 */
export async function ensureCluster(
  dataDir: string,
  programs: Programs,
  account: Account,
  options: { fsync: boolean },
): Promise<Passwords> {
  const folder = join(dataDir, 'postgres');
  if (existsSync(folder) && readdirSync(folder).length > 0) {
    checkVersion(folder, programs.major);
    return readPasswords(dataDir);
  }
  sweep(dataDir);
  const passwords = makePasswords(dataDir);
  const unfinished = `${folder}.new-${process.pid}`;
  mkdirSync(unfinished, { mode: 0o700 });
  if ('uid' in account) chownSync(unfinished, account.uid, account.gid);
  await initdb(unfinished, programs, account, passwords.superuser, options.fsync);
  try {
    renameSync(unfinished, folder);
  } catch {
    // Another process was quicker. Whose the folder is now is decided where PostgreSQL starts.
    rmSync(unfinished, { recursive: true, force: true });
  }
  return passwords;
}

/** The path by which a process that works in `folder` opens it. */
export function ownPath(folder: string, account: Account): string {
  // Under another account the way from the root may be closed (/root is); the way from where it stands never is.
  return 'uid' in account && process.platform === 'linux' ? '/proc/self/cwd' : folder;
}

function checkVersion(folder: string, major: number): void {
  const path = join(folder, 'PG_VERSION');
  const found = existsSync(path) ? readFileSync(path, 'utf8').trim() : undefined;
  if (found === undefined || !/^\d+$/.test(found) || !existsSync(join(folder, 'global', 'pg_control'))) {
    throw new FatalError(
      `The data folder ${folder} is broken: it is not a complete PostgreSQL folder. Restore it from a backup or move it away.`,
    );
  }
  if (Number(found) === major) return;
  throw new FatalError(
    `The data folder ${folder} was made by PostgreSQL ${found} and this program brings ${major}. ` +
      `Back it up with the version that made it and restore it here.`,
  );
}

/** Removes what an earlier start left unfinished, unless its process is still at it. */
function sweep(dataDir: string): void {
  for (const name of readdirSync(dataDir)) {
    const pid = /^postgres\.new-(\d+)$/.exec(name)?.[1];
    if (pid === undefined || (Number(pid) !== process.pid && identify(Number(pid)) !== undefined)) continue;
    rmSync(join(dataDir, name), { recursive: true, force: true });
  }
}

const passwordsPath = (dataDir: string) => join(dataDir, 'postgres-passwords.json');

export function readPasswords(dataDir: string): Passwords {
  const path = passwordsPath(dataDir);
  try {
    return passwordsSchema.parse(JSON.parse(readFileSync(path, 'utf8')));
  } catch (cause) {
    const words = `The data folder ${dataDir} is broken: ${path} is missing or unreadable. Restore it from a backup.`;
    throw new FatalError(words, { cause });
  }
}

function makePasswords(dataDir: string): Passwords {
  const path = passwordsPath(dataDir);
  const secret = () => randomBytes(32).toString('hex');
  const passwords: Passwords = { superuser: secret(), owner: secret(), app: secret() };
  const unfinished = `${path}.${process.pid}`;
  writeFileSync(unfinished, `${JSON.stringify(passwords, null, 2)}\n`, { mode: 0o600 });
  try {
    // Unlike a rename, a link never replaces: of two processes that start together, both use the first one's.
    linkSync(unfinished, path);
  } catch (error) {
    if (!existsSync(path)) throw error;
  } finally {
    unlinkSync(unfinished);
  }
  return readPasswords(dataDir);
}

async function initdb(
  folder: string,
  programs: Programs,
  account: Account,
  password: string,
  fsync: boolean,
) {
  const flags = [
    `--pgdata=${ownPath(folder, account)}`,
    '--username=postgres',
    '--auth=scram-sha-256',
    '--pwfile=/dev/fd/3',
    '--encoding=UTF8',
    // Sorts the same on every machine and after every upgrade of the system; people's order is a COLLATE away.
    '--locale-provider=builtin',
    '--builtin-locale=C.UTF-8',
    '--locale=C',
    '--no-instructions',
    ...(fsync ? [] : ['--no-sync']),
  ];
  const secret = namelessFile(`${folder}.password`, password, account);
  try {
    const child = spawn(programs.initdb, flags, {
      ...account,
      cwd: folder,
      env: ENVIRONMENT,
      detached: true,
      stdio: ['ignore', 'ignore', 'pipe', secret],
    });
    let words = '';
    child.stderr?.setEncoding('utf8').on('data', (text: string) => (words = (words + text).slice(-2000)));
    const code = await new Promise<number | null>((resolve, reject) => {
      child.once('error', reject).once('close', resolve);
    });
    if (code === 0) return;
    const lines = words.trim().split('\n');
    const reason = lines.find((line) => /error|fatal/i.test(line)) ?? lines.at(-1);
    rmSync(folder, { recursive: true, force: true });
    throw new FatalError(`PostgreSQL could not make its data folder ${folder}: ${reason ?? `exit ${code}`}`);
  } finally {
    closeSync(secret);
  }
}

/** A file that `account` may read through its descriptor only: it has no name any more. Returns the descriptor. */
function namelessFile(path: string, content: string, account: Account): number {
  const file = openSync(path, 'wx+', 0o600);
  unlinkSync(path);
  writeSync(file, content, 0);
  if ('uid' in account) fchownSync(file, account.uid, account.gid);
  return file;
}
