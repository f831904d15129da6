import { spawn, type ChildProcess } from 'node:child_process';
import { existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { Copy } from './copy.ts';

/** What tests said of the program in a folder. */
export type Outcome =
  /** Names of those that failed, and what the first had to say. */
  | { kind: 'failed'; tests: string[]; why: string }
  | { kind: 'passed' }
  /** They did not run, or failed because the program cannot work at all: that says nothing. */
  | { kind: 'broken'; why: string };

/** For the tests of one defect, and for all of them. */
const LIMIT_ms = 10 * 60_000;
const LIMIT_OF_ALL_ms = 30 * 60_000;
/** How long a run that has to end may take to clear up. */
const GRACE_ms = 30_000;

/** Runs test files of a copy; with `bail` until one has failed. */
export async function runTests(
  copy: Copy,
  tests: readonly string[],
  { bail }: { bail: boolean },
): Promise<Outcome> {
  const report = join(copy.temp, 'report.json');
  rmSync(report, { force: true });
  const words = ['run', '--reporter=json', `--outputFile=${report}`, ...(bail ? ['--bail=1'] : []), ...tests];
  const limit_ms = bail ? LIMIT_ms : LIMIT_OF_ALL_ms;
  const { said, inTime } = await vitest(copy, words, limit_ms);
  if (!inTime) return { kind: 'broken', why: `not ready after ${limit_ms / 60_000} min` };
  if (!existsSync(report)) return { kind: 'broken', why: `nothing was run:\n${said}` };
  return judge(JSON.parse(readFileSync(report, 'utf8')) as Report, tests, said);
}

let running: ChildProcess | undefined;

/** Ends what runs now, if anything does. */
export function endRun(signal: NodeJS.Signals): void {
  if (running?.pid !== undefined) process.kill(-running.pid, signal);
}

function vitest(
  copy: Copy,
  words: readonly string[],
  limit_ms: number,
): Promise<{ said: string; inTime: boolean }> {
  return new Promise((resolve, reject) => {
    // In a group of its own, so that its workers end with it.
    const child = spawn(join(copy.folder, 'node_modules/.bin/vitest'), words, {
      cwd: copy.folder,
      env: { ...process.env, SEED: process.env['SEED'] ?? '20261125', TMPDIR: copy.temp, NO_COLOR: '1' },
      stdio: ['ignore', 'pipe', 'pipe'],
      detached: true,
    });
    running = child;
    let [said, inTime] = ['', true];
    for (const stream of [child.stdout, child.stderr])
      stream.on('data', (data: Buffer) => (said = (said + data.toString()).slice(-3_000)));
    const timers = [
      setTimeout(() => {
        inTime = false;
        endRun('SIGINT');
      }, limit_ms),
      setTimeout(() => endRun('SIGKILL'), limit_ms + GRACE_ms),
    ];
    child.once('error', reject);
    child.once('close', () => {
      running = undefined;
      for (const timer of timers) clearTimeout(timer);
      resolve({ said: said.trim(), inTime });
    });
  });
}

/** As vitest writes it, in so far as it is looked at. */
interface Report {
  success: boolean;
  testResults: {
    name: string;
    message: string;
    assertionResults: { status: string; fullName: string; failureMessages: string[] | null }[];
  }[];
}

function judge({ success, testResults }: Report, tests: readonly string[], said: string): Outcome {
  const all = testResults.flatMap(({ name, assertionResults }) =>
    assertionResults.map((one) => ({ ...one, file: name.slice(name.lastIndexOf('/test/') + 1) })),
  );
  const failed = all.filter(({ status }) => status === 'failed');
  const messages = failed.map(({ failureMessages }) => failureMessages?.join('\n') ?? '');
  if (failed.length > 0 && messages.every(isCrash)) return { kind: 'broken', why: messages[0] ?? '' };
  if (failed.length > 0)
    return {
      kind: 'failed',
      tests: failed.map(({ file, fullName }) => `${file}: ${told(fullName)}`),
      why: messages[0] ?? '',
    };
  const silent = tests.filter((file) => !all.some((one) => one.file === file && one.status === 'passed'));
  if (success && silent.length === 0) return { kind: 'passed' };
  const message = testResults.map((one) => one.message).find((text) => text !== '');
  return {
    kind: 'broken',
    why: message ?? `no test passed in ${silent.join(', ') || 'the whole run'}\n${said}`,
  };
}

/** A statement that the store does not understand, or code of the program's that fails by itself, whatever was asked. */
function isCrash(message: string): boolean {
  if (
    /^(PostgresError: )?(syntax error|column .* does not exist|relation .* does not exist|operator does not exist)/.test(
      message,
    )
  )
    return true;
  if (!/^(SyntaxError|ReferenceError|TypeError)\b/.test(message)) return false;
  const [, where = ''] = /^\s+at .*?\/(server|shared|client|test)\/[^\n]*$/m.exec(message) ?? [];
  return where !== 'test';
}

/** What is other each time is left out. */
const told = (name: string): string =>
  name
    .replaceAll(/\s*\(SEED=\d+\)/g, '')
    .replaceAll(/\d{6,}/g, '…')
    .trim();
