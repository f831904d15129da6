import { spawnSync } from 'node:child_process';
import { chmodSync, copyFileSync, existsSync, mkdirSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { removeLeftovers } from '../world/setup.ts';
import { ROOT } from './patches.ts';

/** The program as it stands here, what is not committed included, in a folder that may be spoilt. */
export interface Copy {
  folder: string;
  /** For whatever is started in it: all that is left behind there goes with it. */
  temp: string;
  /** Makes these files what they are here. */
  restore(files: readonly string[]): void;
  remove(): Promise<void>;
}

/** @throws Error where this is no clone: git says which files are the program's */
export function makeCopy(): Copy {
  const listed = spawnSync('git', ['ls-files', '-z', '-co', '--exclude-standard'], {
    cwd: ROOT,
    encoding: 'utf8',
    maxBuffer: 64 * 1024 * 1024,
  });
  if (listed.status !== 0) throw new Error(`git does not say which files there are: ${listed.stderr}`);
  const outside = tmpdir();
  const folder = mkdtempSync(join(outside, 'rolecall-mutants-'));
  // PostgreSQL runs as somebody else where we are root, and must get at what it keeps in there.
  chmodSync(folder, 0o755);
  const temp = join(folder, '.temp');
  mkdirSync(temp);
  const restore = (files: readonly string[]) => {
    for (const file of files) {
      mkdirSync(dirname(join(folder, file)), { recursive: true });
      copyFileSync(join(ROOT, file), join(folder, file));
    }
  };
  restore(listed.stdout.split('\0').filter((file) => file !== '' && existsSync(join(ROOT, file))));
  symlinkSync(join(ROOT, 'node_modules'), join(folder, 'node_modules'));
  return {
    folder,
    temp,
    restore,
    async remove() {
      // A run that had to be killed leaves its Postgres behind.
      await removeLeftovers(temp);
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
