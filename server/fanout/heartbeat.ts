import type { Clock } from '../lib/clock.ts';
import type { Sql } from '../db/connect.ts';
import { LEASE_ms } from '../lib/lease.ts';
import type { Lease } from './lease.ts';
import { readPulse, type Pulse, type PulseInput } from './pulse.ts';

export const POLL_ms = 250;

interface Options {
  /** Opens the heartbeat's own connection; called again when one does not answer. */
  connect(): Promise<Sql>;
  clock: Clock;
  lease: Lease;
  input(): Omit<PulseInput, 'since'>;
  /** Applies what was read. Its synchronous part is done before the lease is renewed. */
  apply(pulse: Pulse): void;
  failed(error: unknown): void;
}

/** Asks the store every 250 ms, and at once when poked; each success renews the lease from the moment it was asked. */
export class Heartbeat {
  readonly #o: Options;
  #sql: Sql | null = null;
  #since: string | null = null;
  #running: Promise<boolean> | null = null;
  #next: Promise<boolean> | null = null;
  #cancel: (() => void) | null = null;
  #stopped = false;

  constructor(options: Options) {
    this.#o = options;
  }

  /** A poll that begins after this call; true if it succeeded. Calls while one runs share the one after it. */
  now(): Promise<boolean> {
    if (this.#stopped) return Promise.resolve(false);
    if (!this.#running) return (this.#running = this.#run());
    return (this.#next ??= this.#running.then(() => {
      this.#next = null;
      return this.now();
    }));
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    this.#cancel?.();
    await this.#running;
    await this.#sql?.end({ timeout: 1 });
  }

  async #run(): Promise<boolean> {
    this.#cancel?.();
    try {
      if (this.#stopped) return false;
      await this.#poll();
      return true;
    } catch (error) {
      this.#o.failed(error);
      return false;
    } finally {
      this.#running = null;
      if (!this.#stopped) this.#cancel = this.#o.clock.after(POLL_ms, () => void this.now());
    }
  }

  async #poll(): Promise<void> {
    const sql = (this.#sql ??= await this.#within(this.#o.connect()));
    const start = this.#o.lease.start();
    try {
      const pulse = await this.#within(readPulse(sql, { ...this.#o.input(), since: this.#since }));
      this.#o.apply(pulse);
      this.#since = pulse.at;
    } catch (error) {
      // Whatever hangs on it (a partition, a stopped server) may hang for ever: the next poll takes a new connection.
      this.#sql = null;
      void sql.end({ timeout: 0 }).catch(() => undefined);
      throw error;
    }
    this.#o.lease.renew(start);
  }

  async #within<T>(promise: Promise<T>): Promise<T> {
    let cancel = (): void => undefined;
    const late = new Promise<never>((_, reject) => {
      cancel = this.#o.clock.after(LEASE_ms, () => reject(new Error('The store did not answer in time')));
    });
    promise.catch(() => undefined);
    return Promise.race([promise, late]).finally(() => cancel());
  }
}
