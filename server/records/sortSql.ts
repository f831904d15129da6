import { createHash } from 'node:crypto';
import { isStorable, KINDS, type Field, type Value } from '../../shared/fields/index.ts';
import { isId } from '../../shared/lib/ids.ts';
import { badCursor, CURSOR_MAX, filterField, type View } from '../../shared/protocol/index.ts';
import type { AnySql, Fragment } from '../db/fragments.ts';
import { operandSql } from './valueSql.ts';

/** A place in a view's order: just after the row with this sorted value (as the viewer may see it) and id. */
export interface Place {
  value: Value;
  id: string;
}

/** The order of a view: empty values last either way, equal ones by id. `full`: the column is never empty. */
export function orderSql(sql: AnySql, view: View, alias: string, full: boolean): Fragment {
  const key = keySql(sql, view, alias);
  const direction = view.sort.descending ? sql`desc` : sql`asc`;
  // Where nothing is empty, "nulls last" would only keep an index from serving.
  return sql`${key} ${direction} ${full ? sql`` : sql`nulls last`}, ${sql(`${alias}.id`)}`;
}

/** Which rows come after a place in that order. */
export function afterSql(
  sql: AnySql,
  view: View,
  alias: string,
  full: boolean,
  { value, id }: Place,
): Fragment {
  const key = keySql(sql, view, alias);
  const rowId = sql`${sql(`${alias}.id`)}`;
  if (value === null) return sql`(${key} is null and ${rowId} > ${id}::uuid)`;
  const operand = operandSql(sql, filterField(view.object, view.sort.field), value);
  if (full && !view.sort.descending) return sql`(${key}, ${rowId}) > (${operand}, ${id}::uuid)`;
  const beyond = view.sort.descending ? sql`${key} < ${operand}` : sql`${key} > ${operand}`;
  return sql`(${beyond} or (${key} = ${operand} and ${rowId} > ${id}::uuid) or ${key} is null)`;
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

function keySql(sql: AnySql, view: View, alias: string): Fragment {
  const column = sql`${sql(`${alias}.${view.sort.field}`)}`;
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
