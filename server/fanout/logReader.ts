import type { Sql } from '../db/connect.ts';
import { monotonic_ms } from '../lib/clock.ts';
import { BATCH_MAX, readLog, sequenceBatch, type LogEvent } from '../outbox/log.ts';

/** So long events are applied before others have their turn. */
const BREATH_ms = 50;

interface Options {
  sql: Sql;
  /** Handles one event; may wait (for the policy it was made under) before it returns. */
  apply(event: LogEvent): Promise<void> | void;
  /** The log has grown by this node's hand: the others may look. */
  announce(head: number): void;
  failed(error: unknown): void;
}

/** Brings committed changes into the log, and reads the log in order from the last event applied. */
export class LogReader {
  readonly #o: Options;
  applied = 0;
  #running: Promise<void> | null = null;
  #again = false;
  #sequence = false;
  #stopped = false;

  constructor(options: Options) {
    this.#o = options;
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
      let since_ms = monotonic_ms();
      for (;;) {
        const events = await readLog(this.#o.sql, this.applied);
        for (const event of events) {
          if (this.#stopped) return;
          await this.#o.apply(event);
          this.applied = event.seq;
          if (monotonic_ms() - since_ms < BREATH_ms) continue;
          // A bulk must not hold up heartbeat and answers: with many clients a batch takes a second and more.
          await new Promise((resolve) => setImmediate(resolve));
          since_ms = monotonic_ms();
        }
        if (events.length === 0) return;
      }
    } catch (error) {
      // Nothing is lost: the heartbeat wakes us again, and we go on after the last event applied.
      this.#o.failed(error);
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
