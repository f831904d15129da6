import {
  OWN_ACTIONS,
  REACHED_ACTIONS,
  type ObjectDef,
  type OwnAction,
  type ReachedAction,
  type Registry,
} from '../objects/index.ts';
import type { Field } from '../fields/index.ts';
import type { Actor } from './actor.ts';
import type { Role } from './role.ts';
import { maskOf, WAY_NAMES, widenedBy, type Way, type WayMask } from './ways.ts';

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
  const gate = gateOf(actor, registry, object, parent);
  const roles = rolesOn(actor, object);
  const union = (mask: (role: Role) => WayMask): Reach => [
    roles.reduce((all, role) => all | mask(role), 0),
    ...gate,
  ];

  const read = new Map<string, Reach>();
  const edit = new Map<string, Reach>();
  for (const field of Object.values(object.fields)) {
    const mayRead = (role: Role) => fieldMask(role, object, field);
    read.set(field.name, [...union(mayRead), ...sourceReach(actor, registry, object, field)]);
    const action = field.assigns ? 'assign' : 'update';
    const mayEdit = (role: Role) =>
      fieldRight(role, object, field) === 'edit' ? actionMask(role, object, action) : 0;
    const reach = union(mayEdit);
    if (!field.system && possible(reach)) edit.set(field.name, reach);
  }
  const actions = Object.fromEntries(
    REACHED_ACTIONS.map((action) => [action, union((role) => actionMask(role, object, action))]),
  ) as Record<ReachedAction, Reach>;
  return {
    actions: { ...actions, read: readReach(actor, registry, object, parent) },
    create: roles.some((role) => mayCreate(role, object)),
    read,
    edit,
  };
}

/** Reach of reading the record itself. On its own, because a computed field of a parent asks for that of its parts. */
function readReach(actor: Actor, registry: Registry, object: ObjectDef, parent: string | null): Reach {
  const mask = rolesOn(actor, object).reduce((all, role) => all | readMask(role, object), 0);
  return [mask, ...gateOf(actor, registry, object, parent)];
}

/** What a computed field adds: that its source may be read, and every field of it that it shows. */
function sourceReach(actor: Actor, registry: Registry, object: ObjectDef, field: Field): Reach {
  if (field.computedFrom === null) return [];
  const source = registry.get(field.computedFrom);
  const shown = field.inputs.flatMap((name) => source.fields[name] ?? []);
  const masks = shown.map((input) =>
    rolesOn(actor, source).reduce((all, role) => all | fieldMask(role, source, input), 0),
  );
  return [...readReach(actor, registry, source, object.name), ...masks];
}

/** What a part adds to every reach: that its parent may be read. */
function gateOf(actor: Actor, registry: Registry, object: ObjectDef, parent: string | null): Reach {
  if (object.parents.length === 0) return [];
  const above = parent === null ? undefined : registry.find(parent);
  return above ? readReach(actor, registry, above, null) : [0];
}

/** The actor's roles, and what everyone signed in may do with this object as one role more. */
export const rolesOn = (actor: Actor, object: ObjectDef): readonly Role[] =>
  object.baseline === 'private' || actor.kind === 'customer'
    ? actor.roles
    : [...actor.roles, baseline(object)];

const baseline = (object: ObjectDef): Role => ({
  id: 'baseline',
  name: 'Everyone',
  purpose: 'What everyone signed in may read',
  grants: { [object.name]: { read: [object.baseline === 'own' ? 'own' : 'all'] } },
  fields: {},
  system: [],
});

/** Whether a role lets its holders add such records; for a part of `grantedBy`, somewhere at least. */
export function mayCreate(role: Role, object: ObjectDef): boolean {
  const { grantedBy } = object;
  if (grantedBy === null) return role.grants[object.name]?.create === true;
  return maskOf(role.grants[grantedBy.object]?.[grantedBy.create] ?? []) !== 0;
}

const actionMask = (role: Role, object: ObjectDef, action: ReachedAction): WayMask =>
  grantsOf(role, object, action).reduce((mask, { ways }) => mask | maskOf(ways), 0);

/**
 * The grants of a role that give an action on an object: its own, or those on the parent that govern a part. A role that
 * names an action which the object does not have gives nothing by it.
 */
export function grantsOf(
  role: Role,
  object: ObjectDef,
  action: ReachedAction,
): { action: ReachedAction; ways: readonly Way[] }[] {
  const granted = role.grants[object.grantedBy?.object ?? object.name];
  return leadingTo(object, action).map((name) => ({
    action: name,
    ways: widened(name, granted?.[name] ?? []),
  }));
}

/** A grant's own ways, and those that widen it: nothing widens what is not granted at all. */
const widened = (action: ReachedAction, ways: readonly Way[]): readonly Way[] =>
  ways.length === 0 ? ways : [...ways, ...WAY_NAMES.filter((way) => widenedBy(way).includes(action))];

function leadingTo({ grantedBy, actions }: ObjectDef, action: ReachedAction): readonly ReachedAction[] {
  if (grantedBy !== null) return action === 'read' ? grantedBy.read : [];
  return isOwn(action) && !actions.includes(action) ? [] : [action];
}

const isOwn = (action: ReachedAction): action is OwnAction => OWN_ACTIONS.some((own) => own === action);

/** Every action implies reading the record, so the reach of reading is that of all actions together. */
const readMask = (role: Role, object: ObjectDef): WayMask =>
  REACHED_ACTIONS.reduce((mask, action) => mask | actionMask(role, object, action), 0);

/** The ways by which a role lets a field be read. */
const fieldMask = (role: Role, object: ObjectDef, field: Field): WayMask =>
  fieldRight(role, object, field) === 'hidden' ? 0 : readMask(role, object);

/** A role's word on a field: its own, or the default of the field's sensitivity. */
export function fieldRight(role: Role, object: ObjectDef, field: Field): 'hidden' | 'read' | 'edit' {
  const open = field.sensitivity === 'normal' && role.closed !== true;
  return role.fields[object.name]?.[field.name] ?? (open ? 'edit' : 'hidden');
}
