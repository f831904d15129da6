import { type ChildProcess, spawn } from 'node:child_process';
import { rmSync } from 'node:fs';
import { connect } from 'node:net';
import { later, notLongerThanUs } from './cleanup.ts';
import { tempFolder } from './folders.ts';
import { freePort } from './ports.ts';
import { find, REDIS } from './programs.ts';
import { until } from './until.ts';

export interface TestRedis {
  url: string;
  port: number;
  /** Ends it, as `kill -9` would; connections break. `restart` brings it back. */
  stop(): Promise<void>;
  /** Stops the process where it stands: connections stay open and nothing answers. */
  pause(): void;
  resume(): void;
  /** Stopped and started again on the same port, empty. */
  restart(): Promise<void>;
}

/** A real redis-server on a free port, without persistence; ended when the test file is over. */
export async function startRedis(): Promise<TestRedis> {
  const port = await freePort();
  const folder = tempFolder('redis');
  let child = await launch(port, folder);
  const stop = () => end(child);
  later(async () => {
    await stop();
    rmSync(folder, { recursive: true, force: true });
  });
  return {
    url: `redis://127.0.0.1:${port}`,
    port,
    stop,
    pause: () => void child.kill('SIGSTOP'),
    resume: () => void child.kill('SIGCONT'),
    async restart() {
      await stop();
      child = await launch(port, folder);
    },
  };
}

async function launch(port: number, folder: string): Promise<ChildProcess> {
  const words = [
    '--port',
    `${port}`,
    '--bind',
    '127.0.0.1',
    '--dir',
    folder,
    '--save',
    '',
    '--appendonly',
    'no',
  ];
  const child = notLongerThanUs(spawn(find(REDIS), words, { stdio: 'ignore' }));
  await until(() => (child.exitCode === null ? answers(port) : Promise.reject(new Error('it ended'))), {
    what: `redis-server on port ${port}`,
  });
  return child;
}

function answers(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', () => socket.write('PING\r\n'));
    socket.on('data', (data) => resolve(data.toString().startsWith('+PONG')));
    socket.on('data', () => socket.destroy());
    socket.on('error', () => resolve(false));
  });
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = new Promise((resolve) => child.once('exit', resolve));
  child.kill('SIGKILL');
  await gone;
}
