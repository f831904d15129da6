import type { Field, Value } from '../../shared/fields/index.ts';
import { filterField, type Filter, type View } from '../../shared/protocol/index.ts';
import type { ObjectDef } from '../../shared/objects/index.ts';
import { allOf, anyOf, type AnySql, type Fragment } from '../db/fragments.ts';
import { operandSql, operandsSql } from './valueSql.ts';

// `alias` is that of the masked rows (see readSql.ts), whose columns bear the fields' names and are null where the
// viewer may not read. Held equal to `matches` in shared/protocol by a property test.

/** Which masked rows belong to a view. */
export function matchesSql(sql: AnySql, view: View, alias: string): Fragment {
  return sql`(${filterSql(sql, view.object, view.filter, alias)} and ${searchSql(sql, view, alias)})`;
}

export function filterSql(sql: AnySql, object: ObjectDef, filter: Filter, alias: string): Fragment {
  if ('all' in filter)
    return allOf(
      sql,
      filter.all.map((part) => filterSql(sql, object, part, alias)),
    );
  if ('any' in filter)
    return anyOf(
      sql,
      filter.any.map((part) => filterSql(sql, object, part, alias)),
    );
  return comparisonSql(sql, filterField(object, filter.field), filter, alias);
}

function comparisonSql(
  sql: AnySql,
  field: Field,
  { operator, value }: Extract<Filter, { operator: unknown }>,
  alias: string,
): Fragment {
  const column = sql`${sql(`${alias}.${field.name}`)}`;
  if (operator === 'empty') {
    const empty =
      field.kind === 'relations' ? sql`coalesce(cardinality(${column}), 0) = 0` : sql`${column} is null`;
    return value === true ? sql`(${empty})` : sql`(not (${empty}))`;
  }
  // parseFilter gives these two a list of values.
  if (operator === 'in') return sql`${column} = any (${operandsSql(sql, field, value as Value[])})`;
  if (operator === 'nin')
    return sql`(${column} = any (${operandsSql(sql, field, value as Value[])})) is not true`;
  if (operator === 'contains') return containsSql(sql, column, String(value));
  const operand = operandSql(sql, field, value as Value);
  switch (operator) {
    case 'eq':
      return sql`${column} = ${operand}`;
    case 'ne':
      return sql`${column} is distinct from ${operand}`;
    case 'has':
      return sql`${column} @> array[${operand}]`;
    case 'gt':
      return sql`${column} > ${operand}`;
    case 'gte':
      return sql`${column} >= ${operand}`;
    case 'lt':
      return sql`${column} < ${operand}`;
    case 'lte':
      return sql`${column} <= ${operand}`;
  }
}

function searchSql(sql: AnySql, { object, q }: View, alias: string): Fragment {
  if (q === '') return sql`true`;
  return anyOf(
    sql,
    object.search.map((name) => containsSql(sql, sql`${sql(`${alias}.${name}`)}`, q)),
  );
}

// Both sides made small by the same rules as JavaScript's toLowerCase, those of Unicode without a language.
const containsSql = (sql: AnySql, text: Fragment, wanted: string): Fragment =>
  sql`strpos(lower(${text} collate "und-x-icu"), lower(${wanted}::text collate "und-x-icu")) > 0`;
