import type { Actor, MaskedRecord } from '../../shared/access/index.ts';
import type { Value } from '../../shared/fields/index.ts';
import { isId } from '../../shared/lib/ids.ts';
import type { ObjectDef, ReachedAction, Registry } from '../../shared/objects/index.ts';
import {
  fieldNotReadable,
  fieldsAskedBy,
  ROWS_MAX,
  type Total,
  type Totals,
  type View,
} from '../../shared/protocol/index.ts';
import { isEverReadable } from '../access/reaches.ts';
import { joined, type AnySql, type Fragment } from '../db/fragments.ts';
import { knownBy, matchesSql } from './filterSql.ts';
import { guessReads } from './guessReads.ts';
import { maskedSql, shownColumn, toMasked, type MaskedRow } from './readSql.ts';
import { decodeCursor, encodeCursor } from './sortSql.ts';
import { sourceOf, type Source } from './source.ts';
import { readSorted } from './viewRows.ts';

/** One answer holds no more than this (of JSON), besides its limit of rows; the rest comes with `next`. */
const ANSWER_BYTES = 262_144;

export interface Page {
  rows: MaskedRecord[];
  /** Cursor for the rows after these; null when these are the last. */
  next: string | null;
}

/** The first rows of a view in order; `more`: there are others after them. */
export interface Rows {
  rows: MaskedRecord[];
  more: boolean;
}

/** @throws ApiError `field_not_readable` for a field that the view asks for and the actor reads on no row */
export function refuseUnreadable(actor: Actor, registry: Registry, view: View): void {
  for (const name of fieldsAskedBy(view)) {
    const isFrame = !(name in view.object.fields);
    if (!isFrame && !isEverReadable(actor, registry, view.object, name)) throw fieldNotReadable(name);
  }
}

/** Rows of a view in its order, from its top or from a cursor on. @throws ApiError `bad_cursor` */
export async function readPage(
  sql: AnySql,
  actor: Actor,
  registry: Registry,
  view: View,
  cursor?: string,
): Promise<Page> {
  return toPage(view, await readRows(sql, actor, registry, view, cursor));
}

/** As many rows as the view asks for, whatever room they take. @throws ApiError `bad_cursor` */
export async function readRows(
  sql: AnySql,
  actor: Actor,
  registry: Registry,
  view: View,
  cursor?: string,
): Promise<Rows> {
  const { object, limit } = view;
  const after = cursor === undefined ? null : decodeCursor(view, cursor);
  const reads = await guessReads(sql, actor, registry, object);
  const found = await readSorted(sql, sourceOf(sql, actor, registry, view, reads), view, after, limit + 1);
  const rows = found.slice(0, limit).map((row) => toMasked(actor, registry, object, row));
  return { rows, more: found.length > limit };
}

/** As much of them as one answer holds, at least one row. What its reader `has` needs no room. */
export function toPage(
  view: View,
  { rows: read, more }: Rows,
  has: (row: MaskedRecord) => boolean = () => false,
): Page {
  const rows = read.slice(0, fitting(read, has));
  const last = rows.at(-1);
  if (!last || (rows.length === read.length && !more)) return { rows, next: null };
  const value = (last[view.sort.field] ?? null) as Value;
  return { rows, next: encodeCursor(view, { value, id: last.id }) };
}

/** One record as the actor may see it, or null: absent and not theirs are the same, by the same statement. */
export async function findMasked(
  sql: AnySql,
  actor: Actor,
  registry: Registry,
  object: ObjectDef,
  id: string,
): Promise<MaskedRecord | null> {
  if (!isId(id)) return null;
  const [row] = await sql<MaskedRow[]>`
    select * from ${maskedSql(sql, actor, registry, object)} m where m.id = ${id}::uuid
  `;
  return row ? toMasked(actor, registry, object, row) : null;
}

