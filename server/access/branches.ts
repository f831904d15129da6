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

/**
 * The rows of `readableSql` in branches: those that hold an id of the actor's in one column, those that do in another, and
 * so on; what several let in is in several. The first rows of each are found by an index, and in order off one that begins
 * with the column, where the whole condition can only be asked row by row. None where that is as good: where the rows asked
 * for need no word more, or so many ids let in that many rows pass anyway.
 */
export function readableBranches(
  sql: AnySql,
  actor: Actor,
  registry: Registry,
  object: ObjectDef,
  alias: string,
  known: Known = new Map(),
): Fragment[] {
  const open = openMatches(sql, actor, registry, object, alias, known);
  if (!open || open.matches.reduce((sum, { ids }) => sum + ids.length, 0) > WIDE_IDS) return [];
  const veto = vetoSql(sql, actor, object, alias);
  const branches = open.matches.flatMap(headsOf).map((head) => {
    const all = joined(sql, [matchSql(sql, head, alias), ...open.besides], sql` and `);
    return sql`(${column(sql, alias, 'deleted_at')} is null and ${all} ${veto})`;
  });
  return branches.length > 1 ? branches : [];
}
const WIDE_IDS = 200;

/** A branch for each id, if there are few: only then an index that begins with the column has its rows in order. */
const headsOf = (match: Match): Match[] =>
  match.many || match.ids.length > FEW_IDS ? [match] : match.ids.map((id) => ({ ...match, ids: [id], list: `{${id}}` }));
const FEW_IDS = 4;

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
