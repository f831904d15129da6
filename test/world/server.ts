import { type ChildProcess, spawn } from 'node:child_process';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { later, notLongerThanUs } from './cleanup.ts';
import { tempFolder } from './folders.ts';
import { freePort } from './ports.ts';
import { until } from './until.ts';

export const ROOT = join(import.meta.dirname, '../..');

export interface NodeOptions {
  /** As `freshDatabase` gives it; with a proxy's port in `url`, what a node is cut off from can be chosen. */
  database: { url: string; migrationUrl: string };
  redisUrl?: string;
  port?: number;
  /** As behind `npm start --`. */
  args?: string[];
  /** Further settings; `undefined` takes one away. */
  env?: Record<string, string | undefined>;
  /** How long it may take until it is ready; 90 s, as it may have to build the client. 0: do not wait. */
  ready_timeout_ms?: number;
}

export interface TestNode {
  /** `http://127.0.0.1:PORT` */
  base: string;
  port: number;
  pid: number;
  /** All it has said so far, on both streams in the order of arrival. */
  output(): string;
  /** SIGTERM, as an operator does; fails unless it then ends by itself within 15 s and with exit code 0. */
  stop(): Promise<void>;
  /** SIGKILL, as a power cut does. */
  kill(): Promise<void>;
  /** SIGSTOP: it keeps its connections and locks, and does nothing. */
  pause(): void;
  resume(): void;
  /** Its exit code once it has ended, or the signal that ended it. */
  ended: Promise<number | string>;
}

/**
 * The real program in a process of its own, ready to serve. Whatever the test leaves running is stopped when the
 * file is over, and has to end properly then; a node that a test killed or that ended by itself is let be.
 */
export async function startNode(options: NodeOptions): Promise<TestNode> {
  const port = options.port ?? (await freePort());
  const base = `http://127.0.0.1:${port}`;
  const dataDir = tempFolder('node');
  const child = launch(port, dataDir, options);
  const said: string[] = [];
  for (const stream of [child.stdout, child.stderr])
    stream?.setEncoding('utf8').on('data', (text: string) => said.push(text));
  const output = () => said.join('');
  const ended = new Promise<number | string>((resolve) =>
    child.once('close', (code, signal) => resolve(code ?? signal ?? 'ended')),
  );
  let over = false;
  void ended.then(() => {
    over = true;
    rmSync(dataDir, { recursive: true, force: true });
  });

  const end = async (signal: 'SIGTERM' | 'SIGKILL') => {
    if (over) return ended;
    child.kill(signal);
    // A paused process takes no other signal.
    child.kill('SIGCONT');
    return within(ended, 15_000, () => child.kill('SIGKILL'));
  };
  const stop = async () => {
    const how = over ? 0 : await end('SIGTERM');
    if (how !== 0)
      throw new Error(`The node on port ${port} ended with ${how} after SIGTERM:\n${tail(output())}`);
  };
  later(stop);

  const wait_ms = options.ready_timeout_ms ?? 90_000;
  if (wait_ms > 0) {
    try {
      await until(() => over || isReady(base), { timeout_ms: wait_ms, every_ms: 50, what: `${base}/readyz` });
      if (over) throw new Error(`it ended with ${await ended}`);
    } catch (error) {
      await end('SIGKILL');
      throw new Error(`The node on port ${port} is not ready: ${String(error)}\n${tail(output())}`, {
        cause: error,
      });
    }
  }
  const kill = async () => void (await end('SIGKILL'));
  const pid = child.pid ?? 0;
  return { base, port, pid, output, stop, kill, pause: () => void child.kill('SIGSTOP'), resume: () => void child.kill('SIGCONT'), ended }; // prettier-ignore
}

function launch(port: number, dataDir: string, options: NodeOptions): ChildProcess {
  const given: Record<string, string | undefined> = {
    // Vitest's own settings, NODE_ENV=test among them, are none of the program's business.
    PATH: process.env.PATH,
    HOME: process.env.HOME,
    PORT: `${port}`,
    HOST: '127.0.0.1',
    DATA_DIR: dataDir,
    DATABASE_URL: options.database.url,
    MIGRATION_URL: options.database.migrationUrl,
    REDIS_URL: options.redisUrl,
    ...options.env,
  };
  const env = Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined));
  const words = ['--import', 'tsx', join(ROOT, 'server/main.ts'), ...(options.args ?? [])];
  return notLongerThanUs(
    spawn(process.execPath, words, { cwd: ROOT, env, stdio: ['ignore', 'pipe', 'pipe'] }),
  );
}

async function isReady(base: string): Promise<boolean> {
  const answer = await fetch(`${base}/readyz`, { signal: AbortSignal.timeout(2_000) });
  await answer.arrayBuffer();
  return answer.ok;
}

async function within<T>(
  promise: Promise<T>,
  timeout_ms: number,
  give_up: () => void,
): Promise<T | 'too slow'> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<'too slow'>(
    (resolve) => (timer = setTimeout(() => resolve('too slow'), timeout_ms)),
  );
  const first = await Promise.race([promise, late]);
  clearTimeout(timer);
  if (first === 'too slow') give_up();
  return first;
}

function tail(text: string): string {
  return text.slice(-4_000);
}
