import type { View } from '../../shared/protocol/index.ts';
import { joined, type AnySql, type Fragment } from '../db/fragments.ts';
import { candidatesOf, matchesSql } from './filterSql.ts';
import { partSql, type Part, type Place } from './sortSql.ts';
import type { Source } from './source.ts';

/** Which rows of a view are wanted: so many of a part after a place. */
export interface Looking {
  part: Part;
  after: Place | null;
  limit: number;
}

/**
 * The statement behind one part of a page. Where it is dear to say of a row that it may be read, or what is shown of it,
 * rows are chosen first and masked then: of a thousand that a filter lets through to be sorted, fifty are shown.
 */
export function rowsSql(sql: AnySql, source: Source, view: View, looking: Looking): Fragment {
  const { rows, choices, chosen = idsIn(sql, rows), readable, shown, sorted } = source;
  const { part, after, limit } = looking;
  const { where, order } = partSql(sql, view, 'm', sorted, part, after);
  const matches = matchesSql(sql, view, 'm', readable, shown);
  const isSought = source.few || candidatesOf(sql, view, 'm', readable, shown).length > 0;
  if (!choices && !isSought)
    return sql`select * from ${rows()} m where ${matches} and ${where} order by ${order} limit ${limit}`;
  const first = isSought
    ? soughtSql(sql, source, view, looking, matches)
    : chosenSql(sql, source, view, looking, sql`m.id`, matches);
  return sql`
    select * from ${chosen(sql`array(select m.id from ${first} m)`)} m order by ${order} limit ${limit}
  `;
}

export const idsIn = (sql: AnySql, rows: () => Fragment) => (ids: Fragment) =>
  sql`(select * from ${rows()} m where m.id = any (${ids}))`;

/** The first rows of a part that match, as a subselect in order; `columns` of the choices, and `_key`. */
export function chosenSql(
  sql: AnySql,
  { rows: whole, choices = [whole()], sorted }: Source,
  view: View,
  { part, after, limit }: Looking,
  columns: Fragment,
  matches: Fragment,
): Fragment {
  const { where, order, key, keys, byKey } = partSql(sql, view, 'm', sorted, part, after);
  const firsts = choices.map(
    (rows) => sql`(
      select ${columns}, ${key} as _key from ${rows} m where ${matches} and ${where} order by ${order} limit ${limit}
    )`,
  );
  if (firsts.length === 1) return joined(sql, firsts, sql``);
  // Each in order and no longer than the whole: the store merges them, and reads of each no more than it needs.
  return sql`(
    select distinct on (${keys}) * from (${joined(sql, firsts, sql` union all `)}) m order by ${byKey} limit ${limit}
  )`;
}

/**
 * The same where few can match, and indexes know which (see lookFor.ts, guessReads.ts): all of them are found, and sorted then.
 * The fence keeps the store from going along the order for them instead, as it would for the first fifty of what it takes
 * for many.
 */
function soughtSql(
  sql: AnySql,
  { rows, choice = rows, sorted }: Source,
  view: View,
  { part, after, limit }: Looking,
  matches: Fragment,
): Fragment {
  const { where, key, byKey } = partSql(sql, view, 'm', sorted, part, after);
  return sql`(
    select * from (select m.id, ${key} as _key from ${choice()} m where ${matches} and ${where} offset 0) m
    order by ${byKey} limit ${limit}
  )`;
}
