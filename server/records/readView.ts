import type { Actor, MaskedRecord } from '../../shared/access/index.ts';
import type { Value } from '../../shared/fields/index.ts';
import { isId } from '../../shared/lib/ids.ts';
import type { ObjectDef, ReachedAction, Registry } from '../../shared/objects/index.ts';
import {
  fieldNotReadable,
  fieldsAskedBy,
  filterField,
  type Total,
  type Totals,
  type View,
} from '../../shared/protocol/index.ts';
import { isEverReadable, isReadableWithRow } from '../access/reaches.ts';
import { joined, type AnySql } from '../db/fragments.ts';
import { matchesSql } from './filterSql.ts';
import { maskedSql, toMasked, type MaskedRow } from './readSql.ts';
import { afterSql, decodeCursor, encodeCursor, orderSql } from './sortSql.ts';

/** One answer holds no more than this (of JSON), besides its limit of rows; the rest comes with `next`. */
const ANSWER_BYTES = 262_144;

export interface Page {
  rows: MaskedRecord[];
  /** Cursor for the rows after these; null when these are the last. */
  next: string | null;
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
  const { object, sort } = view;
  const place = cursor === undefined ? null : decodeCursor(view, cursor);
  const full = isFull(actor, registry, view);
  const found = await sql<MaskedRow[]>`
    select * from ${maskedSql(sql, actor, registry, object)} m
    where ${matchesSql(sql, view, 'm')} and ${place ? afterSql(sql, view, 'm', full, place) : sql`true`}
    order by ${orderSql(sql, view, 'm', full)}
    limit ${view.limit + 1}
  `;
  const rows = fitting(found.slice(0, view.limit).map((row) => toMasked(actor, registry, object, row)));
  const last = rows.at(-1);
  if (!last || rows.length === found.length) return { rows, next: null };
  const value = (last[sort.field] ?? null) as Value;
  return { rows, next: encodeCursor(view, { value, id: last.id }) };
}

/** Whether what the view is sorted by is empty in no row, as the actor sees it. */
export function isFull(actor: Actor, registry: Registry, { object, sort: { field } }: View): boolean {
  const isFrame = !(field in object.fields);
  return (
    isFrame || (filterField(object, field).required && isReadableWithRow(actor, registry, object, field))
  );
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
  const summed = object.totals.sum.filter((name) => isEverReadable(actor, registry, object, name));
  const group = object.totals.group;
  const grouped = group !== null && isEverReadable(actor, registry, object, group);
  const key = grouped ? sql`${sql(`m.${group}`)}` : sql`null::text`;
  const sums = summed.map((name) => sql`, coalesce(sum(${sql(`m.${name}`)}), 0) as ${sql(name)}`);

  const rows = await sql<TotalRow[]>`
    select count(*) as _count, coalesce(${key}::text, '') as _key,
      ${grouped ? sql`grouping(${key}) = 1` : sql`true`} as _whole
      ${sums.length === 0 ? sql`` : joined(sql, sums, sql``)}
    from ${maskedSql(sql, actor, registry, object)} m
    where ${matchesSql(sql, view, 'm')}
    ${grouped ? sql`group by grouping sets ((), (${key}))` : sql``}
  `;
  const toTotal = (row: TotalRow | undefined): Total => ({
    count: row?._count ?? 0,
    sum: Object.fromEntries(summed.map((name) => [name, Number(row?.[name] ?? 0)])),
  });
  const totals: Totals = toTotal(rows.find((row) => row._whole));
  if (grouped) {
    totals.groups = Object.fromEntries(
      rows.filter((row) => !row._whole).map((row) => [row._key, toTotal(row)]),
    );
  }
  return totals;
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
    select count(*) as count from ${maskedSql(sql, actor, registry, view.object, action)} m
    where ${matchesSql(sql, view, 'm')}
  `;
  return row?.count ?? 0;
}

interface TotalRow {
  _count: number;
  _key: string;
  _whole: boolean;
  [field: string]: string | number | boolean | undefined;
}

/** The first rows that fit into one answer, at least one. */
function fitting(rows: MaskedRecord[]): MaskedRecord[] {
  let bytes = 0;
  const end = rows.findIndex(
    (row, index) => (bytes += JSON.stringify(row).length) > ANSWER_BYTES && index > 0,
  );
  return end === -1 ? rows : rows.slice(0, end);
}
