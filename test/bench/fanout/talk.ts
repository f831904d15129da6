import { spawn, type ChildProcess } from 'node:child_process';
import { existsSync } from 'node:fs';
import { cpus } from 'node:os';
import { join } from 'node:path';
import { must } from '../../../shared/lib/must.ts';

/** Another process of the bench, which answers one question after the other. */
export interface Helper {
  ask<T>(question: object): Promise<T>;
  stop(): Promise<void>;
}

const ROOT = join(import.meta.dirname, '../../..');
const TASKSET = ['/usr/bin/taskset', '/bin/taskset'].find((path) => existsSync(path));
/** Whether server and sink can have a core of their own each. */
export const pinned = TASKSET !== undefined && cpus().length > 1;

/** Starts a file, named from the root, on one core where the machine lets us. */
export function startHelper(file: string, core: number, flags: readonly string[] = []): Helper {
  const node = [process.execPath, ...flags, '--import', 'tsx', join(ROOT, file)];
  const [command = '', ...rest] = pinned ? [must(TASKSET, 'taskset'), '-c', String(core), ...node] : node;
  const child: ChildProcess = spawn(command, rest, { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
  const gone = new Promise<never>((_, reject) =>
    child.once('exit', (code) => reject(new Error(`${file} ended with ${code}`))),
  );
  gone.catch(() => undefined);
  return {
    ask<T>(question: object) {
      const answer = new Promise<T>((resolve, reject) =>
        child.once('message', (message: { error?: string; answer: T }) =>
          message.error === undefined ? resolve(message.answer) : reject(new Error(message.error)),
        ),
      );
      child.send(question);
      return Promise.race([answer, gone]);
    },
    async stop() {
      const ended = gone.catch(() => undefined);
      if (child.connected) child.disconnect();
      await ended;
    },
  };
}

/** In the helper: answers each question by what `answer` says. */
export function answerAll<Q>(answer: (question: Q) => Promise<unknown>): void {
  process.on('message', (question: Q) => {
    answer(question).then(
      (said) => process.send?.({ answer: said ?? null }),
      (error: unknown) => process.send?.({ error: error instanceof Error ? error.stack : String(error) }),
    );
  });
  process.on('disconnect', () => process.exit(0));
}
