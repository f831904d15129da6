import { accessSync, constants, readdirSync } from 'node:fs';
import { homedir } from 'node:os';
import { delimiter, join } from 'node:path';

/** A program the tests need and the names it goes by; `variable` names the environment variable that overrules. */
export interface Program {
  title: string;
  names: string[];
  /** The Debian package that has it. */
  apt: string;
  variable: string;
}

export const REDIS: Program = { title: 'redis-server', names: ['redis-server', 'valkey-server'], apt: 'redis-server', variable: 'REDIS_SERVER_PATH' }; // prettier-ignore
export const NGINX: Program = { title: 'nginx', names: ['nginx'], apt: 'nginx', variable: 'NGINX_PATH' };
export const CHROMIUM: Program = {
  title: 'Chromium',
  names: ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable', 'chrome'],
  apt: 'chromium',
  variable: 'CHROMIUM_PATH',
};

/** The path of the program. Throws one line that says how to get it. */
export function find(program: Program): string {
  const path = look(program);
  if (path) return path;
  throw new Error(`${program.title} is missing: install it (Debian: apt-get install ${program.apt}) or set ${program.variable}`); // prettier-ignore
}

/** The path of the program, or undefined. */
export function look(program: Program): string | undefined {
  const named = process.env[program.variable];
  if (named) return runs(named) ? named : undefined;
  const folders = [
    ...(process.env.PATH ?? '').split(delimiter),
    '/usr/bin',
    '/usr/sbin',
    '/usr/local/bin',
    '/snap/bin',
  ];
  const paths = folders.filter(Boolean).flatMap((folder) => program.names.map((name) => join(folder, name)));
  return paths.find(runs) ?? (program === CHROMIUM ? downloaded() : undefined);
}

/** The Chromium that Playwright downloads for itself, if it has: the newest. */
function downloaded(): string | undefined {
  const root = process.env.PLAYWRIGHT_BROWSERS_PATH ?? join(homedir(), '.cache/ms-playwright');
  const inside = [
    'chrome-linux/chrome',
    'chrome-linux64/chrome',
    'chrome-mac/Chromium.app/Contents/MacOS/Chromium',
  ];
  const folders = entries(root).filter((name) => /^chromium-\d+$/.test(name));
  const newest = folders.sort((a, b) => Number(b.split('-')[1]) - Number(a.split('-')[1]));
  return newest.flatMap((folder) => inside.map((path) => join(root, folder, path))).find(runs);
}

function runs(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

function entries(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}
