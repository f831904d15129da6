import { possible, waysIn, type Actor } from '../../shared/access/index.ts';
import type { ObjectDef, Registry } from '../../shared/objects/index.ts';
import { anyOf, joined, type AnySql, type Fragment } from '../db/fragments.ts';
import {
  ANYTHING,
  anyWaySql,
  column,
  matchesOf,
  matchSql,
  ofRowSql,
  openMasks,
  vetoSql,
  type Known,
  type Match,
} from './predicate.ts';
import { rightsByParent } from './reaches.ts';

// What `readableSql` says, taken apart so that indexes serve it: the same masks, matches and restrictions.

/**
 * The rows of `readableSql` in branches, some of them in several: for each id of the actor's in a column of `ordered` (by
 * whose values an index has the rows in order), if there are few, and one for what the other columns let in. The first rows
 * of each are read off an index, and no more of each than the whole needs, where the whole condition can only be asked row
 * by row. None where that is as good: where the rows asked for need no word more, or so many ids let in that many pass; nor
 * where all that may be read is `few`, and rows of one column with many ids would be looked for along the whole order.
 */
export function readableBranches(
  sql: AnySql,
  actor: Actor,
  registry: Registry,
  object: ObjectDef,
  alias: string,
  { known, ordered, few }: { known: Known; ordered: readonly string[]; few: boolean },
): Fragment[] {
  const open = openMatches(sql, actor, registry, object, alias, known);
  if (!open || open.matches.includes(ANYTHING) || isWide(open.matches)) return [];
  const isHead = ({ column: name, ids }: Match) =>
    name !== null && ordered.includes(name) && ids.length <= FEW_IDS;
  const heads = open.matches
    .filter(isHead)
    .flatMap((match) => match.ids.map((id) => matchSql(sql, { ...match, ids: [id] }, alias)));
  if (heads.length === 0) return [];
  const besides = open.matches.filter((match) => !isHead(match));
  if (few && besides.some(({ many }) => !many)) return [];
  const others = besides.map((match) => matchSql(sql, match, alias));
  const veto = vetoSql(sql, actor, object, alias);
  return [...heads, ...(others.length === 0 ? [] : [anyOf(sql, others)])].map((held) => {
    const all = joined(sql, [held, ...open.besides], sql` and `);
    return sql`(${column(sql, alias, 'deleted_at')} is null and ${all} ${veto})`;
  });
}
const WIDE_IDS = 200;
const FEW_IDS = 4;

/**
 * The same for counting, where so many ids let in that it is dear to look for them in every row: those of one column, then
 * what the next adds, and so on, none of them twice. None where one condition is as good.
 */
export function countedBranches(
  sql: AnySql,
  actor: Actor,
  registry: Registry,
  object: ObjectDef,
  alias: string,
  known: Known,
): Fragment[] {
  const open = openMatches(sql, actor, registry, object, alias, known);
  if (!open || open.matches.includes(ANYTHING) || !isWide(open.matches)) return [];
  const veto = vetoSql(sql, actor, object, alias);
  const matches = open.matches.map((match) => matchSql(sql, match, alias));
  return matches.map((match, at) => {
    const before = open.matches.slice(0, at).map((one) => sql`(${ofRowSql(sql, [one], alias)}) is not true`);
    const all = joined(sql, [match, ...before, ...open.besides], sql` and `);
    return sql`(${column(sql, alias, 'deleted_at')} is null and ${all} ${veto})`;
  });
}

const isWide = (matches: readonly Match[]): boolean =>
  matches.reduce((sum, { ids }) => sum + ids.length, 0) > WIDE_IDS;

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
  // What the rows asked for are known not to hold lets none of them in.
  const isOpen = ({ field, ids, many }: Match) => {
    const held = many || field === null ? undefined : known.get(field);
    return held === undefined || held.some((id) => ids.includes(id));
  };
  return {
    matches: mask === undefined ? [ANYTHING] : matchesOf(actor, object, waysIn(mask)).filter(isOpen),
    besides: further.map((other) => anyWaySql(sql, actor, object, waysIn(other), alias)),
  };
}
