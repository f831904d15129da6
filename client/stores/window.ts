import type { MaskedRecord } from '../../shared/access/index.ts';
import { must } from '../../shared/lib/must.ts';
import { compareIn, matches, type Totals, type View } from '../../shared/protocol/index.ts';
import type { Page } from './replica.ts';

/** One view as this client has it open: which records belong to it, and how far it is loaded. */
export class Window {
  /** In order, as they are to be shown; a new list whenever something changed. */
  rows: readonly MaskedRecord[] = [];
  totals: Totals | null = null;
  /** To give to `more`; null when all rows are loaded. */
  next: string | null = null;
  /** The last loaded row, as far as order needs it, where there are more after it. */
  end: MaskedRecord | null = null;
  /** The last loaded row is gone: to forget what it was, the view should be opened anew. */
  doubtful = false;
  /** The next answer alone counts: what it does not name may not be seen any more. */
  strict = false;
  /** It has been answered at all, */
  known = false;
  /** and this was the last answer's cursor. */
  cursor: string | null = null;
  /** Records that belong here, as they are to look. */
  readonly #shown = new Map<string, MaskedRecord>();
  /**
   * Records that the server keeps us informed about for this view, by the same rule as its own (server/fanout/
   * openView.ts): rows of answers, and what has come at or before the end since; until it leaves the view.
   */
  #held = new Set<string>();
  /**
   * Rows behind the end that were shown before the view was opened anew: an answer has room for so many only, and nobody
   * is to lose their place. Each stays as it was until a further page reaches it, and confirms it or does not.
   */
  readonly #left = new Set<string>();
  /** Records that are to look as if they belonged here, by own changes that are not answered yet. */
  readonly #moving = new Set<string>();
  /** Records that are to look deleted, by own changes that are not answered yet. */
  readonly #veiled = new Set<string>();
  #fresh = false;
  /** `rows`, by id: what stands where it stands because of what it looked like. */
  #listed = new Map<string, MaskedRecord>();
  /** What may stand elsewhere since `rows` was arranged last. */
  readonly #touched = new Set<string>();
  /** What makes a row one that shows has changed: all must be looked at. */
  #anew = true;

  constructor(
    readonly id: string,
    readonly view: View,
    /** Shows what is held already while it waits for its first answer; else nothing. */
    readonly early: boolean,
  ) {}

  get object(): string {
    return this.view.object.name;
  }

  /** It has been answered since it was opened, or opened anew. */
  get fresh(): boolean {
    return this.#fresh;
  }
  set fresh(fresh: boolean) {
    this.#anew ||= fresh !== this.#fresh;
    this.#fresh = fresh;
  }

  /** It shows rows that no answer has confirmed yet: further pages are due. */
  get partial(): boolean {
    return this.#left.size > 0;
  }

  /** Takes the page in: where the view ends now, what it adds up to, and what the server holds for it. */
  answered({ rows, next, totals, gone, cursor }: Page, first: boolean): void {
    this.cursor = cursor ?? null;
    if (first) this.#held = new Set();
    for (const row of rows) this.#held.add(row.id);
    for (const row of rows) this.#touched.add(row.id);
    this.#anew ||= first || !this.known || this.partial;
    this.fresh = true;
    this.doubtful = false;
    this.known = true;
    this.next = next ?? null;
    this.#endAt(next === undefined ? null : orderOnly(this.view, rows.at(-1) ?? this.end));
    this.#leave(first ? (this.strict ? [] : [...this.#listed.keys()]) : [...this.#left]);
    for (const id of gone ?? []) this.#left.delete(id);
    this.strict = false;
    if (totals) this.totals = totals;
  }

  /** The further pages do not come: what is left unconfirmed goes. */
  forsake(): void {
    this.#anew ||= this.partial;
    this.#left.clear();
  }

  #leave(ids: readonly string[]): void {
    this.#left.clear();
    for (const id of ids) {
      const row = this.#shown.get(id);
      if (row && !this.#held.has(id) && this.#beyond(row)) this.#left.add(id);
    }
  }

  #endAt(end: MaskedRecord | null): void {
    const former = this.end;
    this.end = end;
    if (former === null) this.#anew ||= end !== null;
    // Backwards: what stood before it may stand behind it now.
    else if (end !== null && compareIn(this.view, end, former) < 0) this.#anew = true;
    else for (const id of this.#shown.keys()) if (!this.#listed.has(id)) this.#touched.add(id);
  }

