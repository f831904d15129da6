import type { AnySql, Fragment } from '../db/fragments.ts';

/** Made small by the same rules as JavaScript's toLowerCase, those of Unicode without a language. */
export const foldedSql = (sql: AnySql, text: Fragment): Fragment => sql`lower(${text} collate "und-x-icu")`;

/**
 * Whether a text begins with `wanted`, in whatever case. The range, which an index of the text's order serves, holds all
 * that do: small letters sort before great ones, and U+FFFF behind every other.
 */
export const startsSql = (sql: AnySql, text: Fragment, wanted: string): Fragment => sql`(
  ${text} collate "und-x-icu" >= ${wanted.toLowerCase()} and ${text} collate "und-x-icu" < ${wanted.toLowerCase() + '\uffff'}
  and starts_with(${foldedSql(sql, text)}, ${foldedSql(sql, sql`${wanted}::text`)})
)`;
