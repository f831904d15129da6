import type { AnySql, Fragment } from '../db/fragments.ts';

/** Made small by the same rules as JavaScript's toLowerCase, those of Unicode without a language. */
export const foldedSql = (sql: AnySql, text: Fragment): Fragment => sql`lower(${text} collate "und-x-icu")`;

/** Whether a text begins with `wanted`, in whatever case. */
export const startsSql = (sql: AnySql, text: Fragment, wanted: string): Fragment =>
  sql`starts_with(${foldedSql(sql, text)}, ${foldedSql(sql, sql`${wanted}::text`)})`;
