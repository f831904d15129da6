import {
  bitOf,
  maskOf,
  possible,
  VETO,
  WAYS,
  waysIn,
  type Actor,
  type ActorSets,
  type ObjectRights,
  type Reach,
  type Way,
  type WayMask,
} from '../../shared/access/index.ts';
import {
  columnOf,
  type Fact,
  type ObjectDef,
  type ReachedAction,
  type Registry,
} from '../../shared/objects/index.ts';
import { allOf, anyOf, joined, type AnySql, type Fragment } from '../db/fragments.ts';
import {
  decisive,
  essential,
  isAlways,
  isEverReadable,
  isReadableWithRow,
  rightsByParent,
} from './reaches.ts';

// Reading 2 of the policy: the same WAYS and the same merged rights that `decide` looks at, written as SQL. `alias` is
// always the alias of the object's table in the statement; a part (an activity) is judged under the kind of its parent.

/** What is known of the rows that are asked for anyway: the ids, one of which a field holds; none where it is empty. */
export type Known = ReadonlyMap<string, readonly string[]>;

/**
 * Whether the actor may read the row, and do that with it, too; rows in the bin are nobody's. By what is `known` of all
 * rows asked for (those of a queue that the actor works, those given to them) the ways may need no word more. `byRow`: rows
 * are looked at for another reason anyway, so it is said as is quickest for each, and no index is asked.
 */
export function readableSql(
  sql: AnySql,
  actor: Actor,
  registry: Registry,
  object: ObjectDef,
  alias: string,
  action: ReachedAction = 'read',
  known: Known = new Map(),
  byRow = false,
): Fragment {
  const reachOf = ({ actions }: ObjectRights) => [...actions.read, ...actions[action]];
  const reach = perParent(sql, actor, registry, object, alias, reachOf, known, byRow);
  return sql`(${column(sql, alias, 'deleted_at')} is null and ${reach} ${vetoSql(sql, actor, object, alias)})`;
}

/** Whether a row's ways meet a reach: for every mask an OR over its ways, impossible and superfluous ones left out. */
export function reachSql(
  sql: AnySql,
  actor: Actor,
  object: ObjectDef,
  reach: Reach,
  alias: string,
  known: Known = new Map(),
  byRow = false,
): Fragment {
  if (!possible(reach)) return sql`false`;
  return allOf(
    sql,
    openMasks(actor, object, reach, known).map((mask) => {
      const ways = waysIn(mask);
      return byRow
        ? ofRowSql(sql, matchesOf(actor, object, ways), alias)
        : anyWaySql(sql, actor, object, ways, alias);
    }),
  );
}

/** The masks of a reach that are still to be asked of each row. */
export function openMasks(actor: Actor, object: ObjectDef, reach: Reach, known: Known): WayMask[] {
  const isGiven = (mask: WayMask) =>
    isAlways(mask) ||
    matchesOf(actor, object, waysIn(mask)).some(({ field, ids, many }) => {
      const held = many || field === null ? undefined : known.get(field);
      return held !== undefined && held.length > 0 && held.every((id) => ids.includes(id));
    });
  return essential(reach).filter((mask) => !isGiven(mask));
}

/** The ways that match the row, as bits: only those that can decide anything for this actor, the others are 0. */
export function waysSql(
  sql: AnySql,
  actor: Actor,
  registry: Registry,
  object: ObjectDef,
  alias: string,
): Fragment {
  const needed = decisive(actor, registry, object);
  const bits = waysIn(needed).flatMap((way) => {
    if (isAlways(bitOf(way))) return [sql`${bitOf(way)}::int`];
    return matchesOf(actor, object, [way]).length === 0
      ? []
      : [
          sql`case when ${ofRowSql(sql, matchesOf(actor, object, [way]), alias)} then ${bitOf(way)}::int else 0 end`,
        ];
  });
  return bits.length === 0 ? sql`0` : sql`(${joined(sql, bits, sql` + `)})`;
}

/**
 * The value of a field where the actor may read it on that row, else null: the plain expression (which indexes serve)
 * where reading the row implies it, nothing at all where nothing does. `ways` is an expression of the row's ways.
 */
