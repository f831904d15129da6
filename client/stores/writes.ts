import { newId } from '../../shared/lib/ids.ts';
import { ApiError } from '../../shared/protocol/errors.ts';
import { OfflineError } from '../net/http.ts';

/** What a write is answered with: the record's new version, or nothing. */
type Written = { version: number } | null;

/** One write of a record, in the order in which the person made them. */
export interface Write<T extends Written = Written> {
  fields: readonly string[];
  /** The version the person was looking at; null where there was none. */
  seen: number | null;
  /** Sends it, naming the version it builds upon. The key is the same at every try. */
  send(version: number | null, idempotencyKey: string): Promise<T>;
  /** It is over, whichever way; what it showed meanwhile can be taken off. */
  settled?(): void;
  /** It was refused after it had been waiting, when nobody was listening to its promise any more. */
  refusedLate?(error: unknown): void;
}

interface Queued extends Write {
  key: string;
  idempotencyKey: string;
  waiting: boolean;
  answer(value: Written | 'waiting'): void;
  refuse(error: unknown): void;
}

interface Options {
  /** The records with writes that wait for a connection. */
  waiting(keys: string[]): void;
  retry_ms?: number;
}

const RETRY_ms = 3_000;
const WAITING_MAX = 200;

/**
 * Sends writes: those of one record one after the other, those of different records side by side. What cannot be sent
 * waits, and is sent once there is a connection – with the same key, so the server does it once.
 */
export class Writes {
  readonly #options: Options;
  readonly #queues = new Map<string, Queued[]>();
  readonly #running = new Set<string>();
  /** Records whose queue was to be sent while it was just being given up. */
  readonly #again = new Set<string>();
  #retry: ReturnType<typeof setTimeout> | undefined;

  constructor(options: Options) {
    this.#options = options;
  }

  /** Resolves when it is answered, or once it is known to wait. @throws ApiError – refused */
  add<T extends Written>(key: string, write: Write<T>): Promise<T | 'waiting'> {
    return new Promise((answer, refuse) => {
      const queue = this.#queues.get(key) ?? [];
      if (this.#countWaiting() >= WAITING_MAX) {
        write.settled?.();
        return refuse(new ApiError('unavailable', 'Too much is waiting to be sent already'));
      }
      queue.push({
        ...write,
        key,
        idempotencyKey: newId(),
        waiting: false,
        // A write is answered only with what its own `send` brought, which is a T.
        answer: (value) => answer(value as T | 'waiting'),
        refuse,
      });
      this.#queues.set(key, queue);
      void this.#run(key);
    });
  }

  async flush(): Promise<void> {
    await Promise.all([...this.#queues.keys()].map((key) => this.#run(key)));
  }

  /** Drops everything; answers how many writes had been promised and were never sent. */
  clear(): number {
    clearTimeout(this.#retry);
    const waiting = this.#countWaiting();
    this.#queues.clear();
    this.#options.waiting([]);
    return waiting;
  }

  async #run(key: string): Promise<void> {
    if (this.#running.has(key)) return void this.#again.add(key);
    this.#running.add(key);
    this.#again.delete(key);
    const queue = this.#queues.get(key) ?? [];
    try {
      for (let head = queue[0]; head && this.#queues.get(key) === queue; head = queue[0]) {
        if (!(await this.#send(queue, head))) break;
      }
    } finally {
      this.#running.delete(key);
      if (queue.length === 0 && this.#queues.get(key) === queue) this.#queues.delete(key);
      this.#tell();
    }
    if (this.#again.has(key)) await this.#run(key);
  }

  /** True when the next write of the queue may go. */
  async #send(queue: Queued[], write: Queued): Promise<boolean> {
    try {
      const written = await write.send(write.seen, write.idempotencyKey);
      queue.shift();
      write.settled?.();
      write.answer(written);
      if (written) for (const next of queue) buildUpon(next, write, written.version);
      return true;
    } catch (error) {
      if (this.#queues.get(write.key) !== queue) return false;
      if (isAway(error)) {
        this.#wait(queue, error);
        return false;
      }
      queue.shift();
      write.settled?.();
      if (write.waiting) write.refusedLate?.(error);
      else write.refuse(error);
      return true;
    }
  }

  #wait(queue: Queued[], error: unknown): void {
    for (const write of queue) write.waiting = true;
    this.#tell();
    for (const write of queue) write.answer('waiting');
    // Back at the next connection – or soon, where only this answer was lost.
    const after_s = error instanceof ApiError ? (error.details.retry_after_s ?? 1) : 0;
    clearTimeout(this.#retry);
    this.#retry = setTimeout(
      () => void this.flush(),
      Math.max(after_s * 1000, this.#options.retry_ms ?? RETRY_ms),
    );
  }

  #countWaiting(): number {
    return [...this.#queues.values()].flat().filter((write) => write.waiting).length;
  }

  #tell(): void {
    const waiting = [...this.#queues].filter(([, queue]) => queue.some((write) => write.waiting));
    this.#options.waiting(waiting.map(([key]) => key));
  }
}

const isAway = (error: unknown): boolean =>
  error instanceof OfflineError || (error instanceof ApiError && error.code === 'unavailable');

/**
 * A write that follows another of the same fields builds upon it; else the server would take our own change for
 * someone else's. One of other fields keeps to what the person saw: a change by others must still be noticed.
 */
function buildUpon(next: Queued, former: Queued, version: number): void {
  if (next.seen === null) return;
  if (next.fields.length === 0 || next.fields.some((field) => former.fields.includes(field)))
    next.seen = Math.max(next.seen, version);
}
