import { spawnSync } from 'node:child_process';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { CHROMIUM, look, NGINX, type Program, REDIS } from './world/programs.ts';

/**
 * Runs before the tests: sees to it that redis-server, a Chromium and nginx are there. What is missing is installed
 * where that is allowed; else one line says what is missing, and the tests do not start – but for nginx, which only the
 * tests of its configuration need. Says nothing when all is there.
 */
const ROOT = process.getuid?.() === 0;
const INSTALL_TIMEOUT_MS = 15 * 60_000;

for (const { title, variable } of [REDIS, CHROMIUM, NGINX].filter(
  (program) => process.env[program.variable] && !look(program),
)) {
  fail(`${variable} names no program that can be run: point it to ${title}, or leave it out`);
}

const missing = [REDIS, CHROMIUM, NGINX].filter((program) => !look(program));
if (missing.length > 0) withApt(missing);
if (!look(CHROMIUM)) withPlaywright();

const still = [REDIS, CHROMIUM].filter((program) => !look(program));
if (still.length > 0) {
  const names = still.map((program) => `${program.title} (or set ${program.variable})`).join(' and ');
  const command = `apt-get install ${still.map((program) => program.apt).join(' ')}`;
  fail(`The tests need ${names}, and it could not be installed here. On Debian: ${command}`);
}

if (!look(NGINX))
  console.log('nginx is missing and could not be installed: the tests of deploy/nginx.conf are skipped.');

function fail(line: string): never {
  console.error(line);
  process.exit(1);
}

function withApt(programs: Program[]): void {
  const packages = programs.map((program) => program.apt);
  const sudo = ROOT ? [] : ['sudo', '-n'];
  if (!has('apt-get') || (!ROOT && !succeeds(['sudo', '-n', 'true']))) return;
  console.log(`Installing ${packages.join(' and ')} with apt-get …`);
  succeeds([...sudo, 'apt-get', 'update', '-qq']);
  const quietly = [
    'env',
    'DEBIAN_FRONTEND=noninteractive',
    // Installed, not started as a service: nothing of ours shall listen on port 80.
    'RUNLEVEL=1',
    'apt-get',
    'install',
    '-y',
    '-qq',
    '--no-install-recommends',
  ];
  // Together first; if one of them is not to be had, the other may be.
  if (succeeds([...sudo, ...quietly, ...packages])) return;
  for (const name of packages) succeeds([...sudo, ...quietly, name]);
}

function withPlaywright(): void {
  console.log("Downloading Playwright's Chromium …");
  const folder = dirname(createRequire(import.meta.url).resolve('playwright-core/package.json'));
  const words = [
    process.execPath,
    join(folder, 'cli.js'),
    'install',
    ...(ROOT ? ['--with-deps'] : []),
    'chromium',
  ];
  succeeds(words);
}

function has(command: string): boolean {
  return succeeds(['sh', '-c', `command -v ${command}`]);
}

function succeeds([command = '', ...words]: string[]): boolean {
  return spawnSync(command, words, { stdio: 'ignore', timeout: INSTALL_TIMEOUT_MS }).status === 0;
}
