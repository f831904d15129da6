import type { Field, KindName, Value } from '../../shared/fields/index.ts';
import { columnOf } from '../../shared/objects/index.ts';
import type { AnySql, Fragment } from '../db/fragments.ts';

/** What a row holds for a field (`id` and `created_at` too), in the field's own type; `alias` is that of the table. */
export function valueSql(sql: AnySql, field: Field, alias: string): Fragment {
  if (field.custom) return typed(sql, field.kind, sql`${sql(`${alias}.custom`)} ->> ${field.name}::text`);
  const isFrame = field.name === 'id' || field.name === 'created_at';
  return sql`${sql(`${alias}.${isFrame ? field.name : columnOf(field)}`)}`;
}

/** A checked value as a parameter of the field's type. */
export const operandSql = (sql: AnySql, field: Field, value: Value): Fragment =>
  typed(sql, field.kind === 'relations' ? 'relation' : field.kind, sql`${value as string}`);

/** A list of checked values as one array parameter. */
export function operandsSql(sql: AnySql, field: Field, values: readonly Value[]): Fragment {
  const list = sql`${values as string[]}`;
  switch (field.kind) {
    case 'integer':
      return sql`${list}::int[]`;
    case 'money':
    case 'percent':
      return sql`${list}::numeric[]`;
    case 'boolean':
      // Given booleans, the driver would take the list itself for one.
      return sql`${values.map(String)}::text[]::boolean[]`;
    case 'date':
      return sql`${list}::date[]`;
    case 'instant':
      return sql`${list}::timestamptz[]`;
    case 'relation':
    case 'relations':
      return sql`${list}::uuid[]`;
    default:
      return sql`${list}::text[]`;
  }
}

function typed(sql: AnySql, kind: KindName, text: Fragment): Fragment {
  switch (kind) {
    case 'integer':
      return sql`(${text})::int`;
    case 'money':
    case 'percent':
      return sql`(${text})::numeric`;
    case 'boolean':
      return sql`(${text})::boolean`;
    case 'date':
      return sql`(${text})::date`;
    case 'instant':
      return sql`(${text})::timestamptz`;
    case 'relation':
      return sql`(${text})::uuid`;
    default:
      return sql`(${text})::text`;
  }
}
