import { isId } from '../../../shared/lib/ids.ts';
import { must } from '../../../shared/lib/must.ts';
import type { ObjectDef } from '../../../shared/objects/index.ts';
import { anyOf, joined, type AnySql, type Fragment } from '../../db/fragments.ts';
import { valueSql } from '../../records/valueSql.ts';

/** A field, or `id`, and the texts that it may hold. */
export type Asked = readonly [name: string, texts: readonly string[]];

/**
 * Whether a masked row `m` holds any of what is asked. Those that hold any at all are found first, field by field, by an
 * index or in one pass: what a row shows may depend on the row, which no index knows, and a comparison of every row with
 * every text takes the longer the more there are of both. An array of them is always looked up by id, whatever the planner
 * expects. It only narrows what is judged by the masked values.
 */
export function holdsAny(sql: AnySql, object: ObjectDef, asked: readonly Asked[]): Fragment {
  const some = asked.filter(([, texts]) => texts.length > 0);
  if (some.length === 0) return sql`false`;
  const shown = some.map((one) => isHeld(sql, object, sql`${sql(`m.${one[0]}`)}`, one));
  const found = some.map(
    (one) => sql`
      select r.id from ${sql(object.table)} r
      where r.deleted_at is null and ${isAmong(sql, object, storedSql(sql, object, one[0]), one)}`,
  );
  return sql`(${anyOf(sql, shown)} and m.id = any (array(${joined(sql, found, sql` union `)})))`;
}

const storedSql = (sql: AnySql, object: ObjectDef, name: string): Fragment =>
  name === 'id' ? sql`r.id` : valueSql(sql, must(object.fields[name], `the field ${name}`), 'r');

/** For many rows: texts are looked up and not compared one by one. */
const isAmong = (sql: AnySql, object: ObjectDef, column: Fragment, asked: Asked): Fragment =>
  isWord(object, asked[0])
    ? sql`lower(btrim(${column})) in (${wordsOf(sql, asked[1])})`
    : isHeld(sql, object, column, asked);

/** Ids of elsewhere are told apart by small and capital letters, names are not. */
function isHeld(sql: AnySql, object: ObjectDef, column: Fragment, [name, texts]: Asked): Fragment {
  const all = [...texts];
  if (isWord(object, name)) return sql`lower(btrim(${column})) = any (array(${wordsOf(sql, all)}))`;
  if (name === 'external_id') return sql`${column} = any (${all}::text[])`;
  switch (object.fields[name]?.kind) {
    case 'integer':
    case 'money':
      return sql`${column} = any (${all}::numeric[])`;
    case 'date':
      return sql`${column} = any (${all}::date[])`;
    case 'instant':
      return sql`${column} = any (${all}::timestamptz[])`;
    default:
      // One that is only to be added along has no id yet: nothing that is there names it.
      return sql`${column} = any (${all.filter(isId)}::uuid[])`;
  }
}

const NO_WORDS = ['integer', 'money', 'date', 'instant', 'relation'];

const isWord = (object: ObjectDef, name: string): boolean =>
  name !== 'id' && name !== 'external_id' && !NO_WORDS.includes(object.fields[name]?.kind ?? 'text');

const wordsOf = (sql: AnySql, texts: readonly string[]): Fragment =>
  sql`select lower(btrim(t)) from unnest(${[...texts]}::text[]) t`;
