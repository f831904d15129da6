import type { Sql } from '../db/connect.ts';
import { monotonic_ms } from '../lib/clock.ts';
import { BATCH_MAX, READ_MAX, readLog, sequenceBatch, type LogEvent } from '../outbox/log.ts';

/** So long events are applied before others have their turn. */
const BREATH_ms = 50;

interface Options {
  sql: Sql;
  /** Handles one event; may wait (for the policy it was made under) before it returns. */
  apply(event: LogEvent): Promise<void> | void;
  /** The log has grown by this node's hand: the others may look. */
  announce(head: number): void;
  /** What comes next has been dropped from the log meanwhile: `begin` says where to go on. */
  lost(): void;
  failed(error: unknown): void;
}

/** Brings committed changes into the log, and reads the log in order from the last event applied. */
export class LogReader {
  readonly #o: Options;
  #applied = 0;
  /** Another one after each `begin`: what was read before that is not applied any more. */
  beginning = {};
  #running: Promise<void> | null = null;
  #again = false;
  #sequence = false;
  #stopped = false;

  constructor(options: Options) {
    this.#o = options;
  }

  /** The last event applied. */
  get applied(): number {
    return this.#applied;
  }

  /** Goes on after `seq`, whatever was read or is being applied by now. */
  begin(seq: number): void {
    this.#applied = seq;
    this.beginning = {};
  }

  /** Looks for new events; with `sequence`, first moves what waits in the outbox. Never throws. */
  wake(sequence: boolean): void {
    this.#sequence ||= sequence;
    if (this.#running) {
      this.#again = true;
      return;
    }
    this.#running = this.#run().finally(() => {
      this.#running = null;
      if (this.#again && !this.#stopped) this.wake(false);
    });
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    await this.#running;
  }

  async #run(): Promise<void> {
    this.#again = false;
    try {
      if (this.#sequence) {
        this.#sequence = false;
        await this.#sequenceAll();
      }
      await this.#applyAll();
    } catch (error) {
      // Nothing is lost: the heartbeat wakes us again, and we go on after the last event applied.
      this.#o.failed(error);
    }
  }

  async #applyAll(): Promise<void> {
    let since_ms = monotonic_ms();
    let limit = READ_MAX;
    for (;;) {
      const beginning = this.beginning;
      const events = await readLog(this.#o.sql, this.#applied, limit);
      for (const event of events) {
        if (this.#stopped) return;
        if (this.beginning !== beginning) break;
        if (event.seq !== this.#applied + 1) return this.#o.lost();
        await this.#o.apply(event);
        if (this.beginning !== beginning) break;
        this.#applied = event.seq;
        if (monotonic_ms() - since_ms < BREATH_ms) continue;
        // A bulk must not hold up heartbeat and answers: with many clients a batch takes a second and more.
        await new Promise((resolve) => setImmediate(resolve));
        since_ms = monotonic_ms();
      }
      if (events.length === 0) return;
      // Large records: the store need not look at more of them than can be taken.
      limit = Math.min(READ_MAX, events.length < limit ? 2 * events.length : 2 * limit);
    }
  }

  async #sequenceAll(): Promise<void> {
    for (let tries = 0; tries < 5;) {
      const { head, moved } = await sequenceBatch(this.#o.sql);
      if (moved > 0 && head !== null) this.#o.announce(head);
      if (moved >= 0 && moved < BATCH_MAX) return;
      // Another node is at it, perhaps since before our commit; what it leaves, the next poll takes.
      if (moved < 0) tries++;
    }
  }
}
