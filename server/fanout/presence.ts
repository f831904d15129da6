import {
  fieldNotReadable,
  notFound,
  PRESENCE,
  readOnly,
  tooLarge,
  unavailable,
  type PresenceRequest,
} from '../../shared/protocol/index.ts';
import type { Clock } from '../lib/clock.ts';
import { PEOPLE_MAX, RECORDS_MAX, type PersonThere, type PresencePoke } from '../redis/messages.ts';
import { Elsewhere } from './presenceElsewhere.ts';
import { heldBy, presentTo, showsWriting } from './presenceMask.ts';
import { Spot } from './presenceSpot.ts';
import type { Subscriber } from './subscriber.ts';

/** What changes within so long is told together, */
const GATHER_ms = 40;
/** and about one record nobody is told more often than this. */
export const CALM_ms = 250;
/** So often it is looked for what is over. */
const SWEEP_ms = 500;
/** So often the other nodes are told again who is here. */
export const REPEAT_ms = 4_000;
/** Records that one client may be on at a time. */
export const RECORDS_PER_CLIENT = 20;
/** Records that one message to the other nodes tells of. */
const TOLD_AT_ONCE = RECORDS_MAX / 2;

interface Options {
  nodeId: string;
  clock: Clock;
  /** The gate of all that leaves this node: shut for whoever is muted or gone, and where the lease has lapsed. */
  open(subscriber: Subscriber): boolean;
  /** By what name a customer knows one of us; null where it is not known (yet). */
  nameOf(user: string, whenKnown: () => void): string | null;
  /** Tells the other nodes; may be lost. */
  tell(poke: PresencePoke): void;
}

/**
 * Who is on which record, and what they are writing in. It is in no store and no log: it is held by the nodes whose
 * clients say so, masked like the record at the moment it is shown, and over when it is not repeated.
 */
export class Presence {
  readonly #o: Options;
  readonly #spots = new Map<string, Spot>();
  /** Records that each client has open as a view, and those it is on. */
  readonly #open = new Map<Subscriber, Set<string>>();
  readonly #on = new Map<Subscriber, Set<string>>();
  readonly #elsewhere = new Elsewhere();
  /** Records of which there may be news, and since when it may be told. */
  readonly #due = new Map<string, number>();
  #cancelFlush: (() => void) | null = null;
  #cancelSweep: (() => void) | null = null;

  constructor(options: Options) {
    this.#o = options;
  }

