import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, readlinkSync } from 'node:fs';

const HAS_PROC = existsSync('/proc/self/stat');

/**
 * A name for a running process that its number alone is not, as numbers are used again: `pid:start`.
 * `undefined` if no such process is alive (a zombie counts as dead).
 */
export function identify(pid: number): string | undefined {
  if (!HAS_PROC) {
    const started = ps(pid, 'lstart=');
    return started === undefined ? undefined : `${pid}:${started.replace(/\W+/g, '')}`;
  }
  const stat = read(`/proc/${pid}/stat`);
  // The command stands in brackets and may contain anything, so count from the last bracket.
  const fields = stat?.slice(stat.lastIndexOf(')') + 2).split(' ');
  const state = fields?.[0];
  const start = fields?.[19];
  if (start === undefined || state === 'Z' || state === 'X') return undefined;
  return `${pid}:${start}`;
}

/** Whether the process that `identify` once named is still the same and alive. */
export function isAlive(identity: string): boolean {
  return identify(Number(identity.split(':')[0])) === identity;
}

/** The words a process was started with, or `undefined` if it is gone or not ours to look at. */
export function commandLine(pid: number): string[] | undefined {
  if (HAS_PROC) return read(`/proc/${pid}/cmdline`)?.split('\0').filter(Boolean);
  return ps(pid, 'command=')?.split(/\s+/);
}

/** The folder a process works in, where the system tells. */
export function workingFolder(pid: number): string | undefined {
  try {
    return readlinkSync(`/proc/${pid}/cwd`);
  } catch {
    return undefined;
  }
}

function read(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}

function ps(pid: number, column: string): string | undefined {
  try {
    return execFileSync('ps', ['-o', column, '-p', String(pid)], { encoding: 'utf8' }).trim() || undefined;
  } catch {
    return undefined;
  }
}
