import type { Image } from '../../shared/access/index.ts';
import type { Field } from '../../shared/fields/index.ts';
import { columnOf, type ObjectDef } from '../../shared/objects/index.ts';
import { joined, type AnySql, type Fragment } from '../db/fragments.ts';
import type { Tx } from '../db/transaction.ts';

/**
 * A whole unmasked record as one jsonb, an `Image`: fields by their names in the registry, empty ones null, custom ones
 * beside the others; instants as ISO texts with milliseconds and Z, dates YYYY-MM-DD, money a number.
 */
export function imageSql(sql: AnySql, object: ObjectDef, alias: string): Fragment {
  const frame = [
    sql`'id', ${sql(`${alias}.id`)}`,
    sql`'version', ${sql(`${alias}.version`)}`,
    sql`'created_at', ${instantSql(sql, `${alias}.created_at`)}`,
    sql`'deleted_at', ${instantSql(sql, `${alias}.deleted_at`)}`,
  ];
  const fields = Object.values(object.fields).map(
    (field) => sql`${field.name}::text, ${jsonSql(sql, field, alias)}`,
  );
  // A function takes 100 arguments at most, so 50 pairs.
  const objects = chunks([...frame, ...fields], 50).map(
    (pairs) => sql`jsonb_build_object(${joined(sql, pairs, sql`, `)})`,
  );
  return sql`(${joined(sql, objects, sql` || `)})`;
}

/** The record as it is now, those in the bin included, or null; `lock` keeps others from changing it meanwhile. */
export async function fetchImage(
  tx: Tx,
  object: ObjectDef,
  id: string,
  { lock }: { lock: boolean },
): Promise<Image | null> {
  const [row] = await tx<{ image: Image }[]>`
    select ${imageSql(tx, object, 'r')} as image from ${tx(object.table)} r
    where r.id = ${id}::uuid ${lock ? tx`for no key update` : tx``}
  `;
  return row?.image ?? null;
}

function jsonSql(sql: AnySql, field: Field, alias: string): Fragment {
  // A custom value is kept as the JSON that came in, which is the very form wanted here.
  if (field.custom) return sql`${sql(`${alias}.custom`)} -> ${field.name}::text`;
  const column = `${alias}.${columnOf(field)}`;
  return field.kind === 'instant' ? instantSql(sql, column) : sql`${sql(column)}`;
}

const instantSql = (sql: AnySql, column: string): Fragment =>
  sql`to_char(${sql(column)} at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`;

function chunks<T>(all: readonly T[], size: number): T[][] {
  return Array.from({ length: Math.ceil(all.length / size) }, (_, i) => all.slice(i * size, (i + 1) * size));
}
