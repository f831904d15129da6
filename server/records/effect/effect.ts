import type { Actor } from '../../../shared/access/index.ts';
import type { ObjectDef } from '../../../shared/objects/index.ts';
import type { Sql } from '../../db/connect.ts';
import { isCut } from '../../db/failures.ts';
import { transaction, type Tx } from '../../db/transaction.ts';
import type { TerritoryRule } from '../behaviours/placing.ts';
import type { RightsBook } from './book.ts';
import { concerns, groupsOf, totalsOf, type Unmarked } from './groups.ts';
import { ALWAYS } from './matcher.ts';
import { countMoved, movedGroups, type Marking } from './moved.ts';
import { factsOf, scopeOf, scopeOfMoves, type Ids, type Pair, type Scope } from './scope.ts';
import { caredFor, tally, type ObjectEffect } from './tally.ts';
import type { Watch } from './watch.ts';

// What a change of policy would come to, in records: everyone as they are and as they would be (`Pair`), held against
// the records of each object. Not record by record, nor person by person in SQL: records that hold the same owner, team,
// queue … are one group, read and counted in one statement; each person is led by the ids that they bring along to the
// groups that hold them; and what they may do there, before and after, is said by the policy itself.

export interface Effect {
  objects: readonly ObjectEffect[];
  /** Whether all of it could be counted within the time. */
  complete: boolean;
}

/** `unmarked` are rules that would be there afterwards, and with which no record is marked yet. */
export async function effectOf(
  sql: Sql,
  book: RightsBook,
  pairs: readonly Pair[],
  unmarked: readonly Unmarked[],
  watch: Watch,
): Promise<Effect> {
  const objects: ObjectEffect[] = [];
  let complete = true;
  for (const object of countedObjects(book)) {
    const scopes = new Map<string, Scope>();
    const ids: Ids = new Map();
    for (const pair of pairs) {
      const scope = scopeOf(book, pair, object, ids);
      if (scope) scopes.set(pair.user, scope);
      await watch.rest();
    }
    if (scopes.size === 0) continue;
    const read = await readGroups(sql, object, [...scopes.values()], { ids, unmarked }, watch);
    if (read) objects.push(await tally(object, scopes, read, watch));
    complete &&= read !== null && !watch.isOver();
  }
  return { objects, complete };
}

/** What it would come to if the rules of territories were these, and all companies had been brought to them. */
export async function effectOfPlacing(
  sql: Sql,
  book: RightsBook,
  {
    people,
    rules,
    markings,
  }: { people: readonly Actor[]; rules: readonly TerritoryRule[]; markings: readonly Marking[] },
  watch: Watch,
): Promise<Effect & { moved: number }> {
  const company = book.registry.get('company');
  const parts = countedObjects(book).filter(({ parents, fields }) =>
    parents.some((field) => fields[field]?.target === company.name),
  );
  const counted = await inTime(sql, watch, async (tx) => ({
    moved: await countMoved(tx, company, rules),
    objects: await Promise.all(
      [company, ...parts].map(async (object) => ({
        object,
        ...(await movedGroups(tx, company, object, { rules, markings })),
      })),
    ),
  }));
  if (counted === null) return { objects: [], complete: false, moved: 0 };
  const objects: ObjectEffect[] = [];
  for (const { object, groups, moved } of counted.objects) {
    const scopes = new Map<string, Scope>();
    for (const actor of people) {
      const scope = scopeOfMoves(book, actor, object);
      if (scope) scopes.set(actor.userId, scope);
      await watch.rest();
    }
    objects.push(await tally(object, scopes, { groups, moved, totals: [] }, watch));
  }
  return { objects, complete: !watch.isOver(), moved: counted.moved };
}

/**
 * Records that would be left to nobody: those whose owner could not keep them, and those of nobody of which only
 * `others` could take care, who are everyone as they would be.
 */
export async function orphansOf(
  book: RightsBook,
  effect: ObjectEffect,
  others: () => Promise<Iterable<Actor>>,
  watch: Watch,
): Promise<number> {
  const { object, orphans, unowned } = effect;
  if (object.holdersNeed === null || unowned.length === 0) return orphans;
  const cared = await caredFor(book, object, unowned, await others(), watch);
  return unowned.filter((group) => !cared.has(group)).reduce((sum, { count }) => sum + count, orphans);
}

/** Parts that are seen by actions of their parent are told with it; notifications are everyone's own. */
const countedObjects = ({ registry }: RightsBook): ObjectDef[] =>
  [...registry.objects.values()].filter(
    ({ grantedBy, name }) => grantedBy === null && name !== 'notification',
  );

async function readGroups(
  sql: Sql,
  object: ObjectDef,
  scopes: readonly Scope[],
  { ids, unmarked }: { ids: Ids; unmarked: readonly Unmarked[] },
  watch: Watch,
) {
  const wanted = { facts: factsOf(object), ids, unmarked: unmarked.filter((rule) => concerns(rule, object)) };
  const reachAll = scopes.some(
    ({ before, after, sameRights }) =>
      !sameRights && (((before?.on.decisive ?? 0) | (after?.on.decisive ?? 0)) & ALWAYS) !== 0,
  );
  return inTime(sql, watch, async (tx) => {
    const totals = reachAll ? await totalsOf(tx, object) : [];
    return { groups: ids.size === 0 ? [] : await groupsOf(tx, object, wanted), totals };
  });
}

/** Reads at one moment, as long as there is time; null where there was not enough. */
async function inTime<T>(sql: Sql, watch: Watch, read: (tx: Tx) => Promise<T>): Promise<T | null> {
  if (watch.isOver()) return null;
  try {
    return await transaction(
      sql,
      async (tx) => {
        await tx`select set_config('statement_timeout', ${String(Math.max(1, watch.left_ms()))}, true)`;
        return read(tx);
      },
      { isolation: 'snapshot' },
    );
  } catch (error) {
    if (isCut(error)) return null;
    throw error;
  }
}
