import type { MaskedRecord } from '../../shared/access/index.ts';
import { sameValue, type Value } from '../../shared/fields/index.ts';
import { epochOf, type Totals, type View, type WireEvent } from '../../shared/protocol/index.ts';
import { laidOver, Layers, type Layer } from './layers.ts';
import type { Resume } from './resume.ts';
import { step } from './step.ts';
import { Window } from './window.ts';

/** Where the replica's findings go: the reactive side. Called once per operation and thing. */
export interface Sink {
  /** The record as it is to be shown (own unsent changes included); undefined: forgotten. */
  record(object: string, id: string, record: MaskedRecord | undefined): void;
  /** Rows, totals or the end of a view have changed. */
  view(window: Window): void;
  /** Someone's change arrived. `entered`: the record was not held before, so every field counts as changed. */
  changed(change: { object: string; id: string; by: string; fields: string[]; entered: boolean }): void;
}

/** A page of a view, as `open` and `more` answer it. */
export interface Page {
  rows: readonly MaskedRecord[];
  next?: string;
  totals?: Totals;
  /** Known not to be in the view: not even after this page. */
  gone?: readonly string[];
  cursor?: string;
}

interface Held {
  base: MaskedRecord;
  /** Own changes that are not answered yet, the latest last. */
  layers: readonly Layer[];
}

/**
 * What this client holds of the store: records by id, and the views through which they came. Pure, so that every
 * interleaving of answers and events can be tried in a test. The rules, in short:
 * - of two states of a record the newer version counts; an answer may be older than an event that overtook it, so
 *   events are remembered while anything is being asked, and applied to the answer again;
 * - a record is kept only while the server keeps it up to date for an open view (see Window.held); everything else
 *   is forgotten at once.
 */
export class Replica {
  readonly #sink: Sink;
  readonly #objects = new Map<string, Map<string, Held>>();
  readonly #windows = new Map<string, Window>();
  /** Own unanswered changes by object and id: they outlive the views through which the record was held. */
  readonly #layers = new Layers();
  /** Where in the journal each question was asked; several at one place are several. */
  #asked: number[] = [];
  #journal: WireEvent[] = [];
  #journalStart = 0;
  /** The life of the store that versions are of. */
  #epoch: string | null = null;
  readonly #dirtyRecords = new Map<string, { object: string; id: string }>();
  readonly #dirtyWindows = new Set<Window>();

  constructor(sink: Sink) {
    this.#sink = sink;
  }

  get(object: string, id: string): MaskedRecord | undefined {
    const held = this.#objects.get(object)?.get(id);
    return (held && laidOver(held.base, held.layers)) ?? undefined;
  }

  /** The record as the server last told it, without own unsent changes. */
  told(object: string, id: string): MaskedRecord | undefined {
    return this.#objects.get(object)?.get(id)?.base;
  }

  // —— views ——

