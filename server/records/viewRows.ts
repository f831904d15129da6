import type { Actor } from '../../shared/access/index.ts';
import type { Registry } from '../../shared/objects/index.ts';
import { fieldsAskedBy, filterField, type View } from '../../shared/protocol/index.ts';
import { countedBranches, readableBranches } from '../access/branches.ts';
import { isDearByRow, isEverReadable, isReadableWithRow } from '../access/reaches.ts';
import { allOf, joined, selected, type AnySql, type Fragment } from '../db/fragments.ts';
import {
  asksForText,
  candidatesOf,
  knownBy,
  matchesSql,
  passesSql,
  withoutText,
  type Readable,
} from './filterSql.ts';
import { maskedSql, type MaskedRow } from './readSql.ts';
import { ORDERED, partsOf, partSql, type Part, type Place, type Sorted } from './sortSql.ts';
import { valueSql } from './valueSql.ts';

/** Rows to choose from, and what is known of them before any is looked at. */
export interface Source {
  rows: () => Fragment;
  /**
   * The same to choose from, where that is dear by the rows as they are shown: without what it takes to show them, and in
   * branches that may have rows in common.
   */
  choices?: readonly Fragment[];
  /** The same to be counted, in branches that have no row in common. */
  counted?: () => readonly Fragment[];
  /** Those of some ids that have been chosen, so may be read, as they are shown. Default: `rows` of these ids. */
  chosen?: (ids: Fragment) => Fragment;
  readable: (field: string) => Readable;
  /** Fields for which the rows say whether they may be read. */
  shown: ReadonlySet<string>;
  sorted: Sorted;
}

export function sourceOf(sql: AnySql, actor: Actor, registry: Registry, view: View): Source {
  const { object, sort } = view;
  const readable = (field: string): Readable =>
    isReadableWithRow(actor, registry, object, field) ? 'always'
    : isEverReadable(actor, registry, object, field) ? 'sometimes'
    : 'never'; // prettier-ignore
  const field = filterField(object, sort.field);
  const how = readable(field.name);
  const sorted = how === 'always' ? (field.required ? 'full' : 'perhaps') : how;
  const { group, sum } = object.totals;
  const asked = [...fieldsAskedBy(view), ...sum, ...(view.q === '' ? [] : object.search)];
  const shown = new Set(asked.filter((name) => readable(name) === 'sometimes'));
  const known = knownBy(view.filter);
  const options = sorted === 'sometimes' ? { sorted: field, shown, known } : { shown, known };
  const isDear = isDearByRow(actor, registry, object);
  const only = new Set([...asked, field.name, ...(group === null ? [] : [group])]);
  const choice = (branch?: Fragment) =>
    maskedSql(sql, actor, registry, object, { ...options, only, ...(branch ? { branch } : {}) });
  const branches = readableBranches(sql, actor, registry, object, 'r', {
    known,
    ordered: ORDERED[object.name]?.[field.name] ?? [],
  });
  const choices = branches.length > 0 ? branches.map(choice) : isDear ? [choice()] : null;
  return {
    rows: () => maskedSql(sql, actor, registry, object, { ...options, once: isDear }),
    ...(choices && { choices }),
    chosen: (ids) =>
      maskedSql(sql, actor, registry, object, { ...options, once: isDear, branch: sql`r.id = any (${ids})` }),
    counted: () => {
      const counted = countedBranches(sql, actor, registry, object, 'r', known);
      return counted.length > 0 ? counted.map(choice) : [choice()];
    },
    readable,
    shown,
    sorted,
  };
}