/** What a whole view adds up to, as the actor sees it. */
export async function readTotals(sql: AnySql, actor: Actor, registry: Registry, view: View): Promise<Totals> {
  const { object } = view;
  const source = sourceOf(sql, actor, registry, view);
  const summed = object.totals.sum.filter((name) => isEverReadable(actor, registry, object, name));
  const group = object.totals.group;
  const grouped = group !== null && isEverReadable(actor, registry, object, group);
  const rows = await sql<TotalRow[]>`${totalsSql(sql, source, view, summed, grouped ? group : null)}`;
  const toTotal = (row: TotalRow | undefined): Total => ({
    count: Number(row?._count ?? 0),
    sum: Object.fromEntries(summed.map((name) => [name, Number(row?.[name] ?? 0)])),
  });
  const totals: Totals = toTotal(rows.find((row) => row._whole));
  if (grouped) {
    totals.groups = Object.fromEntries(
      rows.filter((row) => !row._whole).map((row) => [row._key ?? '', toTotal(row)]),
    );
  }
  return totals;
}

/**
 * The statement behind totals: gone through once, the whole is what the groups come to. What is readable on some rows only
 * is added up apart, on those: an index finds them, and may count the others without a look at the rows themselves.
 */
export function totalsSql(
  sql: AnySql,
  { rows, counted = () => [rows()], readable, shown }: Source,
  view: View,
  summed: readonly string[],
  group: string | null,
): Fragment {
  const key = group === null ? sql`null` : sql`${sql(`m.${group}`)}`;
  const matches = matchesSql(sql, view, 'm', readable, shown);
  const all = (parts: Fragment[]) => (parts.length === 0 ? sql`` : joined(sql, parts, sql``));
  const [apart, together] = [
    summed.filter((name) => shown.has(name)),
    summed.filter((name) => !shown.has(name)),
  ];
  const whole = sql`(${joined(
    sql,
    counted().map((rows) => sql`select * from ${rows} r`),
    sql` union all `,
  )})`;
  /** How many rows there are, if that is asked for, and sums of the fields named. */
  const part = (count: Fragment, names: readonly string[], where: Fragment) => sql`
    select ${key}::text, ${count}
      ${all(summed.map((name) => (names.includes(name) ? sql`, sum(${sql(`m.${name}`)})` : sql`, null::numeric`)))}
    from ${whole} m where ${where} group by 1
  `;
  const parts = [
    part(sql`count(*)`, together, matches),
    ...apart.map((name) => part(sql`0`, [name], sql`${matches} and ${sql(`m.${shownColumn(name)}`)}`)),
  ];
  return sql`
    with part (_key, _count ${all(summed.map((name) => sql`, ${sql(name)}`))}) as (
      ${joined(sql, parts, sql` union all `)}
    )
    select grouping(_key) = 1 as _whole, _key, sum(_count) as _count
      ${all(summed.map((name) => sql`, sum(${sql(name)}) as ${sql(name)}`))}
    from part group by grouping sets ((_key), ())
  `;
}

/** How many rows of a view the actor may read, and do that with. */
export async function countRows(
  sql: AnySql,
  actor: Actor,
  registry: Registry,
  view: View,
  action: ReachedAction,
): Promise<number> {
  const [row] = await sql<{ count: number }[]>`
    select count(*) as count from ${maskedSql(sql, actor, registry, view.object, { action, known: knownBy(view.filter) })} m
    where ${matchesSql(sql, view, 'm')}
  `;
  return row?.count ?? 0;
}

interface TotalRow {
  /** Null where nothing was added up. */
  _count: number | null;
  _key: string | null;
  _whole: boolean;
  [field: string]: string | number | boolean | null | undefined;
}

/** How many of the rows, from the first on, one answer has room for. */
function fitting(rows: readonly MaskedRecord[], has: (row: MaskedRecord) => boolean): number {
  let [bytes, sent] = [0, 0];
  const end = rows.findIndex((row, index) => {
    if (has(row)) return false;
    bytes += JSON.stringify(row).length;
    return ++sent > ROWS_MAX || (bytes > ANSWER_BYTES && index > 0);
  });
  return end === -1 ? rows.length : end;
}