  /** What this view shows that the server has told, to be named when it is opened anew; null where nothing of it counts. */
  resume(id: string): Resume | null {
    const { rows = [], object = '', cursor } = this.#windows.get(id) ?? {};
    if (!cursor || epochOf(cursor) !== this.#epoch) return null;
    return { since: cursor, rows: rows.flatMap((row) => this.told(object, row.id) ?? []) };
  }

  window(id: string): Window | undefined {
    return this.#windows.get(id);
  }

  /** A view is being opened; from now on events may bring records for it. `early`: shows what is held already. */
  add(id: string, view: View, early: boolean): Window {
    const window = new Window(id, view, early);
    this.#windows.set(id, window);
    for (const [recordId, { base, layers }] of this.#of(window.object))
      window.place(recordId, base, laidOver(base, layers));
    this.#dirtyWindows.add(window);
    this.#flush();
    return window;
  }

  remove(id: string): void {
    const window = this.#windows.get(id);
    if (!window) return;
    this.#windows.delete(id);
    this.#dirtyWindows.delete(window);
    for (const recordId of window.members()) this.#dropUnkept(window.object, recordId);
    this.#flush();
  }

  /** Call right before asking for a page; give what it returns back with the answer, or to `abandon`. */
  ask(): number {
    const position = this.#journalStart + this.#journal.length;
    this.#asked.push(position);
    return position;
  }

  abandon(asked: number): void {
    const at = this.#asked.indexOf(asked);
    if (at !== -1) this.#asked.splice(at, 1);
    this.#trimJournal();
  }

  /** The first page of a view: its rows replace whatever was held for it. */
  opened(id: string, asked: number, page: Page): void {
    this.#answered(id, asked, page, true);
  }

  /** A further page. */
  continued(id: string, asked: number, page: Page): void {
    this.#answered(id, asked, page, false);
  }

  #answered(id: string, asked: number, page: Page, first: boolean): void {
    if (page.cursor !== undefined) this.#enter(epochOf(page.cursor));
    const overtook = this.#journal.slice(Math.max(0, asked - this.#journalStart));
    this.abandon(asked);
    const window = this.#windows.get(id);
    if (!window) return;
    const object = window.object;
    const unconfirmed = first || window.partial;
    window.answered(page, first);
    for (const row of page.rows) this.#arrive(object, row, overtook);
    // What the answer does not name is vouched for by other views, or by nobody.
    if (unconfirmed) for (const recordId of window.members()) this.#dropUnkept(object, recordId);
    this.#dirtyWindows.add(window);
    this.#flush();
  }

  /** The further pages that a view waits for do not come: it ends where its last answer does. */
  forsake(id: string): void {
    const window = this.#windows.get(id);
    if (!window?.partial) return;
    window.forsake();
    for (const recordId of window.members()) this.#dropUnkept(window.object, recordId);
    this.#dirtyWindows.add(window);
    this.#flush();
  }

  /**
   * These views (all, if none are named) must be opened anew; until then they show what they had, and after it what one
   * answer has no room for, unless the rights are others (`strict`).
   */
  stale(ids?: readonly string[], { strict = false } = {}): void {
    for (const window of this.#windows.values()) {
      if (ids && !ids.includes(window.id)) continue;
      window.fresh = false;
      window.strict ||= strict;
    }
  }

  /** A view that was refused contains nothing, and vouches for nothing. */
  refused(id: string, asked: number): void {
    this.abandon(asked);
    this.remove(id);
  }

  // —— events ——

  /** Events of one frame, in their order. */
  apply(events: readonly WireEvent[]): void {
    if (this.#asked.length > 0) this.#journal.push(...events);
    for (const event of events) {
      if (event[0] === 'total') this.#total(event[4], event[5]);
      else this.#take(event);
    }
    this.#flush();
  }

  #total(totals: Totals, views: readonly string[]): void {
    for (const id of views) {
      const window = this.#windows.get(id);
      // While it is being opened anew, totals that still come belong to its former life.
      if (!window?.fresh) continue;
      window.totals = totals;
      this.#dirtyWindows.add(window);
    }
  }

  #take(event: Exclude<WireEvent, ['total', ...unknown[]]>): void {
    const [, object, id, , { by, ...fields }] = event;
    const before = this.#find(object, id)?.base;
    const after = step(before, event);
    if (after === before) return this.#placeAgain(event);
    this.#put(object, id, after);
    this.#dropUnkept(object, id);
    if (typeof by !== 'string' || after === undefined || !this.#find(object, id)) return;
    const names = Object.keys(fields).filter(
      (name) => name !== 'may' && name !== 'created_at' && !(before && sameValue(before[name], after[name])),
    );
    if (names.length > 0)
      this.#sink.changed({ object, id, by, fields: names, entered: before === undefined });
  }

  /**
   * What is older than the record as another view's answer has brought it tells nothing new of it; but it may be that
   * by which it came into this view, whose own answer was read before.
   */
  #placeAgain([op, object, id]: WireEvent): void {
    const held = this.#find(object, id);
    if (held && (op === 'enter' || op === 'patch')) this.#touch(object, id, held, true);
  }

