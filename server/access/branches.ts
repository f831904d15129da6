import { possible, VETO, waysIn, type Actor } from '../../shared/access/index.ts';
import type { ObjectDef, Registry } from '../../shared/objects/index.ts';
import { allOf, anyOf, joined, type AnySql, type Fragment } from '../db/fragments.ts';
import {
  ANYTHING,
  anyWaySql,
  column,
  matchesOf,
  matchSql,
  openMasks,
  vetoSql,
  type Known,
  type Match,
} from './predicate.ts';
import { rightsByParent } from './reaches.ts';

// What `readableSql` says, taken apart so that indexes serve it: the same masks, matches and restrictions.

/** Some of the rows that may be read. */
export interface Branch {
  where: Fragment;
  /** Ids, as the store writes lists: the rows are those of `where` for each `each.id` of them. Null: `where` says it all. */
  each: string | null;
}

/**
 * The rows of `readableSql` in branches, some of them in several: for each column of `ordered` (those by whose values an
 * index has the rows in order) what an id of the actor's in it lets in, and what the other columns do. The first rows of
 * each are found by an index, where the whole condition can only be asked row by row. None where that is as good: where
 * the rows asked for need no word more, or so many ids let in that many rows pass anyway.
 */
export function readableBranches(
  sql: AnySql,
  actor: Actor,
  registry: Registry,
  object: ObjectDef,
  alias: string,
  { known, ordered }: { known: Known; ordered: readonly string[] },
): Branch[] {
  const open = openMatches(sql, actor, registry, object, alias, known);
  if (!open || open.matches.includes(ANYTHING)) return [];
  if (open.matches.reduce((sum, { ids }) => sum + ids.length, 0) > WIDE_IDS) return [];
  const isHead = ({ column: name, ids }: Match) =>
    name !== null && ordered.includes(name) && ids.length <= FEW_IDS;
  const veto = vetoSql(sql, actor, object, alias);
  const within = (held: Fragment) =>
    sql`(${column(sql, alias, 'deleted_at')} is null and ${joined(sql, [held, ...open.besides], sql` and `)} ${veto})`;
  const heads = open.matches.filter(isHead).map((match): Branch => {
    if (match.ids.length === 1) return { where: within(matchSql(sql, match, alias)), each: null };
    return { where: within(sql`${column(sql, alias, match.column ?? '')} = each.id`), each: match.list };
  });
  const others = open.matches.filter((match) => !isHead(match)).map((match) => matchSql(sql, match, alias));
  if (heads.length === 0) return [];
  return others.length === 0 ? heads : [...heads, { where: within(anyOf(sql, others)), each: null }];
}
const WIDE_IDS = 200;
const FEW_IDS = 32;

/**
 * The same for counting: those of one column, then what the next adds, and so on, none of them twice; all of that with what
 * restrictions hide, and these apart, to be taken off. An index may count the former without a look at the rows.
 */
export function countedBranches(
  sql: AnySql,
  actor: Actor,
  registry: Registry,
  object: ObjectDef,
  alias: string,
  known: Known = new Map(),
): { all: Fragment[]; hidden: Fragment[] } | null {
  const open = openMatches(sql, actor, registry, object, alias, known);
  if (!open) return null;
  const matches = open.matches.map((match) => matchSql(sql, match, alias));
  const reaches = matches.map((match, at) =>
    allOf(sql, [...matches.slice(0, at).map((one) => sql`(${one}) is not true`), match, ...open.besides]),
  );
  const there = (reach: Fragment) => sql`(${column(sql, alias, 'deleted_at')} is null and ${reach})`;
  if (actor.sets[VETO.set].size === 0) return { all: reaches.map(there), hidden: [] };
  const veto = vetoSql(sql, actor, object, alias);
  const hidden = sql`${anyOf(sql, reaches)} and not (true ${veto})`;
  return { all: reaches.map(there), hidden: [there(hidden)] };
}

/** What lets the actor read a row by one mask, and what else must hold; null where it depends on the kind of parent, or nothing can. */
function openMatches(
  sql: AnySql,
  actor: Actor,
  registry: Registry,
  object: ObjectDef,
  alias: string,
  known: Known,
): { matches: readonly Match[]; besides: Fragment[] } | null {
  const [rights, ...others] = rightsByParent(actor, registry, object);
  if (!rights || others.length > 0 || !possible(rights.actions.read)) return null;
  const [mask, ...further] = openMasks(actor, object, rights.actions.read, known);
  return {
    matches: mask === undefined ? [ANYTHING] : matchesOf(actor, object, waysIn(mask)),
    besides: further.map((other) => anyWaySql(sql, actor, object, waysIn(other), alias)),
  };
}