/** At most `limit` rows of a view after a place, part by part: most pages need the first only. */
export async function readSorted(
  sql: AnySql,
  source: Source,
  view: View,
  after: Place | null,
  limit: number,
  looks: Looks = LOOKS,
): Promise<MaskedRow[]> {
  const found = new Map<string, MaskedRow>();
  for (const part of partsOf(source.sorted, after)) {
    const looking = { part, after, limit: limit - found.size };
    const more =
      (asksForText(view) ? await lookFor(sql, source, view, looking, looks) : null) ??
      (await sql<MaskedRow[]>`${rowsSql(sql, source, view, part, after, looking.limit)}`);
    // One that lost its value between the two statements counts where it stood.
    for (const row of more) if (!found.has(row.id)) found.set(row.id, row);
    if (found.size >= limit) break;
  }
  return [...found.values()];
}

/** When rows are looked through for a text. */
interface Looks {
  /** From so many rows that may contain it by the store's guess: far too low, as it takes pairs of letters for independent. */
  from: number;
  /** So many rows. */
  at: number;
}
const LOOKS: Looks = { from: 5, at: 1_000 };

interface Looking {
  part: Part;
  after: Place | null;
  limit: number;
}

/**
 * A text that many rows contain is found in the first of them, and one that few do by an index. So where the store takes it
 * for common, the first rows are looked through: null where these do not suffice, or an index is better asked at once.
 */
async function lookFor(
  sql: AnySql,
  source: Source,
  view: View,
  looking: Looking,
  looks: Looks,
): Promise<MaskedRow[] | null> {
  const guess = guessSql(sql, view, source.readable);
  if (guess === null) return null;
  const [plan] = await sql<{ 'QUERY PLAN': [{ Plan: { 'Plan Rows': number } }] }[]>`${guess}`;
  if ((plan?.['QUERY PLAN'][0].Plan['Plan Rows'] ?? 0) < looks.from) return null;
  const rows = await sql<(MaskedRow | { id: null })[]>`${lookedSql(sql, source, view, looking, looks.at)}`;
  const found = rows.filter((row): row is MaskedRow => row.id !== null);
  const looked = (rows[0] as { _looked?: number | null } | undefined)?._looked ?? looks.at;
  return found.length >= looking.limit || looked < looks.at ? found : null;
}

/** What the store takes a text for; null where no index knows it. */
function guessSql(sql: AnySql, view: View, readable: Source['readable']): Fragment | null {
  const { object } = view;
  const candidates = candidatesOf(sql, view, 'm', (name) =>
    readable(name) === 'never' ? 'never' : 'always',
  );
  if (candidates.length === 0) return null;
  const columns = Object.fromEntries(
    Object.values(object.fields).map((field) => [field.name, valueSql(sql, field, 'r')]),
  );
  return sql`
    explain (format json) select from (${selected(sql, columns)} from ${sql(object.table)} r) m where ${allOf(sql, candidates)}
  `;
}

/**
 * The statement behind one part of a page. Where it is dear to say of a row that it may be read, or what is shown of it,
 * rows are chosen first and masked then: of a thousand that a filter lets through to be sorted, fifty are shown.
 */
export function rowsSql(
  sql: AnySql,
  source: Source,
  view: View,
  part: Part,
  after: Place | null,
  limit: number,
): Fragment {
  const { rows, choices, chosen = idsIn(sql, rows), readable, shown, sorted } = source;
  const { where, order } = partSql(sql, view, 'm', sorted, part, after);
  const matches = matchesSql(sql, view, 'm', readable, shown);
  if (!choices)
    return sql`select * from ${rows()} m where ${matches} and ${where} order by ${order} limit ${limit}`;
  const first = chosenSql(sql, source, view, { part, after, limit }, sql`m.id`, matches);
  return sql`
    select * from ${chosen(sql`array(select m.id from ${first} m)`)} m order by ${order} limit ${limit}
  `;
}

/**
 * The same for a text, among the first rows that the view would have without it. Where these are not enough, `_looked`
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

const idsIn = (sql: AnySql, rows: () => Fragment) => (ids: Fragment) =>
  sql`(select * from ${rows()} m where m.id = any (${ids}))`;

/** The first rows of a part that match, as a subselect in order; `columns` of the choices, and `_key`. */
function chosenSql(
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
