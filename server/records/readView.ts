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
import { isEverReadable, isDearByRow, isReadableWithRow } from '../access/reaches.ts';
import { joined, type AnySql, type Fragment } from '../db/fragments.ts';
import { knownBy, matchesSql, type Readable } from './filterSql.ts';
import { maskedSql, shownColumn, toMasked, type MaskedRow } from './readSql.ts';
import {
  decodeCursor,
  encodeCursor,
  partsOf,
  partSql,
  type Part,
  type Place,
  type Sorted,
} from './sortSql.ts';

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
  const { object, sort, limit } = view;
  const after = cursor === undefined ? null : decodeCursor(view, cursor);
  const found = await readSorted(sql, sourceOf(sql, actor, registry, view), view, after, limit + 1);
  const rows = fitting(found.slice(0, limit).map((row) => toMasked(actor, registry, object, row)));
  const last = rows.at(-1);
  if (!last || rows.length === found.length) return { rows, next: null };
  const value = (last[sort.field] ?? null) as Value;
  return { rows, next: encodeCursor(view, { value, id: last.id }) };
}

/** Rows to choose from, and what is known of them before any is looked at. */
export interface Source {
  rows: Fragment;
  /** The same to choose from, without what it takes to show them, where that is dear. */
  choice?: Fragment;
  readable: (field: string) => Readable;
  /** Fields for which the rows say whether they may be read. */
  shown: ReadonlySet<string>;
  sorted: Sorted;
}

/** At most `limit` rows of a view after a place, part by part: most pages need the first only. */
export async function readSorted(
  sql: AnySql,
  source: Source,
  view: View,
  after: Place | null,
  limit: number,
): Promise<MaskedRow[]> {
  const found = new Map<string, MaskedRow>();
  for (const part of partsOf(source.sorted, after)) {
    const more = await sql<MaskedRow[]>`${rowsSql(sql, source, view, part, after, limit - found.size)}`;
    // One that lost its value between the two statements counts where it stood.
    for (const row of more) if (!found.has(row.id)) found.set(row.id, row);
    if (found.size >= limit) break;
  }
  return [...found.values()];
}

/**
 * The statement behind one part of a page. Where it takes long to say what is shown of a row, the rows are chosen first
 * and masked then: of a thousand that a filter lets through to be sorted, fifty are shown.
 */
export function rowsSql(
  sql: AnySql,
  { rows, choice, readable, shown, sorted }: Source,
  view: View,
  part: Part,
  after: Place | null,
  limit: number,
): Fragment {
  const { where, order } = partSql(sql, view, 'm', sorted, part, after);
  const matches = matchesSql(sql, view, 'm', readable, shown);
  if (!choice)
    return sql`select * from ${rows} m where ${matches} and ${where} order by ${order} limit ${limit}`;
  return sql`
    select * from ${rows} m
    where m.id = any (array(
      select m.id from ${choice} m where ${matches} and ${where} order by ${order} limit ${limit}
    ))
    order by ${order} limit ${limit}
  `;
}

export function sourceOf(sql: AnySql, actor: Actor, registry: Registry, view: View): Source {
  const { object, sort } = view;
  const readable = (field: string): Readable =>
    isReadableWithRow(actor, registry, object, field) ? 'always'
    : isEverReadable(actor, registry, object, field) ? 'sometimes'
    : 'never'; // prettier-ignore
  const field = filterField(object, sort.field);
  const how = readable(field.name);
  const sorted = how === 'always' ? (field.required ? 'full' : 'perhaps') : how;
  const asked = [...fieldsAskedBy(view), ...object.totals.sum];
  const shown = new Set(asked.filter((name) => readable(name) === 'sometimes'));
  const known = knownBy(view.filter);
  const options = sorted === 'sometimes' ? { sorted: field, shown, known } : { shown, known };
  const rows = maskedSql(sql, actor, registry, object, options);
  const source: Source = { rows, readable, shown, sorted };
  if (!isDearByRow(actor, registry, object)) return source;
  const { group, sum } = object.totals;
  const only = new Set([
    ...asked,
    field.name,
    ...sum,
    ...(group ? [group] : []),
    ...(view.q === '' ? [] : object.search),
  ]);
  return {
    ...source,
    rows: maskedSql(sql, actor, registry, object, { ...options, once: true }),
    choice: maskedSql(sql, actor, registry, object, { ...options, only }),
  };
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
  { rows: whole, choice: rows = whole, readable, shown }: Source,
  view: View,
  summed: readonly string[],
  group: string | null,
): Fragment {
  const key = group === null ? sql`null` : sql`${sql(`m.${group}`)}`;
  const matches = matchesSql(sql, view, 'm', readable, shown);
  const all = (parts: Fragment[]) => (parts.length === 0 ? sql`` : joined(sql, parts, sql``));
  /** Sums of those named; of the others nothing. */
  const sums = (names: readonly string[]) =>
    all(
      summed.map((name) => (names.includes(name) ? sql`, sum(${sql(`m.${name}`)})` : sql`, null::numeric`)),
    );
  const apart = summed.filter((name) => shown.has(name));
  return sql`
    with part (_key, _count ${all(summed.map((name) => sql`, ${sql(name)}`))}) as (
      select ${key}::text, count(*) ${sums(summed.filter((name) => !shown.has(name)))}
      from ${rows} m where ${matches} group by 1
      ${all(
        apart.map(
          (name) => sql`
            union all select ${key}::text, 0 ${sums([name])}
            from ${rows} m where ${matches} and ${sql(`m.${shownColumn(name)}`)} group by 1
          `,
        ),
      )}
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

/** The first rows that fit into one answer, at least one. */
function fitting(rows: MaskedRecord[]): MaskedRecord[] {
  let bytes = 0;
  const end = rows.findIndex(
    (row, index) => (bytes += JSON.stringify(row).length) > ANSWER_BYTES && index > 0,
  );
  return end === -1 ? rows : rows.slice(0, end);
}
