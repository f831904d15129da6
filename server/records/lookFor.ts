import { fieldsAskedBy, type View } from '../../shared/protocol/index.ts';
import { allOf, selected, type AnySql, type Fragment } from '../db/fragments.ts';
import { candidatesOf, matchesSql, passesSql, textsOf, withoutText } from './filterSql.ts';
import type { MaskedRow } from './readSql.ts';
import { chosenSql, idsIn, type Looking } from './rowsSql.ts';
import { partSql } from './sortSql.ts';
import type { Source } from './source.ts';
import { valueSql } from './valueSql.ts';

/** When rows are looked through for a text. */
export interface Looks {
  /** From so many rows that may contain it by the store's guess: too low, as it takes pairs of letters for independent. */
  from: number;
  /** So many rows first, if not known better. */
  at: number;
  /**
   * And more of them as long as that is quicker: so many may be looked through for each that an index of pairs would find,
   * to be fetched, tested and sorted.
   */
  each: number;
}
export const LOOKS: Looks = { from: 5, at: 1_000, each: 1 };
/** The guess is made by so many first letters: by all of a longer word's it would always be none. */
const GUESSED_LETTERS = 5;

/**
 * A text that many rows contain is found in the first of them, and one that few do by an index. So where the store takes it
 * for common, the first rows are looked through, and further if these say how far: null where they do not suffice, or an
 * index is better asked at once.
 */
export async function lookFor(
  sql: AnySql,
  source: Source,
  view: View,
  looking: Looking,
  { from, at, each }: Looks,
): Promise<MaskedRow[] | null> {
  const guess = await guessOf(sql, view, source.readable);
  if (guess === null || guess.rows < from) return null;
  // How many more than an even share would need: in the order of what is searched, rows with a text stand together.
  const doubt = isSearched(view, view.sort.field) ? 4 : 1.5;
  /** How many to look through where that share of rows has the text; null where an index finds these sooner. */
  const enough = (share: number): number | null => {
    const rows = Math.ceil((looking.limit / share) * doubt);
    return rows <= share * guess.table * each ? rows : null;
  };
  const expected = guess.isGood ? enough(guess.rows / guess.table) : at;
  if (expected === null) return null;
  const first = Math.max(at, expected);
  const { found, suffices } = await look(sql, source, view, looking, first);
  if (suffices) return found;
  const second = enough(found.length / first);
  if (second === null || second <= first) return null;
  const more = await look(sql, source, view, looking, second);
  return more.suffices ? more.found : null;
}

const isSearched = (view: View, field: string): boolean =>
  textsOf(view).some(({ fields }) => fields.includes(field));

async function look(
  sql: AnySql,
  source: Source,
  view: View,
  looking: Looking,
  at: number,
): Promise<{ found: MaskedRow[]; suffices: boolean }> {
  const rows = await sql<(MaskedRow | { id: null })[]>`${lookedSql(sql, source, view, looking, at)}`;
  const found = rows.filter((row): row is MaskedRow => row.id !== null);
  const looked = (rows[0] as { _looked?: number | null } | undefined)?._looked ?? at;
  return { found, suffices: found.length >= looking.limit || looked < at };
}

interface Guess {
  /** Rows of the table that may contain the text, and all. */
  rows: number;
  table: number;
  /** Whether that can be relied upon: for one pair of letters. */
  isGood: boolean;
}

/** What the store takes a text for; null where no index knows it. */
async function guessOf(sql: AnySql, view: View, readable: Source['readable']): Promise<Guess | null> {
  const { object } = view;
  const letters = isSearched(view, view.sort.field) ? Infinity : GUESSED_LETTERS;
  const able = (name: string) => (readable(name) === 'never' ? 'never' : 'always');
  const candidates = candidatesOf(sql, view, 'm', able, new Set(), letters);
  if (candidates.length === 0) return null;
  const asked = new Set([...fieldsAskedBy(view), ...object.search]);
  const columns = Object.fromEntries(
    Object.values(object.fields)
      .filter(({ name }) => asked.has(name))
      .map((field) => [field.name, valueSql(sql, field, 'r')]),
  );
  const [[plan], [table]] = await Promise.all([
    sql<{ 'QUERY PLAN': [{ Plan: { 'Plan Rows': number } }] }[]>`
      explain (format json)
      select from (${selected(sql, columns)} from ${sql(object.table)} r) m where ${allOf(sql, candidates)}
    `,
    sql<{ rows: number }[]>`select reltuples as rows from pg_class where oid = ${object.table}::regclass`,
  ]);
  const rows = plan?.['QUERY PLAN'][0].Plan['Plan Rows'] ?? 0;
  const [text, ...others] = textsOf(view);
  const isGood = others.length === 0 && text !== undefined && /^[a-z0-9 ]{2}$/i.test(text.wanted);
  return { rows, table: Math.max(rows, table?.rows ?? 0), isGood };
}

/**
 * The rows that contain a text among the first that the view would have without it. Where these are not enough, `_looked`
 * says how many there were; without any that contain it there is one row without an id, for that.
 */
function lookedSql(
  sql: AnySql,
  source: Source,
  view: View,
  { part, after, limit }: Looking,
  lookedAt: number,
): Fragment {
  const { rows, chosen = idsIn(sql, rows), shown, sorted } = source;
  const { order, byKey } = partSql(sql, view, 'm', sorted, part, after);
  const matches = matchesSql(sql, withoutText(view), 'm', source.readable, shown);
  const first = chosenSql(sql, source, view, { part, after, limit: lookedAt }, sql`m.*`, matches);
  return sql`
    with looked as materialized (select * from ${first} m order by ${byKey}),
    found as materialized (
      select m.id from looked m where ${passesSql(sql, view, 'm', shown)} order by ${byKey} limit ${limit}
    )
    select m.*, enough._looked
    from (
      select case when (select count(*) from found) < ${limit} then (select count(*)::int from looked) end as _looked
    ) enough
    left join (select * from ${chosen(sql`array(select id from found)`)} r) m on true
    order by ${order}
  `;
}
