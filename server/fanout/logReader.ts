import type { Sql } from '../db/connect.ts';
import { sqlState } from '../db/failures.ts';
import { monotonic_ms } from '../lib/clock.ts';
import { BATCH_MAX, READ_MAX, readLog, sequenceBatch, type LogEvent } from '../outbox/log.ts';

/** So long events are applied before others have their turn. */
const BREATH_ms = 50;
/** Who cannot move events as another does tries for so long. */
const TRY_ms = 250;

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
  /** Since when another node has kept us from moving events. */
  #tryingSince_ms: number | null = null;
  /** Events moved at a time. */
  #batch = BATCH_MAX;
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
    if (this.#stopped) return;
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
      const sequence = this.#sequence;
      this.#sequence = false;
      const done = !sequence || (await this.#sequenceAll());
      await this.#applyAll();
      if (sequence) this.#tryAgain(done);
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

  /** False where another node is at it, perhaps since before our commit. */
  async #sequenceAll(): Promise<boolean> {
    while (!this.#stopped) {
      const asked = this.#batch;
      const { head, moved } = await this.#sequenceSome();
      if (moved < 0) return false;
      if (moved > 0 && head !== null) this.#o.announce(head);
      if (moved < asked) break;
    }
    return true;
  }

  // What another node is at takes it some milliseconds; what it leaves for longer, the next poll takes.
  #tryAgain(done: boolean): void {
    if (done) {
      this.#tryingSince_ms = null;
      return;
    }
    this.#tryingSince_ms ??= monotonic_ms();
    if (monotonic_ms() - this.#tryingSince_ms > TRY_ms) this.#tryingSince_ms = null;
    else setTimeout(() => this.wake(true), 2 + 3 * Math.random());
  }

  /** Fewer at a time where so many take longer than a statement may: else the same ones would be tried for ever. */
  async #sequenceSome(): Promise<{ head: number | null; moved: number }> {
    try {
      const found = await sequenceBatch(this.#o.sql, this.#batch);
      if (found.moved >= 0) this.#batch = Math.min(BATCH_MAX, 2 * this.#batch);
      return found;
    } catch (error) {
      if (sqlState(error) === CANCELED) this.#batch = Math.max(BATCH_LEAST, Math.floor(this.#batch / 4));
      throw error;
    }
  }
}

/** `query_canceled`: by a time limit. */
const CANCELED = '57014';
const BATCH_LEAST = 10;
