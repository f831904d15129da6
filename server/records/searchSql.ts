import type { ObjectDef } from '../../shared/objects/index.ts';
import type { AnySql, Fragment } from '../db/fragments.ts';

/** Fields whose pairs of letters are indexed (migration 0008; a test holds the two against each other). */
export const PAIRED: Readonly<Record<string, readonly string[]>> = {
  deal: ['title'],
  ticket: ['subject', 'customer_name'],
  company: ['name', 'city', 'website'],
  contact: ['name', 'job_title', 'email'],
};

/** Whether an index can find the candidates for a term in that field. A single letter a–z or digit it does not know. */
export const isPaired = (object: ObjectDef, field: string, wanted: string): boolean =>
  PAIRED[object.name]?.includes(field) === true && ([...wanted].length > 1 || !/^[a-z0-9 ]$/i.test(wanted));

/**
 * Rows that can contain the term: they have all its pairs of letters. Only where it stands beside everything else that
 * must hold, so that the index answers it: worked out for each row it would cost more than it spares.
 */
export const candidateSql = (sql: AnySql, text: Fragment, wanted: string): Fragment =>
  sql`search_pairs(${text}) @> search_pairs(${wanted}::text)`;

export const containsSql = (sql: AnySql, text: Fragment, wanted: string): Fragment =>
  placedSql(sql, text, wanted, sql`> 0`);

export const startsSql = (sql: AnySql, text: Fragment, wanted: string): Fragment =>
  placedSql(sql, text, wanted, sql`= 1`);

/**
 * Where a term first stands in a text. Both sides made small by the same rules as JavaScript's toLowerCase, those of
 * Unicode without a language. These take half a microsecond a text, so a text of ASCII alone (as many bytes as letters),
 * where they come to A–Z, goes without.
 */
function placedSql(sql: AnySql, text: Fragment, wanted: string, place: Fragment): Fragment {
  const small = wanted.toLowerCase();
  const beyondAscii = sql`
    (octet_length(${text}) <> char_length(${text})
      and strpos(lower(${text} collate "und-x-icu"), lower(${wanted}::text collate "und-x-icu")) ${place})
  `;
  return /^[\x00-\x7f]*$/.test(small)
    ? sql`(strpos(lower(${text} collate "C"), ${small}::text) ${place} or ${beyondAscii})`
    : beyondAscii;
}
