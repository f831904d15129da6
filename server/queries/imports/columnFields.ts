import { f, type Field } from '../../../shared/fields/index.ts';
import { parseText } from '../../../shared/fields/parse.ts';
import { saysNothing } from '../../../shared/imports/alike.ts';
import type { Actor } from '../../../shared/access/index.ts';
import type { ColumnField, ColumnFields } from '../../../shared/protocol/index.ts';
import type { App } from '../../lib/app.ts';
import { findOwnImport } from '../../imports/own.ts';
import { mustBeKept, openRows, readingOf, REFUSED_HEADS } from '../../imports/rowsOf.ts';

/** More different texts than these are no choice. */
const CHOICES = 60;
const LABEL = 80;
/** More columns than that are not made into fields by anybody. */
const COLUMNS = 200;
/** Rows that are looked at in one go. */
const TURN = 200;

/**
 * Which field each column of a file would make, as all of its rows have it.
 * @throws ApiError `not_found`, `not_allowed`, `already_done` (the file is forgotten), `invalid`
 */
export async function columnFields(app: App, actor: Actor, id: string): Promise<ColumnFields> {
  const { plan } = await findOwnImport(app, actor, id);
  mustBeKept(plan);
  const { heads, rows } = await openRows(app, id, await readingOf(app, id, plan.map?.read));
  const columns = heads.slice(0, COLUMNS).map((head, index) => ({ head, index, seen: new Seen() }));
  let read = 0;
  for await (const row of rows) {
    // Others have their turn: a file may have a million rows.
    if (++read % TURN === 0) await new Promise(setImmediate);
    if ('problem' in row || !row.cells) continue;
    for (const { index, seen } of columns) seen.at((row.cells[index] ?? '').trim());
  }
  return {
    columns: columns
      .filter(({ head, seen }) => seen.filled > 0 && !REFUSED_HEADS.some((own) => own === head))
      .map(({ head, seen }): ColumnField => ({ head, ...seen.field(head) })),
  };
}

/** What has been seen of a column. */
class Seen {
  filled = 0;
  readonly #nothing = new Set<string>();
  /** Null: too many, or too long, to choose among. */
  #texts: Map<string, number> | null = new Map();
  #isLong = false;
  readonly #kinds = new Set(TRIED.map(({ kind }) => kind));

  at(text: string): void {
    if (text === '') return;
    if (saysNothing(text)) {
      if (this.#nothing.size < 20) this.#nothing.add(text);
      return;
    }
    this.filled += 1;
    const times = this.#texts?.get(text);
    if (times !== undefined) return void this.#texts?.set(text, times + 1);
    this.#isLong ||= text.length > 500 || text.includes('\n');
    for (const field of TRIED)
      if (this.#kinds.has(field.kind) && !couldBe(field, text)) this.#kinds.delete(field.kind);
    if (text.length > LABEL) this.#texts = null;
    else this.#texts?.set(text, 1);
    if ((this.#texts?.size ?? 0) > CHOICES) this.#texts = null;
  }

  field(head: string): Omit<ColumnField, 'head'> {
    const [known] = TRIED.filter(
      ({ kind }) => this.#kinds.has(kind) && (kind !== 'money' || MONEY.test(head)),
    );
    const texts = [...(this.#texts ?? [])].toSorted((a, b) => b[1] - a[1]).map(([text]) => text);
    // Texts that differ in nothing but small and capital letters are one choice.
    const choices = texts.filter(
      (text, i) => texts.findIndex((one) => one.toLowerCase() === text.toLowerCase()) === i,
    );
    const isChoice = choices.length > 1 && this.filled >= 5 * choices.length;
    const kind = known?.kind ?? (this.#isLong ? 'longtext' : isChoice ? 'choice' : 'text');
    return { kind: kind as ColumnField['kind'], choices, nothing: [...this.#nothing], filled: this.filled };
  }
}

/** Kinds that a text can be of without being anything else, the narrowest first. */
const TRIED: readonly Field[] = (
  [
    f.boolean('boolean'),
    f.integer('integer'),
    f.money('money'),
    f.date('date'),
    f.instant('instant'),
  ] as const
).map((field) => ({ ...field, name: field.label }));
/** Dates that could be read in two ways are dates all the same: the map asks which. Numbers with a leading zero are none. */
function couldBe(field: Field, text: string): boolean {
  const isNumber = field.kind === 'integer' || field.kind === 'money';
  if (isNumber && /^0\d/.test(text)) return false;
  return ORDERS.some((dates) => 'value' in parseText(field, text, { dates }));
}
const ORDERS = [undefined, 'dmy', 'mdy'] as const;
/** Numbers with decimals are amounts of money if their column says so, else they are kept as they are written. */
const MONEY =
  /amount|price|value|revenue|cost|budget|salary|fees?\b|spend\b|betrag|preis|umsatz|wert|kosten/i;
