import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { cpus } from 'node:os';

/** Keeps a process, with all its threads, on one core; false where the machine has one only, or no `taskset`. */
export function pin(pid: number, core: number): boolean {
  if (cpus().length < 2) return false;
  const words = ['-a', '-c', '-p', String(core), String(pid)];
  return spawnSync('taskset', words, { stdio: 'ignore' }).status === 0;
}

/** Seconds of processor time that a process has used so far; null where the system does not tell. */
export function processor_s(pid: number): number | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    // In hundredths, as on every Linux.
    return (Number(fields[11]) + Number(fields[12])) / 100;
  } catch {
    return null;
  }
}
