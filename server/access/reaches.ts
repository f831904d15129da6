import {
  bitOf,
  maskOf,
  met,
  possible,
  rightsOf,
  WAY_NAMES,
  WAYS,
  waysIn,
  type Actor,
  type ObjectRights,
  type Reach,
  type WayMask,
} from '../../shared/access/index.ts';
import type { ObjectDef, ReachedAction, Registry } from '../../shared/objects/index.ts';

// What can be said of someone's rights before looking at any row: so that SQL asks no more than it must.

/** Whether there can be a row with which the actor may do that. */
export const isEverReached = (
  actor: Actor,
  registry: Registry,
  object: ObjectDef,
  action: ReachedAction,
): boolean =>
  rightsByParent(actor, registry, object).some(
    ({ actions }) => possible(actions.read) && possible(actions[action]),
  );

/** Whether nothing but restrictions keeps a row from the actor. */
export const readsAll = (actor: Actor, registry: Registry, object: ObjectDef): boolean =>
  rightsByParent(actor, registry, object).every(
    ({ actions }) => possible(actions.read) && actions.read.every(isAlways),
  );

/** Whether there can be a row on which the actor reads this field. `id` and `created_at` come with every row. */
export const isEverReadable = (actor: Actor, registry: Registry, object: ObjectDef, field: string): boolean =>
  rightsByParent(actor, registry, object).some(
    (rights) =>
      possible(rights.actions.read) && (!(field in object.fields) || possible(rights.read.get(field))),
  );

/** Whether the actor reads this field on every row that they read at all. */
export const isReadableWithRow = (
  actor: Actor,
  registry: Registry,
  object: ObjectDef,
  field: string,
): boolean =>
  !(field in object.fields) ||
  rightsByParent(actor, registry, object).every(
    (rights) => !possible(rights.actions.read) || implies(rights.actions.read, rights.read.get(field) ?? [0]),
  );

/** The rights on an object; on a part, those under each kind of parent, in the order that finds a part's parent. */
export function rightsByParent(actor: Actor, registry: Registry, object: ObjectDef): ObjectRights[] {
  const parents =
    object.parents.length === 0 ? [null] : object.parents.map((name) => object.fields[name]?.target ?? null);
  return parents.map((parent) => rightsOf(actor, registry, object, parent));
}

/** A mask that contains another adds nothing to it. */
export const essential = (reach: Reach): Reach => {
  const masks = [...new Set(reach)];
  return masks.filter((mask) => !masks.some((other) => other !== mask && (other & mask) === other));
};

/** Whether every set of ways that meets `reach` meets `wanted` too. */
const implies = (reach: Reach, wanted: Reach): boolean =>
  wanted.every((mask) => isAlways(mask) || reach.some((other) => (other & ~mask) === 0));

/**
 * Whether records opened by these ways are any that the actor could not do all of it with anyway: only then does a rule
 * open something to them. The parts of a record are opened with it.
 */
export const isWidenedBy = (actor: Actor, registry: Registry, object: ObjectDef, ways: WayMask): boolean =>
  reachesWithParts(actor, registry, object).some(
    (reach) => possible(reach) && reach.some((mask) => (mask & ways) !== 0 && !isAlways(mask)),
  );

/** Whether a record matched by some ways lets the actor do, read or write anything that it would not by others. */
export const opensMore = (
  actor: Actor,
  registry: Registry,
  object: ObjectDef,
  ways: { had: WayMask; has: WayMask },
): boolean =>
  reachesWithParts(actor, registry, object).some((reach) => met(reach, ways.has) && !met(reach, ways.had));

const reachesWithParts = (actor: Actor, registry: Registry, object: ObjectDef): Reach[] =>
  [
    rightsOf(actor, registry, object, null),
    ...registry.partsOf(object.name).map(({ part }) => rightsOf(actor, registry, part, object.name)),
  ].flatMap(reachesIn);

/** All ways that a right may hang on: no other bit of a row can change what the actor may. */
export function decisive(actor: Actor, registry: Registry, object: ObjectDef): WayMask {
  let mask = 0;
  for (const rights of rightsByParent(actor, registry, object))
    for (const reach of reachesIn(rights))
      for (const part of reach) mask |= isAlways(part) ? part & ALWAYS : part;
  return mask;
}

/**
 * Whether it takes long to say of a row what the actor may do with it, and see of it: that depends on the row, and there
 * are many ids to look for in it.
 */
export const isDearByRow = (actor: Actor, registry: Registry, object: ObjectDef): boolean => {
  const ids = Object.values(actor.sets).reduce((sum: number, set: ReadonlySet<string>) => sum + set.size, 0);
  return ids > MANY_IDS && waysIn(decisive(actor, registry, object)).some((way) => !isAlways(bitOf(way)));
};
const MANY_IDS = 50;

const ALWAYS = maskOf(WAY_NAMES.filter((way) => WAYS[way].through === 'always'));

const reachesIn = ({ actions, read, edit }: ObjectRights): Reach[] => [
  ...Object.values(actions),
  ...read.values(),
  ...edit.values(),
];

export const isAlways = (mask: WayMask): boolean =>
  waysIn(mask).some((way) => WAYS[way].through === 'always');
