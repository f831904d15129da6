import { spawn, type ChildProcess } from 'node:child_process';
import {
  closeSync,
  existsSync,
  openSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
} from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { FatalError } from '../../lib/fatal.ts';
import { log } from '../../lib/log.ts';
import { commandLine, identify, isAlive, workingFolder } from '../../lib/processes.ts';
import type { Account } from './account.ts';
import { ownPath } from './cluster.ts';
import { ENVIRONMENT, type Programs } from './programs.ts';

/** A PostgreSQL that we started. `died` settles only if it ends without `stop()`. */
export type Postmaster = { port: number; died: Promise<FatalError>; stop(): Promise<void> };

/** Crash recovery of a large store may take its time; a start that hangs must not hang for ever. */
const START_LIMIT_MS = 300_000;
const FAST_STOP_MS = 20_000;
const HARD_STOP_MS = 5_000;
const LOG_LIMIT_BYTES = 1_000_000;
/** Attempts when the port or the folder was taken meanwhile, or a killed server's backends have not ended yet. */
const ATTEMPTS = 20;

/**
 * Starts PostgreSQL on `dataDir/postgres`, on a free loopback port, in a process group of its own, so that Ctrl-C in
 * a terminal reaches only us and we stop it last. First ends one that a killed Rolecall left running there.
 * Throws `FatalError` if the folder is in use by a living process or the server does not come up.
 */
export async function startPostmaster(
  dataDir: string,
  programs: Programs,
  account: Account,
  settings: Record<string, string>,
): Promise<Postmaster> {
  const folder = join(dataDir, 'postgres');
  for (let attempt = 1; ; attempt += 1) {
    await endLeftover(dataDir, folder);
    const port = await freePort();
    const outcome = await launch(dataDir, folder, programs, account, { ...settings, port: String(port) });
    if (outcome.process !== undefined) return { port, ...supervise(outcome.process, folder) };
    if (!outcome.again || attempt === ATTEMPTS) {
      throw new FatalError(
        `PostgreSQL does not start on the data folder ${folder}: ${outcome.reason} (see ${folder}.log)`,
      );
    }
    await sleep(100);
  }
}

/** The port of a PostgreSQL that serves `dataDir` for a Rolecall that is alive, or `undefined`. */
export function runningPort(dataDir: string): number | undefined {
  const folder = join(dataDir, 'postgres');
  const lock = readPid(folder);
  if (!lock?.ready || identify(lock.pid) === undefined) return undefined;
  const words = commandLine(lock.pid) ?? [];
  if (!serves(lock.pid, words, folder)) return undefined;
  const owner = words.find((word) => word.startsWith('rolecall.owner='))?.slice('rolecall.owner='.length);
  return owner !== undefined && isAlive(owner) ? lock.port : undefined;
}

/**
 * Tells the server that the process `owner` (as `identify` names it) ran on `dataDir` to end, and does not wait: for the
 * moment in which a worker finds that its primary is no more.
 */
export function endOrphan(dataDir: string, owner: string): void {
  const folder = join(dataDir, 'postgres');
  const pid = readPid(folder)?.pid;
  const words = pid === undefined ? [] : (commandLine(pid) ?? []);
  if (pid === undefined || !words.includes(`rolecall.owner=${owner}`) || !serves(pid, words, folder)) return;
  process.kill(pid, 'SIGINT');
}

/** Ends a server of ours whose Rolecall is gone. `postmaster.pid` alone proves nothing: numbers are used again. */
async function endLeftover(dataDir: string, folder: string): Promise<void> {
  const pid = readPid(folder)?.pid;
  const server = pid === undefined ? undefined : identify(pid);
  if (pid === undefined || server === undefined) return;
  const words = commandLine(pid) ?? [];
  if (!serves(pid, words, folder)) {
    // The number belongs to some other program now, which PostgreSQL itself might take for its predecessor.
    rmSync(join(folder, 'postmaster.pid'), { force: true });
    return;
  }
  const owner = words.find((word) => word.startsWith('rolecall.owner='))?.slice('rolecall.owner='.length);
  if (owner === undefined) {
    throw new FatalError(`The data folder ${folder} is in use by another PostgreSQL (process ${pid}).`);
  }
  if (isAlive(owner)) {
    const ours = Number(owner.split(':')[0]);
    throw new FatalError(`The data folder ${dataDir} is in use by another Rolecall (process ${ours}).`);
  }
  log.info({ pid }, 'ending the PostgreSQL that an earlier Rolecall left running');
  await end(pid, server);
}

