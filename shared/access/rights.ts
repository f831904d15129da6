import { REACHED_ACTIONS, type ObjectDef, type ReachedAction, type Registry } from '../objects/index.ts';
import type { Actor } from './actor.ts';
import { mayCreate, rolesOn } from './grants.ts';
import { needsToAct, needsToEdit, needsToRead, unionFor, type Need } from './needs.ts';
import type { WayMask } from './ways.ts';

/**
 * When something is allowed: the record must be matched by at least one way of EVERY mask. One mask for most; a part
 * adds its parent's, a computed field adds its source's. A mask of 0 can never be met.
 */
export type Reach = readonly WayMask[];

/** What one person may do with one object (for a part: under one kind of parent), merged over all their roles. */
export interface ObjectRights {
  actions: Record<ReachedAction, Reach>;
  create: boolean;
  /** Reach of reading, per field. */
  read: ReadonlyMap<string, Reach>;
  /** Reach of editing, per field that may be edited at all. */
  edit: ReadonlyMap<string, Reach>;
}

export const met = (reach: Reach, ways: WayMask): boolean => reach.every((mask) => (mask & ways) !== 0);
export const possible = (reach: Reach | undefined): boolean =>
  reach !== undefined && reach.every((mask) => mask !== 0);

const cache = new WeakMap<Actor, WeakMap<Registry, Map<string, ObjectRights>>>();

/** The rights of an actor on an object; computed once per actor value. `parent` is the object a part belongs to. */
export function rightsOf(
  actor: Actor,
  registry: Registry,
  object: ObjectDef,
  parent: string | null,
): ObjectRights {
  let byRegistry = cache.get(actor);
  if (!byRegistry) cache.set(actor, (byRegistry = new WeakMap()));
  let known = byRegistry.get(registry);
  if (!known) byRegistry.set(registry, (known = new Map()));
  const key = `${object.name}<${parent ?? ''}`;
  let rights = known.get(key);
  if (!rights) known.set(key, (rights = merge(actor, registry, object, parent)));
  return rights;
}

function merge(actor: Actor, registry: Registry, object: ObjectDef, parent: string | null): ObjectRights {
  // Most fields ask for the very same, so what is known of one need is kept.
  const known = new Map<string, WayMask>();
  const reachOf = (needs: readonly Need[]): Reach =>
    needs.map((need) => {
      const key = `${need.object?.name} ${need.action} ${need.field?.name} ${need.edit}`;
      let mask = known.get(key);
      if (mask === undefined) known.set(key, (mask = unionFor(actor, need)));
      return mask;
    });

  const read = new Map<string, Reach>();
  const edit = new Map<string, Reach>();
  for (const field of Object.values(object.fields)) {
    read.set(field.name, reachOf(needsToRead(registry, object, parent, field)));
    const reach = field.system ? undefined : reachOf(needsToEdit(registry, object, parent, field));
    if (reach && possible(reach)) edit.set(field.name, reach);
  }
  const actions = Object.fromEntries(
    REACHED_ACTIONS.map((action) => [action, reachOf(needsToAct(registry, object, parent, action))]),
  ) as Record<ReachedAction, Reach>;
  const create = rolesOn(actor, object).some((role) => mayCreate(role, object));
  return { actions, create, read, edit };
}