  /** Takes in what the server told of a record, and how it is to look (null: deleted). True if the rows may have changed. */
  place(id: string, base: MaskedRecord, shown: MaskedRecord | null): boolean {
    if (!matches(this.view, base)) this.#held.delete(id);
    else if (!this.#beyond(base)) this.#held.add(id);
    // Elsewhere now, it is a row like any other: it comes by `more`.
    const was = this.#shown.get(id);
    if (was && (this.#held.has(id) || compareIn(this.view, was, base) !== 0)) this.#left.delete(id);
    if (this.end?.id === id) this.doubtful ||= !this.#held.has(id) || this.#scrubbed(this.end, base);
    return this.repaint(id, base, shown);
  }

  /** Takes in an own change that is not answered yet, or the end of it. */
  repaint(id: string, base: MaskedRecord, shown: MaskedRecord | null): boolean {
    const [is, looks] = [matches(this.view, base), shown !== null && matches(this.view, shown)];
    if (looks && !is) this.#moving.add(id);
    else this.#moving.delete(id);
    if (shown === null) this.#veiled.add(id);
    else this.#veiled.delete(id);
    if (!looks && !is) return this.#take(id);
    this.#shown.set(id, shown ?? base);
    this.#touched.add(id);
    return true;
  }

  displace(id: string): boolean {
    this.#held.delete(id);
    this.#moving.delete(id);
    this.#veiled.delete(id);
    this.doubtful ||= this.end?.id === id;
    return this.#take(id);
  }

  #take(id: string): boolean {
    this.#left.delete(id);
    if (this.#shown.has(id)) this.#touched.add(id);
    return this.#shown.delete(id);
  }

  /** While it waits for its answer, a view keeps what it had; then what the server keeps up to date. */
  keeps(id: string): boolean {
    return this.fresh ? this.#held.has(id) || this.#left.has(id) : this.#shown.has(id);
  }

  members(): string[] {
    return [...this.#shown.keys()];
  }

  /** Brings `rows` up to date: a list of thousands is not sorted again because one row of it has changed. */
  arrange(): void {
    const anew = this.#anew || this.#touched.size > this.#listed.size;
    this.rows = anew ? this.sorted() : this.#mended();
    if (anew) this.#listed = new Map(this.rows.map((row) => [row.id, row]));
    this.#touched.clear();
    this.#anew = false;
  }

  /** All rows, put in order from nothing: what `rows` always comes to. */
  sorted(): MaskedRecord[] {
    return [...this.#shown.values()]
      .filter((row) => this.#shows(row))
      .sort((a, b) => compareIn(this.view, a, b));
  }

  /** The rows with each touched one at its place. */
  #mended(): MaskedRecord[] {
    const rows = [...this.rows];
    const come: MaskedRecord[] = [];
    for (const id of this.#touched) {
      const [was, is] = [this.#listed.get(id), this.#shown.get(id)];
      const shows = is !== undefined && this.#shows(is);
      if (was && !(shows && is === was)) rows.splice(this.#placeOf(was, rows), 1);
      if (!shows) this.#listed.delete(id);
      else if (is !== was) {
        this.#listed.set(id, is);
        come.push(is);
      }
    }
    // In their order, so that a further page goes to the end row by row.
    come.sort((a, b) => compareIn(this.view, a, b));
    for (const row of come) rows.splice(this.#placeOf(row, rows), 0, row);
    return rows;
  }

  /** Where in these rows it stands, or would stand. */
  #placeOf(row: MaskedRecord, rows: readonly MaskedRecord[]): number {
    const last = rows.at(-1);
    if (last && compareIn(this.view, last, row) < 0) return rows.length;
    let [low, high] = [0, rows.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (compareIn(this.view, must(rows[middle], 'a row'), row) < 0) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  #shows(row: MaskedRecord): boolean {
    if (this.#veiled.has(row.id)) return false;
    if (!this.known) return this.early && matches(this.view, row);
    if (!matches(this.view, row)) return false;
    if (this.#beyond(row)) return this.#left.has(row.id);
    return !this.fresh || this.#held.has(row.id) || this.#moving.has(row.id);
  }

  /** Whether the end still knows what may not be read any more. */
  #scrubbed(end: MaskedRecord, base: MaskedRecord): boolean {
    const { field } = this.view.sort;
    return (end[field] ?? null) !== null && !(field in base);
  }

  /** Behind the last loaded row: it comes by `more`. */
  #beyond(row: MaskedRecord): boolean {
    return this.end !== null && compareIn(this.view, row, this.end) > 0;
  }
}

/** Only what order needs: the end of a list must not remember a record that has gone. */
function orderOnly(view: View, row: MaskedRecord | null): MaskedRecord | null {
  if (!row) return null;
  const { id, version, created_at } = row;
  return { id, version, created_at, may: { actions: [], edit: [] }, [view.sort.field]: row[view.sort.field] };
}