  /**
   * Takes a client's word that it is on a record, or has gone.
   * @throws ApiError – `read_only` (it looks as somebody else), `not_found` (it has no view of it, or may not see it), `field_not_readable`, `too_large`,
   * `unavailable`
   */
  announce(subscriber: Subscriber, { record, state, field }: PresenceRequest): void {
    if (!this.#o.open(subscriber)) throw unavailable();
    if (subscriber.seeing) throw readOnly();
    const held = heldBy(subscriber, record);
    if (!held) throw notFound();
    if (state === 'gone') return this.#forget(subscriber, record);
    if (field !== undefined && !mayWriteIn(subscriber, field)) throw fieldNotReadable(field);
    if (field !== undefined && !showsWriting(held, field)) throw fieldNotReadable(field);
    const on = this.#on.get(subscriber) ?? new Set();
    const spot = this.#spot(record);
    if (!on.has(record) && (on.size >= RECORDS_PER_CLIENT || spot.entries.size >= PEOPLE_MAX))
      throw tooLarge('There are too many here already');
    this.#on.set(subscriber, on.add(record));
    const now_ms = this.#now();
    spot.entries.set(subscriber, {
      state,
      field: state === 'here' ? field : undefined,
      fieldUntil_ms: now_ms + PRESENCE.writingFor_ms,
      until_ms: now_ms + PRESENCE.hereFor_ms,
    });
    this.touch(record);
    this.#watch();
  }

  /**
   * To be called whenever a client's views have changed. Whoever closes a view has gone from its record; with `anew`
   * the views are only to be opened again, and the client is on their records as before once they are.
   */
  viewsChanged(subscriber: Subscriber, how: 'opened' | 'closed' | 'anew'): void {
    const before = this.#open.get(subscriber) ?? new Set();
    const now = new Set<string>();
    for (const { record } of subscriber.views.values()) if (record) now.add(record.id);
    for (const record of before) {
      if (now.has(record)) continue;
      this.#spots.get(record)?.watchers.delete(subscriber);
      if (how === 'anew') this.touch(record);
      else this.#forget(subscriber, record);
      this.#tidy(record);
    }
    if (now.size === 0) this.#open.delete(subscriber);
    else this.#open.set(subscriber, now);
    for (const record of now) {
      if (before.has(record)) continue;
      this.#spot(record).watchers.set(subscriber, '');
      this.touch(record);
    }
  }

  /** To be called when a view has been opened in place of another of the same record: what was told is told again. */
  reopened(subscriber: Subscriber, record: string): void {
    const watchers = this.#spots.get(record)?.watchers;
    if (!watchers?.has(subscriber)) return;
    watchers.set(subscriber, '');
    this.touch(record);
  }

  /** Its rights are in question, or just known again: whoever it is shown to is told anew. */
  rightsChanged(subscriber: Subscriber): void {
    for (const record of this.#on.get(subscriber) ?? []) this.touch(record);
  }

  /** The client is gone for good. */
  left(subscriber: Subscriber): void {
    for (const record of this.#on.get(subscriber) ?? []) this.#forget(subscriber, record);
    for (const record of this.#open.get(subscriber) ?? []) {
      this.#spots.get(record)?.watchers.delete(subscriber);
      this.#tidy(record);
    }
    this.#open.delete(subscriber);
  }

  /** Another node says who is there; what is our own word is passed over. */
  hear(poke: PresencePoke): void {
    if (poke.node === this.#o.nodeId) return;
    for (const record of this.#elsewhere.hear(poke, this.#now())) this.touch(record);
    this.#watch();
  }

  /** Something about this record may have changed for somebody: it itself, its people, or who may see them. */
  touch(record: string): void {
    const spot = this.#spots.get(record);
    if (!spot || this.#due.has(record)) return;
    this.#due.set(record, Math.max(this.#now() + GATHER_ms, spot.shown_ms + CALM_ms));
    this.#later();
  }

  /** Says goodbye for everyone here. */
  stop(): void {
    for (const spot of this.#spots.values()) spot.entries.clear();
    this.#tellOthers([...this.#spots.keys()]);
    this.#cancelFlush?.();
    this.#cancelSweep?.();
    this.#spots.clear();
    this.#due.clear();
  }

  #forget(subscriber: Subscriber, record: string): void {
    const on = this.#on.get(subscriber);
    on?.delete(record);
    if (on?.size === 0) this.#on.delete(subscriber);
    if (this.#spots.get(record)?.entries.delete(subscriber)) this.touch(record);
  }

  #flush(): void {
    this.#cancelFlush = null;
    const now_ms = this.#now();
    const due = [...this.#due].filter(([, at_ms]) => at_ms <= now_ms).map(([record]) => record);
    for (const record of due) this.#due.delete(record);
    this.#tellOthers(due);
    for (const record of due) {
      if (!this.#show(record, now_ms)) this.#due.set(record, now_ms + CALM_ms);
      this.#tidy(record);
    }
    this.#later();
  }

  /** Shows each client that has the record open who is there. False if somebody could not be told now. */
  #show(record: string, now_ms: number): boolean {
    const spot = this.#spots.get(record);
    if (!spot || spot.watchers.size === 0) return true;
    const people = [...this.#peopleHere(record, spot), ...this.#elsewhere.on(record)];
    let all = true;
    for (const [reader, told] of spot.watchers) {
      const held = heldBy(reader, record);
      if (!held) {
        // Should it come back into reach, it is told from the start.
        spot.watchers.set(reader, '');
        continue;
      }
      const present = presentTo(reader, held, people, (user) =>
        this.#o.nameOf(user, () => this.touch(record)),
      );
      const text = JSON.stringify(present);
      if (text === told) continue;
      // Nothing of this is queued: who cannot be told now is told how things are by then.
      if (!this.#o.open(reader) || reader.opening > 0 || reader.outlet.queued()) {
        all = false;
        continue;
      }
      reader.outlet.presence({ record, people: present });
      spot.watchers.set(reader, text);
      spot.shown_ms = now_ms;
    }
    return all;
  }

  #peopleHere(record: string, spot: Spot): PersonThere[] {
    return spot.people(record, this.#now(), this.#o.open);
  }

  #tellOthers(records: readonly string[]): void {
    const now_ms = this.#now();
    const news: PresencePoke['on'] = [];
    for (const record of records) {
      const spot = this.#spots.get(record);
      const people = spot ? this.#peopleHere(record, spot) : [];
      if (spot?.isNews(people, now_ms, REPEAT_ms)) news.push([record, people]);
    }
    for (let from = 0; from < news.length; from += TOLD_AT_ONCE) {
      const on = news.slice(from, from + TOLD_AT_ONCE);
      this.#o.tell({ kind: 'presence', node: this.#o.nodeId, on });
    }
  }

  #sweep(): void {
    this.#cancelSweep = null;
    const now_ms = this.#now();
    for (const record of this.#elsewhere.forgetSilent(now_ms)) this.touch(record);
    for (const [record, spot] of this.#spots) {
      const { gone, changed } = spot.expire(now_ms);
      for (const subscriber of gone) this.#forget(subscriber, record);
      if (changed) this.touch(record);
    }
    this.#tellOthers(
      [...this.#spots].filter(([, spot]) => spot.staleBy(now_ms) >= REPEAT_ms).map(([record]) => record),
    );
    this.#watch();
  }

  #later(): void {
    if (this.#due.size > 0) this.#cancelFlush ??= this.#o.clock.after(GATHER_ms, () => this.#flush());
  }

  #watch(): void {
    if (this.#on.size === 0 && this.#elsewhere.empty) return;
    this.#cancelSweep ??= this.#o.clock.after(SWEEP_ms, () => this.#sweep());
  }

  #spot(record: string): Spot {
    const spot = this.#spots.get(record) ?? new Spot();
    this.#spots.set(record, spot);
    return spot;
  }

  #tidy(record: string): void {
    if (this.#spots.get(record)?.unused && !this.#due.has(record)) this.#spots.delete(record);
  }

  #now = (): number => this.#o.clock.monotonic_ms();
}

/** Customers write answers, and nothing else of ours. */
const mayWriteIn = ({ actor }: Subscriber, field: string): boolean =>
  actor.kind === 'person' || field === 'reply';