export function fieldSql(
  sql: AnySql,
  actor: Actor,
  registry: Registry,
  object: ObjectDef,
  field: string,
  alias: string,
  value: Fragment,
  ways: Fragment,
): Fragment {
  if (isReadableWithRow(actor, registry, object, field)) return value;
  // Not a bare null: that would be of another type than the value.
  if (!isEverReadable(actor, registry, object, field)) return sql`case when false then ${value} end`;
  return sql`case when ${fieldReadableSql(sql, actor, registry, object, field, alias, ways)} then ${value} end`;
}

/** Whether the actor may read a field on a row that they read. `ways` is an expression of the row's ways. */
export const fieldReadableSql = (
  sql: AnySql,
  actor: Actor,
  registry: Registry,
  object: ObjectDef,
  field: string,
  alias: string,
  ways: Fragment,
): Fragment =>
  eachParent(
    sql,
    actor,
    registry,
    object,
    alias,
    (rights) => rights.read.get(field) ?? [0],
    (reach) =>
      allOf(
        sql,
        possible(reach) ? essential(reach).map((mask) => sql`(${ways} & ${mask}::int) <> 0`) : [sql`false`],
      ),
  );

/** The same said by the conditions themselves, which indexes serve: for asking which rows they are. Null is no. */
export const fieldReachSql = (
  sql: AnySql,
  actor: Actor,
  registry: Registry,
  object: ObjectDef,
  field: string,
  alias: string,
  byRow = false,
): Fragment =>
  perParent(sql, actor, registry, object, alias, (rights) => rights.read.get(field) ?? [0], undefined, byRow);

/** Which kind of parent a row of a part has: 0 for the first of `object.parents`, and so on; 0 where there are none. */
export function parentSql(sql: AnySql, object: ObjectDef, alias: string): Fragment {
  if (object.parents.length === 0) return sql`0`;
  const cases = object.parents.map(
    (name, index) => sql`when ${column(sql, alias, columnName(object, name))} is not null then ${index}::int`,
  );
  return sql`case ${joined(sql, cases, sql` `)} end`;
}

/** What restrictions take away, whatever else lets read; nothing for whom there are none. */
export function vetoSql(sql: AnySql, actor: Actor, object: ObjectDef, alias: string): Fragment {
  const field = object.facts[VETO.fact];
  const ids = [...actor.sets[VETO.set]];
  if (field === undefined || ids.length === 0) return sql``;
  return sql`and not (${overlapSql(sql, column(sql, alias, columnName(object, field)), `{${ids.join()}}`, ids.length)})`;
}

// —— the ways of a mask ——

/** What lets a row in: that a column holds one of the ids, or, without a column, nothing. */
export interface Match {
  field: string | null;
  column: string | null;
  ids: readonly string[];
  /** The same as the store writes lists: handed over whole, where the driver would quote a thousand ids one by one. */
  list: string;
  /** How it is looked for in a row: lists of ids cost several times what one id does. */
  many: boolean;
}

/** What lets every row in. */
export const ANYTHING: Match = { field: null, column: null, ids: [], list: '{}', many: false };

/**
 * All that lets a row in by any of these ways, each column once, whichever ways look at it: the wide ones first, and what
 * is dear last, since most rows are decided by the first that matches. A set without ids can match nothing and is left
 * out.
 */
export function matchesOf(actor: Actor, object: ObjectDef, ways: readonly Way[]): readonly Match[] {
  let ofActor = matchesKnown.get(actor);
  if (!ofActor) matchesKnown.set(actor, (ofActor = new WeakMap()));
  let known = ofActor.get(object);
  if (!known) ofActor.set(object, (known = new Map()));
  const mask = maskOf(ways);
  let matches = known.get(mask);
  if (!matches) known.set(mask, (matches = findMatches(actor, object, ways)));
  return matches;
}
/** Asked for several times in every statement; there may be thousands of ids. */
const matchesKnown = new WeakMap<Actor, WeakMap<ObjectDef, Map<WayMask, Match[]>>>();

