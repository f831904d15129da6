import type { Field, Value } from '../../shared/fields/index.ts';
import { filterField, type Filter, type View } from '../../shared/protocol/index.ts';
import type { ObjectDef } from '../../shared/objects/index.ts';
import { allOf, anyOf, type AnySql, type Fragment } from '../db/fragments.ts';
import { bareColumn, shownColumn } from './readSql.ts';
import { candidateSql, containsSql, isPaired, startsSql } from './searchSql.ts';
import { operandSql, operandsSql } from './valueSql.ts';

// `alias` is that of the masked rows (see readSql.ts), whose columns bear the fields' names and are null where the
// viewer may not read. Held equal to `matches` in shared/protocol by a property test.

/** How the viewer may read a field: on every row, on some, on none. */
export type Readable = 'always' | 'sometimes' | 'never';

/**
 * Which masked rows belong to a view. `readable` says for which fields an index may be asked: where a field is masked on
 * some rows, the masked value is in none. `shown`: fields for which the rows say whether they may be read, and have them
 * bare, so that an index finds both.
 */
export function matchesSql(
  sql: AnySql,
  view: View,
  alias: string,
  readable: (field: string) => Readable = () => 'sometimes',
  shown: ReadonlySet<string> = new Set(),
): Fragment {
  return allOf(sql, [passesSql(sql, view, alias, shown), ...candidatesOf(sql, view, alias, readable, shown)]);
}

/** What an index can say of the texts that every row of a view contains, or of their first letters. */
export const candidatesOf = (
  sql: AnySql,
  view: View,
  alias: string,
  readable: (field: string) => Readable,
  shown: ReadonlySet<string> = new Set(),
  letters = Infinity,
): Fragment[] =>
  textsOf(view).flatMap(({ fields, wanted }) => {
    const begins = [...wanted].slice(0, letters).join('');
    return candidatesSql(sql, view.object, fields, begins, alias, readable, shown);
  });

/** The same of rows that are looked at anyway: no index is asked. */
export const passesSql = (
  sql: AnySql,
  view: View,
  alias: string,
  shown: ReadonlySet<string> = new Set(),
): Fragment =>
  allOf(sql, [filterSql(sql, view.object, view.filter, alias, shown), searchSql(sql, view, alias)]);

/**
 * What every row that passes a filter holds: fields that must be one of some ids. A masked field that is, is so unmasked;
 * one that is empty only where it is readable `always`.
 */
export function knownBy(filter: Filter, readable?: (field: string) => Readable): Map<string, string[]> {
  if ('all' in filter) return new Map(filter.all.flatMap((part) => [...knownBy(part, readable)]));
  if ('operator' in filter && filter.operator === 'empty' && filter.value === true)
    return new Map(readable?.(filter.field) === 'always' ? [[filter.field, []]] : []);
  if ('any' in filter || (filter.operator !== 'eq' && filter.operator !== 'in')) return new Map();
  return new Map([[filter.field, [filter.value].flat().map(String)]]);
}

/** The texts that every row of a view contains, each in one of some fields. */
export const textsOf = ({ object, filter, q }: View): Text[] => [
  ...containsIn(filter),
  ...(q === '' ? [] : [{ fields: object.search, wanted: q }]),
];
interface Text {
  fields: readonly string[];
  wanted: string;
}

/** Whether every row of a view contains some text. */
export const asksForText = (view: View): boolean => textsOf(view).length > 0;

/** The view that asks for no text, and has all rows of this one. */
export const withoutText = (view: View): View => ({ ...view, q: '', filter: withoutContains(view.filter) });

function withoutContains(filter: Filter): Filter {
  if ('all' in filter) return { all: filter.all.map(withoutContains) };
  return 'operator' in filter && isText(filter.operator) ? { all: [] } : filter;
}

/** The texts that must be contained in any case, be it at the start: not those within an `or`. */
function containsIn(filter: Filter): Text[] {
  if ('all' in filter) return filter.all.flatMap(containsIn);
  if ('any' in filter || !isText(filter.operator)) return [];
  return [{ fields: [filter.field], wanted: String(filter.value) }];
}

const isText = (operator: string): boolean => operator === 'contains' || operator === 'starts';

/** What an index can say of a term that one of the fields must contain; nothing where one of them cannot be asked. */
function candidatesSql(
  sql: AnySql,
  object: ObjectDef,
  fields: readonly string[],
  wanted: string,
  alias: string,
  readable: (field: string) => Readable,
  shown: ReadonlySet<string>,
): Fragment[] {
  if (wanted === '') return [];
  const asked = fields.filter((field) => readable(field) !== 'never');
  const indexed = asked.every(
    (field) => (readable(field) === 'always' || shown.has(field)) && isPaired(object, field, wanted),
  );
  if (!indexed) return [];
  const column = (name: string) => sql`${sql(`${alias}.${name}`)}`;
  return [
    anyOf(
      sql,
      asked.map((field) =>
        shown.has(field)
          ? sql`(${column(shownColumn(field))} and ${candidateSql(sql, column(bareColumn(field)), wanted)})`
          : candidateSql(sql, column(field), wanted),
      ),
    ),
  ];
}

export function filterSql(
  sql: AnySql,
  object: ObjectDef,
  filter: Filter,
  alias: string,
  shown: ReadonlySet<string> = new Set(),
): Fragment {
  const each = (parts: readonly Filter[]) => parts.map((part) => filterSql(sql, object, part, alias, shown));
  if ('all' in filter) return allOf(sql, each(filter.all));
  if ('any' in filter) return anyOf(sql, each(filter.any));
  const field = filterField(object, filter.field);
  const passes = (column: string) => comparisonSql(sql, field, filter, sql`${sql(`${alias}.${column}`)}`);
  if (!shown.has(filter.field)) return passes(filter.field);
  const may = sql`${sql(`${alias}.${shownColumn(filter.field)}`)}`;
  if (filter.operator === 'empty' && filter.value === true)
    return sql`(${may} is not true or ${passes(filter.field)})`;
  // What is not shown counts as empty, which these two may find, and the others never do.
  return filter.operator === 'ne' || filter.operator === 'nin'
    ? passes(filter.field)
    : sql`(${may} and ${passes(bareColumn(filter.field))})`;
}

function comparisonSql(
  sql: AnySql,
  field: Field,
  { operator, value }: Extract<Filter, { operator: unknown }>,
  column: Fragment,
): Fragment {
  if (operator === 'empty') {
    const empty =
      field.kind === 'relations' ? sql`coalesce(cardinality(${column}), 0) = 0` : sql`${column} is null`;
    return value === true ? sql`(${empty})` : sql`(not (${empty}))`;
  }
  // parseFilter gives these two a list of values. Of one value an index knows that what follows it is in order.
  if (operator === 'in' && (value as Value[]).length === 1)
    return sql`${column} = ${operandSql(sql, field, (value as Value[])[0] ?? null)}`;
  if (operator === 'in') return sql`${column} = any (${operandsSql(sql, field, value as Value[])})`;
  if (operator === 'nin')
    return sql`(${column} = any (${operandsSql(sql, field, value as Value[])})) is not true`;
  if (operator === 'contains') return containsSql(sql, column, String(value));
  if (operator === 'starts') return startsSql(sql, column, String(value));
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
