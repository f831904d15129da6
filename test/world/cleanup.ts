import type { ChildProcess } from 'node:child_process';
import { afterAll } from 'vitest';

type Undo = () => unknown;
const undos: Undo[] = [];

/**
 * Has `undo` called when the test file is over, last in first out, so that helpers clean up after themselves.
 * Returns a function that does it at once, and only once however often it is called.
 */
export function later<T>(undo: () => Promise<T>): () => Promise<T> {
  let done: Promise<T> | undefined;
  const once = () => (done ??= undo());
  undos.push(once);
  return once;
}

const children = new Set<ChildProcess>();
process.once('exit', () => children.forEach((child) => child.kill('SIGKILL')));

/** Has a process that the test started die with the test's own at the latest, even if that ends in the middle. */
export function notLongerThanUs(child: ChildProcess): ChildProcess {
  children.add(child);
  child.once('exit', () => children.delete(child));
  return child;
}

// Vitest gives each file its own copy of this module. A script that uses the helpers stops things itself.
if (process.env.VITEST) {
  afterAll(async () => {
    const failures: unknown[] = [];
    for (const undo of undos.splice(0).reverse()) {
      try {
        await undo();
      } catch (error) {
        failures.push(error);
      }
    }
    if (failures.length > 0)
      throw failures.length === 1 ? failures[0] : new AggregateError(failures, 'Cleaning up');
  });
}
