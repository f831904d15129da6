import { newId } from '../../../shared/lib/ids.ts';
import { ApiError } from '../../../shared/protocol/errors.ts';
import { ADOPT_ms, builtUpon, isAway, isOver, LINGER_ms, staleness, wasDone } from './outcomes.ts';
import { FullError, type Making, type Outside } from './outside.ts';
import { inOrder, isDue, needsAnswer, type Act, type UnsentWrite, type WriteState } from './write.ts';

interface Held<W> {
  write: UnsentWrite;
  /** It is kept in storage. */
  kept: boolean;
  flying: boolean;
  inPlace: boolean;
  off: (() => void) | null;
  /** Whoever made it still waits for its outcome. */
  caller: { answer(written: W | 'waiting' | null): void; refuse(error: unknown): void } | null;
}

const RETRY_ms = 3_000;
const RETRY_MAX_ms = 30_000;
/** An answer that takes longer is not waited for: the write shows as waiting. */
const SLOW_ms = 4_000;
/** Lines that are sent side by side after a break. */
const ABREAST = 6;

/**
 * One person's unsent writes. Those of a line (a record) are sent one after the other, those of different lines side by
 * side, each by one tab at a time. A write is on the shelf before it is sent and leaves it once it is answered: so neither
 * a lost answer nor a closed tab loses it, and as its key stays the same, the server does it once.
 */
export class WriteQueue<W extends { version: number }> {
  readonly #outside: Outside<W>;
  readonly #held = new Map<string, Held<W>>();
  readonly #running = new Set<string>();
  readonly #again = new Set<string>();
  readonly #unlisten: () => void;
  #retry: ReturnType<typeof setTimeout> | undefined;
  #tries = 0;
  #closed = false;

  constructor(outside: Outside<W>) {
    this.#outside = outside;
    for (const write of outside.shelf.all()) this.#hold(write, true);
    this.#unlisten = outside.shelf.listen((key) => this.#heard(key, outside.shelf.get(key)));
  }