function serves(pid: number, words: string[], folder: string): boolean {
  const real = realpathSync(folder);
  if (!/(^|\/)postgres$/.test(words[0] ?? '')) return false;
  return workingFolder(pid) === real || words.includes(folder) || words.includes(real);
}

async function launch(
  dataDir: string,
  folder: string,
  programs: Programs,
  account: Account,
  settings: Record<string, string>,
): Promise<{ process?: ChildProcess; reason: string; again: boolean }> {
  const logPath = join(dataDir, 'postgres.log');
  if (sizeOf(logPath) > LOG_LIMIT_BYTES) renameSync(logPath, `${logPath}.old`);
  const from = sizeOf(logPath);
  // To a file, not to a pipe: the server must be able to speak after we are gone.
  const logFile = openSync(logPath, 'a', 0o600);
  const all = { ...settings, 'rolecall.owner': identify(process.pid) ?? '' };
  const flags = Object.entries(all).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
  const child = spawn(programs.postgres, ['-D', ownPath(folder, account), ...flags], {
    ...account,
    cwd: folder,
    env: ENVIRONMENT,
    detached: true,
    stdio: ['ignore', logFile, logFile],
  });
  child.unref();
  closeSync(logFile);
  let failed: string | undefined;
  child.once('error', (error) => (failed = error.message));
  child.once('exit', (code, signal) => (failed = `it ended with ${code ?? signal}`));

  const until = performance.now() + START_LIMIT_MS;
  while (failed === undefined && performance.now() < until) {
    const lock = readPid(folder);
    if (lock?.pid === child.pid && lock?.ready) return { process: child, reason: '', again: false };
    await sleep(10);
  }
  if (failed === undefined) child.kill('SIGQUIT');
  const written = existsSync(logPath) ? readFileSync(logPath).subarray(from).toString('utf8') : '';
  const reasons = [...written.matchAll(/(?:FATAL|PANIC|postgres):\s+(.*)/g)].map((match) => match[1]);
  const again = /could not bind|is still in use|lock file .* already exists/.test(written);
  return { reason: reasons.at(-1) ?? failed ?? 'it was not ready in time', again };
}

function supervise(child: ChildProcess, folder: string): Pick<Postmaster, 'died' | 'stop'> {
  const { pid } = child;
  const server = pid === undefined ? undefined : identify(pid);
  let stopping: Promise<void> | undefined;
  const died = new Promise<FatalError>((resolve) => {
    child.once('exit', (code, signal) => {
      if (stopping !== undefined) return;
      resolve(new FatalError(`PostgreSQL ended by itself with ${code ?? signal} (see ${folder}.log)`));
    });
  });
  const stop = () => {
    stopping ??= pid === undefined || server === undefined ? Promise.resolve() : end(pid, server);
    return stopping;
  };
  return { died, stop };
}

/** Fast shutdown: sessions are ended, everything is written. Only if that hangs, the hard one, which recovers later. */
async function end(pid: number, identity: string): Promise<void> {
  for (const [signal, limit_ms] of [
    ['SIGINT', FAST_STOP_MS],
    ['SIGQUIT', HARD_STOP_MS],
    ['SIGKILL', HARD_STOP_MS],
  ] as const) {
    if (!isAlive(identity)) return;
    process.kill(pid, signal);
    const until = performance.now() + limit_ms;
    while (performance.now() < until) {
      if (!isAlive(identity)) return;
      await sleep(10);
    }
  }
  throw new FatalError(`PostgreSQL (process ${pid}) does not end.`);
}

/** What `postmaster.pid` says: the process on the first line, its port on the fourth, its state on the eighth. */
function readPid(folder: string): { pid: number; port: number; ready: boolean } | undefined {
  try {
    const lines = readFileSync(join(folder, 'postmaster.pid'), 'utf8').split('\n');
    const pid = Number(lines[0]);
    return Number.isInteger(pid) && pid > 0
      ? { pid, port: Number(lines[3]), ready: lines[7]?.trim() === 'ready' }
      : undefined;
  } catch {
    return undefined;
  }
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject).listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address !== null ? address.port : 0));
    });
  });
}

function sizeOf(path: string): number {
  return statSync(path, { throwIfNoEntry: false })?.size ?? 0;
}
