import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

export const ROOT = join(import.meta.dirname, '../..');
const HERE = join(ROOT, 'test/mutants');

/** A defect to be planted. Its file begins with what it does, in words, and a line `Tests: FILE …`. */
export interface Patch {
  name: string;
  path: string;
  about: string;
  /** The fewest and fastest test files that ought to notice. */
  tests: string[];
  /** What it changes. */
  files: string[];
}

/** All of them by name, or those that are named. @throws Error for a name that there is not */
export function readPatches(wanted: readonly string[] = []): Patch[] {
  const names = readdirSync(HERE).flatMap((file) => /^(.*)\.patch$/.exec(file)?.[1] ?? []);
  const unknown = wanted.filter((name) => !names.includes(name));
  if (unknown.length > 0)
    throw new Error(`There is no ${unknown.join(', ')}. There are: ${names.join(', ')}`);
  return names.filter((name) => wanted.length === 0 || wanted.includes(name)).map(read);
}

function read(name: string): Patch {
  const path = join(HERE, `${name}.patch`);
  const text = readFileSync(path, 'utf8');
  const [words = ''] = text.split(/^--- /m);
  const [about = '', tests = ''] = words.split(/^Tests: /m);
  return {
    name,
    path,
    about: about.trim().replaceAll(/\s+/g, ' '),
    tests: tests.trim().split(/\s+/),
    files: [...text.matchAll(/^\+\+\+ b\/(.+)$/gm)].map((match) => match[1] ?? ''),
  };
}

/**
 * Plants a defect in a folder that holds the program; with `--check` only says whether that can be done. Lines that have
 * moved, and changes two lines away, do no harm. Answers what git has against it; '' where nothing.
 */
export function plant({ path }: Patch, folder: string, ...flags: '--check'[]): string {
  const words = ['apply', '--recount', '-C1', ...flags, path];
  // Within a repository that the folder is only a part of, git would leave out the files without a word.
  const env = { ...process.env, GIT_CEILING_DIRECTORIES: dirname(folder) };
  const { status, stderr, error } = spawnSync('git', words, { cwd: folder, env, encoding: 'utf8' });
  if (error) return error.message;
  return status === 0 ? '' : stderr.trim() || `git apply ended with ${status}`;
}