function findMatches(actor: Actor, object: ObjectDef, ways: readonly Way[]): Match[] {
  const found = new Map<string | null, Match>();
  for (const way of ways) {
    const { through } = WAYS[way];
    if (through === 'always') {
      found.set(null, ANYTHING);
      continue;
    }
    for (const { fact, set } of through as readonly { fact: Fact; set: keyof ActorSets }[]) {
      const field = object.facts[fact];
      if (field === undefined || actor.sets[set].size === 0) continue;
      const column = columnName(object, field);
      // Customers are visitors, and whoever else is named is a person: of one kind no id is the other's.
      if ((fact === 'customer') !== (actor.kind === 'customer')) continue;
      const ids = [...new Set([...(found.get(column)?.ids ?? []), ...actor.sets[set]])];
      const many = object.fields[field]?.kind === 'relations';
      found.set(column, { field, column, ids, list: `{${ids.join()}}`, many });
    }
  }
  return [...found.values()].reverse().sort((a, b) => Number(a.many) - Number(b.many));
}

export function matchSql(sql: AnySql, { column: name, ids, list, many }: Match, alias: string): Fragment {
  if (name === null) return sql`true`;
  const held = column(sql, alias, name);
  // Most rows hold none, which the store knows: of a long list alone it believes that it is in every third row.
  if (many && ids.length > COMPARED_IDS) return sql`(${held} <> '{}' and ${held} && ${list}::uuid[])`;
  if (many) return sql`${held} && ${list}::uuid[]`;
  // Of one id an index knows that what follows it is in order.
  const [id, ...more] = ids;
  return id !== undefined && more.length === 0
    ? sql`${held} = ${id}::uuid`
    : sql`${held} = any (${list}::uuid[])`;
}

/** Any of these, of a row that is looked at anyway: no index is asked. Few rows hold many ids, and most hold none. */
export const ofRowSql = (sql: AnySql, matches: readonly Match[], alias: string): Fragment =>
  anyOf(
    sql,
    matches.map((match) =>
      match.many && match.column !== null
        ? overlapSql(sql, column(sql, alias, match.column), match.list, match.ids.length)
        : matchSql(sql, match, alias),
    ),
  );

/** Whether a row's list holds one of some ids. The operator compares each with each; a longer list is looked up by its hash. */
const overlapSql = (sql: AnySql, held: Fragment, list: string, ids: number): Fragment =>
  ids <= COMPARED_IDS
    ? sql`${held} && ${list}::uuid[]`
    : sql`(${held} <> '{}' and exists (select from unnest(${held}) held (id) where held.id = any (${list}::uuid[])))`;
const COMPARED_IDS = 20;

/** Any of the ways. */
export const anyWaySql = (
  sql: AnySql,
  actor: Actor,
  object: ObjectDef,
  ways: readonly Way[],
  alias: string,
): Fragment =>
  anyOf(
    sql,
    matchesOf(actor, object, ways).map((match) => matchSql(sql, match, alias)),
  );

function columnName(object: ObjectDef, field: string): string {
  const found = object.fields[field];
  return found ? columnOf(found) : field;
}

export const column = (sql: AnySql, alias: string, name: string): Fragment => sql`${sql(`${alias}.${name}`)}`;

const perParent = (
  sql: AnySql,
  actor: Actor,
  registry: Registry,
  object: ObjectDef,
  alias: string,
  reachOf: (rights: ObjectRights) => Reach,
  known?: Known,
  byRow?: boolean,
): Fragment =>
  eachParent(sql, actor, registry, object, alias, reachOf, (reach) =>
    reachSql(sql, actor, object, reach, alias, known, byRow),
  );

/** A condition per kind of parent, said once for all kinds that share a reach. */
function eachParent(
  sql: AnySql,
  actor: Actor,
  registry: Registry,
  object: ObjectDef,
  alias: string,
  reachOf: (rights: ObjectRights) => Reach,
  condition: (reach: Reach) => Fragment,
): Fragment {
  const byReach = new Map<string, { reach: Reach; kinds: number[] }>();
  for (const [kind, rights] of rightsByParent(actor, registry, object).entries()) {
    const reach = essential(reachOf(rights));
    const key = [...reach].sort((a, b) => a - b).join();
    const group = byReach.get(key) ?? { reach, kinds: [] };
    group.kinds.push(kind);
    byReach.set(key, group);
  }
  const groups = [...byReach.values()];
  if (groups.length === 1) return condition(groups[0]!.reach);
  const parent = parentSql(sql, object, alias);
  return anyOf(
    sql,
    groups
      .filter(({ reach }) => possible(reach))
      .map(({ reach, kinds }) => sql`(${parent} = any (${kinds}::int[]) and ${condition(reach)})`),
  );
}