  /** A record that came by another way (the answer to a write): counts if it is held, and newer. */
  learned(object: string, record: MaskedRecord): void {
    const { id, version, ...fields } = record;
    if (this.#find(object, id)) this.apply([['enter', object, id, version, fields]]);
  }

  // —— own changes, before they are answered ——

  /**
   * Lays values over a record, whenever it is held; `gone`: it looks deleted, or back again. What was made later lies above,
   * whenever it was heard of. Returns what takes them off again.
   */
  overlay(
    object: string,
    id: string,
    values: Record<string, Value>,
    gone?: boolean,
    made = Infinity,
  ): number {
    const token = this.#layers.add(`${object}/${id}`, { values, gone, made });
    this.#relay(object, id);
    return token;
  }

  settle(object: string, id: string, token: number): void {
    if (this.#layers.drop(`${object}/${id}`, token)) this.#relay(object, id);
  }

  #relay(object: string, id: string): void {
    const held = this.#find(object, id);
    if (!held) return;
    held.layers = this.#layers.of(`${object}/${id}`);
    this.#touch(object, id, held, false);
    this.#dropUnkept(object, id);
    this.#flush();
  }

  /** The store was restored: what is shown stays until it is answered, and is older than anything that is told now. */
  #enter(epoch: string): void {
    if (this.#epoch !== null && this.#epoch !== epoch) {
      for (const records of this.#objects.values())
        for (const held of records.values()) held.base = { ...held.base, version: VOID };
      this.#journalStart += this.#journal.length;
      this.#journal = [];
    }
    this.#epoch = epoch;
  }

  /** Forgets everything. */
  clear(): void {
    for (const [object, records] of this.#objects)
      for (const id of records.keys()) this.#sink.record(object, id, undefined);
    this.#objects.clear();
    this.#windows.clear();
    this.#layers.clear();
    this.#asked = [];
    this.#journal = [];
    this.#epoch = null;
    this.#dirtyRecords.clear();
    this.#dirtyWindows.clear();
  }

  // —— inside ——

  /** A row of an answer, with the events that overtook it applied. */
  #arrive(object: string, row: MaskedRecord, overtook: readonly WireEvent[]): void {
    let record: MaskedRecord | undefined = row;
    for (const event of overtook) {
      if (event[0] === 'total' || event[1] !== object || event[2] !== row.id) continue;
      // Of the same version the answer is the younger word: the server read it after it had sent the event.
      if (record === undefined || event[3] > record.version) record = step(record, event);
    }
    const held = this.#find(object, row.id);
    if (record && !(held && held.base.version > record.version)) this.#put(object, row.id, record);
  }

  #put(object: string, id: string, base: MaskedRecord | undefined): void {
    const held = base && { base, layers: this.#layers.of(`${object}/${id}`) };
    if (held) this.#of(object).set(id, held);
    else this.#of(object).delete(id);
    this.#touch(object, id, held, true);
  }

  #touch(object: string, id: string, held: Held | undefined, told: boolean): void {
    this.#dirtyRecords.set(`${object}/${id}`, { object, id });
    for (const window of this.#windows.values()) {
      if (window.object !== object) continue;
      const doubtful = window.doubtful;
      const shown = held && laidOver(held.base, held.layers);
      const moved = !held
        ? window.displace(id)
        : window[told ? 'place' : 'repaint'](id, held.base, shown ?? null);
      if (moved || window.doubtful !== doubtful) this.#dirtyWindows.add(window);
    }
  }

  /** Forgets a record that no open view contains. */
  #dropUnkept(object: string, id: string): void {
    if (!this.#find(object, id)) return;
    for (const window of this.#windows.values()) if (window.object === object && window.keeps(id)) return;
    this.#put(object, id, undefined);
  }

  #find(object: string, id: string): Held | undefined {
    return this.#objects.get(object)?.get(id);
  }

  #of(object: string): Map<string, Held> {
    let records = this.#objects.get(object);
    if (!records) this.#objects.set(object, (records = new Map()));
    return records;
  }

  #trimJournal(): void {
    if (this.#asked.length > 0) return;
    this.#journalStart += this.#journal.length;
    this.#journal = [];
  }

  #flush(): void {
    for (const { object, id } of this.#dirtyRecords.values())
      this.#sink.record(object, id, this.get(object, id));
    this.#dirtyRecords.clear();
    for (const window of this.#dirtyWindows) {
      window.arrange();
      this.#sink.view(window);
    }
    this.#dirtyWindows.clear();
  }
}

/** Of a former life of the store: any version is newer. */
const VOID = -1;
