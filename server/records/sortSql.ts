import { createHash } from 'node:crypto';
import { isStorable, KINDS, type Field, type Value } from '../../shared/fields/index.ts';
import { isId } from '../../shared/lib/ids.ts';
import { badCursor, CURSOR_MAX, filterField, type View } from '../../shared/protocol/index.ts';
import type { AnySql, Fragment } from '../db/fragments.ts';
import { operandSql } from './valueSql.ts';

/**
 * Columns by which people come to records, and orders in which an index has the records of each of their values
 * (migration 0021; a test holds the two against each other).
 */
export const ORDERED: Readonly<Record<string, Readonly<Record<string, readonly string[]>>>> = {
  ticket: {
    place: ['queue_id', 'assignee_id', 'team_id', 'territory_id'],
    created_at: ['queue_id'],
    last_message_at: ['queue_id'],
  },
  deal: { stage_since: ['owner_id', 'team_id', 'territory_id'] },
  company: { name: ['owner_id', 'team_id', 'territory_id'] },
};

/** A place in a view's order: just after the row with this sorted value (as the viewer may see it) and id. */
export interface Place {
  value: Value;
  id: string;
}

/** What is known of the values that a view is sorted by: never empty, perhaps, shown on some rows only, or on none. */
export type Sorted = 'full' | 'perhaps' | 'sometimes' | 'never';

/**
 * The parts of a view's order, one after the other, each to be read off an index: those with a value, then those without
 * (empty ones come last either way). After a place without a value only the latter are left.
 */
export type Part = 'filled' | 'empty';
export function partsOf(sorted: Sorted, after: Place | null): Part[] {
  if (sorted === 'full') return ['filled'];
  return sorted === 'never' || after?.value === null ? ['empty'] : ['filled', 'empty'];
}

/**
 * Which rows of a part come after a place, and in which order. `alias` is that of the masked rows. Of rows that have `key`
 * for their column `_key`, and nothing else to sort by, `byKey` is that order, by `keys`.
 */
export function partSql(
  sql: AnySql,
  view: View,
  alias: string,
  sorted: Sorted,
  part: Part,
  after: Place | null,
): { where: Fragment; order: Fragment; key: Fragment; keys: Fragment; byKey: Fragment } {
  const key = keySql(sql, view, alias, sorted);
  const rowId = sql`${sql(`${alias}.id`)}`;
  const shown = sorted === 'sometimes' ? sql`${sql(`${alias}._shown`)}` : sql`true`;
  if (part === 'empty') {
    const beyond = after?.value === null ? sql`${rowId} > ${after.id}::uuid` : sql`true`;
    const empty = sorted === 'never' ? sql`true` : sql`(${key} is null or not ${shown})`;
    return { where: sql`(${empty} and ${beyond})`, order: rowId, key: sql`null`, keys: rowId, byKey: rowId };
  }
  const filled = sorted === 'full' ? sql`true` : sql`(${key} is not null and ${shown})`;
  const beyond = after ? beyondSql(sql, view, key, rowId, after) : sql`true`;
  const direction = view.sort.descending ? sql`desc` : sql`asc`;
  const column = sql`${sql(`${alias}._key`)}`;
  return {
    where: sql`(${filled} and ${beyond})`,
    order: sql`${key} ${direction}, ${rowId}`,
    key,
    keys: sql`${column}, ${rowId}`,
    byKey: sql`${column} ${direction}, ${rowId}`,
  };
}

/** The whole order at once, for whoever reads all rows. */
export function orderSql(sql: AnySql, view: View, alias: string, sorted: Sorted): Fragment {
  const key = keySql(sql, view, alias, 'perhaps');
  const direction = view.sort.descending ? sql`desc` : sql`asc`;
  // Where nothing is empty, "nulls last" would only keep an index from serving.
  return sql`${key} ${direction} ${sorted === 'full' ? sql`` : sql`nulls last`}, ${sql(`${alias}.id`)}`;
}

/** Said so that an index goes straight to the place. */
function beyondSql(sql: AnySql, view: View, key: Fragment, rowId: Fragment, { value, id }: Place): Fragment {
  const operand = operandSql(sql, filterField(view.object, view.sort.field), value);
  return view.sort.descending
    ? sql`(${key} <= ${operand} and (${key} < ${operand} or ${rowId} > ${id}::uuid))`
    : sql`(${key}, ${rowId}) > (${operand}, ${id}::uuid)`;
}

/** Opaque to clients, and good for this view only. It carries nothing but what its owner has just been shown. */
export function encodeCursor(view: View, { value, id }: Place): string {
  return Buffer.from(JSON.stringify([bond(view), value, id])).toString('base64url');
}

/** @throws ApiError `bad_cursor` – not one of ours, or of another view */
export function decodeCursor(view: View, cursor: string): Place {
  if (cursor.length > CURSOR_MAX) throw badCursor();
  const [bound, value, id] = parse(cursor);
  if (bound !== bond(view) || !isId(id) || !fits(filterField(view.object, view.sort.field), value))
    throw badCursor();
  return { value, id };
}

// —— helpers ——

function keySql(sql: AnySql, view: View, alias: string, sorted: Sorted): Fragment {
  const column = sql`${sql(`${alias}.${sorted === 'sometimes' ? '_sorted' : view.sort.field}`)}`;
  switch (filterField(view.object, view.sort.field).kind) {
    case 'text':
    case 'email':
    case 'phone':
    case 'url':
      return sql`${column} collate "und-x-icu"`;
    case 'choice':
      return sql`${column} collate "C"`;
    default:
      return column;
  }
}

const bond = ({ object, filter, q, sort }: View): string =>
  createHash('sha256')
    .update(JSON.stringify([object.name, filter, q, sort.field, sort.descending]))
    .digest('base64url')
    .slice(0, 16);

function parse(cursor: string): unknown[] {
  try {
    const parts: unknown = JSON.parse(Buffer.from(cursor, 'base64url').toString());
    return Array.isArray(parts) ? parts : [];
  } catch {
    return [];
  }
}

function fits(field: Field, value: unknown): value is Value {
  if (value === null) return true;
  switch (field.kind) {
    case 'integer':
    case 'money':
    case 'percent':
    case 'date':
    case 'instant':
      return KINDS[field.kind].schema(field).safeParse(value).success;
    default:
      return typeof value === 'string' && isStorable(value);
  }
}