  /** In the order in which they were made. */
  list(): UnsentWrite[] {
    return [...this.#held.values()].map(({ write }) => write).sort(inOrder);
  }

  /** `outcome` resolves when it is answered, or once it is known to wait. It rejects with ApiError – refused · FullError. */
  add(act: Act, making: Making): { key: string; outcome: Promise<W | 'waiting' | null> } {
    const { line, seen, needs, inPlace = false } = making;
    const write: UnsentWrite = { key: newId(), line, act, seen, at: this.#nextAt(), tried: null, state: 'sending', ...(needs === undefined ? {} : { needs }) }; // prettier-ignore
    const held = this.#hold(write, this.#outside.shelf.put(write), inPlace);
    const outcome = new Promise<W | 'waiting' | null>((answer, refuse) => (held.caller = { answer, refuse }));
    this.#outside.changed();
    void this.#run(line);
    return { key: write.key, outcome };
  }

  /** Sends what waits. */
  async flush(): Promise<void> {
    this.#tries = 0;
    clearTimeout(this.#retry);
    await this.#sendAll();
  }

  /** Takes it back, if it has certainly not been sent; false where it may have been. */
  async cancel(key: string): Promise<boolean> {
    const held = this.#held.get(key);
    if (!held || !isDue(held.write)) return false;
    const take = (): Promise<boolean> => {
      const free = this.#refresh(held) && !held.flying && held.write.tried === null;
      if (free) this.#remove(held)?.answer(null);
      return Promise.resolve(free);
    };
    const { line } = held.write;
    return this.#running.has(line)
      ? take()
      : ((await this.#outside.locks.tryHold(`unsent/${line}`, take)) ?? false);
  }

  /** Throws it away, however it stands. */
  discard(key: string): void {
    const held = this.#current(key);
    if (held) this.#remove(held)?.answer(null);
  }

  /** Sends again what needed an answer: as it is, or with the version that the person has now seen. */
  retry(key: string, seen?: number): void {
    const held = this.#current(key);
    if (!held) return;
    const { line, why: _, needs: __, ...rest } = held.write;
    if (!isDue(held.write)) {
      this.#remove(held);
      const again: UnsentWrite = { ...rest, line, key: newId(), at: this.#nextAt(), seen: seen ?? rest.seen, tried: null, state: 'waiting' }; // prettier-ignore
      this.#hold(again, this.#outside.shelf.put(again));
      this.#outside.changed();
    }
    void this.#run(line);
  }

  /** The session is over. `keep`: they stay on the shelf for their person. Answers how many there were. */
  leave(keep: boolean): number {
    this.#closed = true;
    this.#unlisten();
    clearTimeout(this.#retry);
    const count = this.#held.size;
    if (!keep)
      for (const { key } of [...this.list(), ...this.#outside.shelf.all()]) this.#outside.shelf.drop(key);
    this.#held.clear();
    return count;
  }

  // —— one line ——

  async #run(line: string): Promise<void> {
    if (this.#closed) return;
    if (this.#running.has(line)) return void this.#again.add(line);
    this.#running.add(line);
    try {
      await this.#outside.locks.hold(`unsent/${line}`, () => this.#drain(line));
    } finally {
      this.#running.delete(line);
    }
    if (this.#again.delete(line)) await this.#run(line);
  }

  async #drain(line: string): Promise<void> {
    for (let head = this.#line(line)[0]; head && !this.#closed; head = this.#line(line)[0]) {
      // Another tab may have sent it just now, and told of it so late that we find it first.
      if (!this.#refresh(head)) continue;
      const { write } = head;
      const stale = staleness(write, Date.now());
      if (stale) this.#ask(head, stale);
      else if (!(await this.#outside.ready())) return this.#wait(line);
      // Taken back meanwhile.
      else if (!this.#refresh(head)) continue;
      else if (!(await this.#send(head))) return;
    }
  }

  /** True when the next write of the line may go. */
  async #send(held: Held<W>): Promise<boolean> {
    const triedBefore = held.write.tried !== null;
    if (!triedBefore) this.#change(held, { tried: Date.now() });
    held.flying = true;
    const slow = setTimeout(() => this.#wait(held.write.line), SLOW_ms);
    try {
      const written = await this.#outside.send(held.write);
      this.#finish(held, written);
      return true;
    } catch (error) {
      if (this.#closed || !this.#held.has(held.write.key)) return true;
      if (held.kept && this.#outside.shelf.get(held.write.key) === null) {
        // Thrown away in another tab while it was on its way.
        this.#remove(held)?.answer('waiting');
        return true;
      }
      if (isAway(error)) {
        this.#wait(held.write.line, error);
        return false;
      }
      if (isOver(error)) {
        // It stays for whoever made it; nobody is here any more to be told.
        held.caller?.refuse(error);
        held.caller = null;
        return false;
      }
      // Done under this very key: by another tab, or by a try whose answer was lost.
      if (wasDone(held.write, error, triedBefore)) this.#finish(held, null);
      else this.#refuse(held, error);
      return true;
    } finally {
      clearTimeout(slow);
      held.flying = false;
    }
  }

  #finish(held: Held<W>, written: W | null): void {
    const { write } = held;
    this.#outside.shelf.drop(write.key);
    this.#tries = 0;
    if (this.#closed || !this.#held.has(write.key)) return;
    if (written) {
      for (const next of this.#line(write.line)) {
        const seen = builtUpon(next.write, write, written.version);
        if (seen !== next.write.seen) this.#change(next, { seen });
      }
    }
    this.#outside.done(write, written);
    this.#remove(held)?.answer(written);
  }

  #refuse(held: Held<W>, error: unknown): void {
    const { write, caller } = held;
    for (const next of this.#line(write.line))
      if (next.write.needs === write.key) this.#remove(next)?.refuse(error);
    const conflict = error instanceof ApiError && error.code === 'version_conflict';
    // Whoever still looks keeps it where it was typed, or has typed nothing.
    if (caller && (held.inPlace || (!conflict && write.act.kind !== 'say'))) {
      this.#remove(held)?.refuse(error);
      return;
    }
    if (conflict) this.#fold(held, error);
    held.caller = null;
    this.#ask(held, conflict ? 'conflict' : 'refused', error, caller === null);
    caller?.refuse(error);
  }

  /** What was done to the same fields after it is part of the same question. */
  #fold(held: Held<W>, error: unknown): void {
    const { act, line } = held.write;
    if (act.kind !== 'change') return;
    const values = { ...act.values };
    for (const next of this.#line(line)) {
      if (inOrder(next.write, held.write) <= 0 || !this.#refresh(next) || next.write.tried !== null) continue;
      const later = next.write.act;
      if (later.kind !== 'change') continue;
      if (!Object.keys(later.values).some((name) => name in values)) continue;
      Object.assign(values, later.values);
      this.#remove(next)?.refuse(error);
    }
    this.#change(held, { act: { ...act, values } });
  }

  /** It stops here until the person has answered. */
  #ask(held: Held<W>, state: WriteState, error?: unknown, late = true): void {
    held.off?.();
    held.off = null;
    const known = error instanceof ApiError ? error : null;
    const why = { code: known?.code ?? 'internal', message: known?.message ?? '', fields: known?.details.fields }; // prettier-ignore
    this.#change(held, { state, ...(error === undefined ? {} : { why }) });
    held.caller?.answer('waiting');
    held.caller = null;
    if (late) this.#outside.late(held.write);
  }

  // —— waiting ——

  #wait(line: string, error?: unknown): void {
    if (this.#closed) return;
    for (const held of this.#line(line)) {
      if (!held.kept) {
        // It cannot be promised; and while it flies, it may still arrive.
        if (!held.flying) this.#remove(held)?.refuse(new FullError());
        continue;
      }
      if (held.write.state === 'sending') this.#change(held, { state: 'waiting' });
      held.caller?.answer('waiting');
      held.caller = null;
    }
    const least_ms = error instanceof ApiError ? (error.details.retry_after_s ?? 1) * 1_000 : 0;
    const next_ms = Math.min(RETRY_MAX_ms, (this.#outside.retry_ms ?? RETRY_ms) * 2 ** this.#tries++);
    clearTimeout(this.#retry);
    this.#retry = setTimeout(() => void this.#sendAll(), Math.max(least_ms, next_ms));
  }

  async #sendAll(): Promise<void> {
    const rest = [...new Set(this.list().filter(isDue).map(({ line }) => line))]; // prettier-ignore
    const worker = async (): Promise<void> => {
      for (let line = rest.shift(); line !== undefined; line = rest.shift()) await this.#run(line);
    };
    await Promise.all(Array.from({ length: ABREAST }, worker));
  }

  // —— what is held ——

  #hold(write: UnsentWrite, kept: boolean, inPlace = false): Held<W> {
    const off = isDue(write) ? this.#outside.show(write) : null;
    const held: Held<W> = { write, kept, inPlace, flying: false, off, caller: null };
    this.#held.set(write.key, held);
    return held;
  }

  /** Takes it off shelf and screen; answers who still waits for its outcome. */
  #remove(held: Held<W>): Held<W>['caller'] {
    const { caller, write } = held;
    this.#outside.shelf.drop(write.key);
    this.#held.delete(write.key);
    held.off?.();
    held.off = held.caller = null;
    this.#outside.changed();
    return caller;
  }

  #change(held: Held<W>, changes: Partial<UnsentWrite>): void {
    held.write = { ...held.write, ...changes };
    // What another tab has taken off the shelf is not put back.
    const { shelf } = this.#outside;
    if (held.kept && shelf.get(held.write.key) !== null) held.kept = shelf.put(held.write);
    this.#outside.changed();
  }

  /** What still goes by itself of a line, oldest first. */
  #line(line: string): Held<W>[] {
    const all = [...this.#held.values()].filter(({ write }) => write.line === line && isDue(write));
    return all.sort((a, b) => inOrder(a.write, b.write));
  }

  #nextAt(): number {
    return Math.max(Date.now(), ...[...this.#held.values()].map(({ write }) => write.at + 1));
  }

  // —— other tabs ——

  /** As it is kept by now; undefined where it is gone. */
  #current(key: string): Held<W> | undefined {
    if (this.#held.get(key)?.kept) this.#heard(key, this.#outside.shelf.get(key));
    return this.#held.get(key);
  }

  /** The same; false where it is not to be sent any more. */
  #refresh({ write: { key } }: Held<W>): boolean {
    const now = this.#current(key);
    return now !== undefined && isDue(now.write);
  }

  #heard(key: string, write: UnsentWrite | null): void {
    const held = this.#held.get(key);
    if (this.#closed || held?.flying) return;
    if (!held) {
      if (write === null) return;
      this.#hold(write, true);
      setTimeout(() => void this.#run(write.line), ADOPT_ms);
    } else if (write === null) {
      const { off, caller } = held;
      held.off = null;
      this.#remove(held);
      this.#outside.done(held.write, null);
      caller?.answer('waiting');
      // Done, unless what was made before it still waits, whether or not this tab has heard of that.
      const { line } = held.write;
      const waits = this.#outside.shelf.all().filter((other) => other.line === line && isDue(other));
      const thrown = waits.some((other) => inOrder(other, held.write) < 0);
      if (off) setTimeout(off, thrown ? 0 : LINGER_ms);
    } else {
      held.write = write;
      if (needsAnswer(write)) {
        held.off?.();
        held.off = null;
        held.caller?.answer('waiting');
        held.caller = null;
      } else held.off ??= this.#outside.show(write);
    }
    this.#outside.changed();
  }
}
