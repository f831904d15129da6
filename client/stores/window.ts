import type { MaskedRecord } from '../../shared/access/index.ts';
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
  /** It has been answered since it was opened, or opened anew. */
  fresh = false;
  /** It has been answered at all. */
  known = false;
  /** Records that belong here, as they are to look. */
  readonly #shown = new Map<string, MaskedRecord>();
  /**
   * Records that the server keeps us informed about for this view, by the same rule as its own (server/fanout/
   * openView.ts): rows of answers, and what has come at or before the end since; until it leaves the view.
   */
  #held = new Set<string>();
  /** Records that are to look as if they belonged here, by own changes that are not answered yet. */
  readonly #moving = new Set<string>();

  constructor(
    readonly id: string,
    readonly view: View,
    /** Shows what is held already while it waits for its first answer; else nothing. */
    readonly early: boolean,
  ) {}

  get object(): string {
    return this.view.object.name;
  }

  /** Takes the page in: where the view ends now, what it adds up to, and what the server holds for it. */
  answered({ rows, next, totals }: Page, first: boolean): void {
    if (first) this.#held = new Set();
    for (const row of rows) this.#held.add(row.id);
    this.fresh = true;
    this.doubtful = false;
    this.known = true;
    this.next = next ?? null;
    this.end = next === undefined ? null : orderOnly(this.view, rows.at(-1) ?? this.end);
    if (totals) this.totals = totals;
  }

  /** Takes in what the server told of a record, and how it is to look. True if the rows may have changed. */
  place(id: string, base: MaskedRecord, shown: MaskedRecord): boolean {
    if (!matches(this.view, base)) this.#held.delete(id);
    else if (!this.#beyond(base)) this.#held.add(id);
    if (this.end?.id === id) this.doubtful ||= !this.#held.has(id) || this.#scrubbed(this.end, base);
    return this.repaint(id, base, shown);
  }

  /** Takes in an own change that is not answered yet, or the end of it. */
  repaint(id: string, base: MaskedRecord, shown: MaskedRecord): boolean {
    const [is, looks] = [matches(this.view, base), matches(this.view, shown)];
    if (looks && !is) this.#moving.add(id);
    else this.#moving.delete(id);
    if (!looks && !is) return this.#shown.delete(id);
    this.#shown.set(id, shown);
    return true;
  }

  displace(id: string): boolean {
    this.#held.delete(id);
    this.#moving.delete(id);
    this.doubtful ||= this.end?.id === id;
    return this.#shown.delete(id);
  }

  /** While it waits for its answer, a view keeps what it had; then what the server keeps up to date. */
  keeps(id: string): boolean {
    return this.fresh ? this.#held.has(id) : this.#shown.has(id);
  }

  members(): string[] {
    return [...this.#shown.keys()];
  }

  arrange(): void {
    this.rows = [...this.#shown.values()]
      .filter((row) => this.#shows(row))
      .sort((a, b) => compareIn(this.view, a, b));
  }

  #shows(row: MaskedRecord): boolean {
    if (!this.known) return this.early && matches(this.view, row);
    if (this.#beyond(row) || !matches(this.view, row)) return false;
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
