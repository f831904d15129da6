import {
  OWN_ACTIONS,
  REACHED_ACTIONS,
  type ObjectDef,
  type OwnAction,
  type ReachedAction,
} from '../objects/index.ts';
import type { Field } from '../fields/index.ts';
import type { Actor, Baseline } from './actor.ts';
import type { FieldRight, Role } from './role.ts';
import { maskOf, WAY_NAMES, widenedBy, type GrantedWay, type Way, type WayMask } from './ways.ts';

// What one role gives.

/** The actor's roles, and what everyone signed in may do with this object as one role more. */
export function rolesOn(actor: Actor, object: ObjectDef): readonly Role[] {
  const open = object.baseline === 'private' ? actor.open?.[object.name] : object.baseline;
  return open === undefined || actor.kind === 'customer'
    ? actor.roles
    : [...actor.roles, everyone(object, open)];
}

const baselines = new WeakMap<ObjectDef, Map<string, Role>>();

function everyone(object: ObjectDef, open: 'own' | Baseline): Role {
  let known = baselines.get(object);
  if (!known) baselines.set(object, (known = new Map()));
  let role = known.get(open);
  if (!role) {
    const grants = open === 'edit' ? { read: ALL, update: ALL } : { read: open === 'own' ? OWN : ALL };
    role = {
      id: 'baseline',
      name: 'Everyone',
      purpose: 'What everyone signed in may do',
      grants: { [object.name]: grants },
      fields: {},
      system: [],
    };
    known.set(open, role);
  }
  return role;
}
const ALL: GrantedWay[] = ['all'];
const OWN: GrantedWay[] = ['own'];

/** Whether a role lets its holders add such records; for a part of `grantedBy`, somewhere at least. */
export function mayCreate(role: Role, object: ObjectDef): boolean {
  const { grantedBy } = object;
  if (grantedBy === null) return role.grants[object.name]?.create === true;
  return maskOf(role.grants[grantedBy.object]?.[grantedBy.create] ?? []) !== 0;
}

/** The ways by which a role grants an action; `towards`: what it is looked at for, as in `grantsOf`. */
export const actionMask = (
  role: Role,
  object: ObjectDef,
  action: ReachedAction,
  towards: ReachedAction = action,
): WayMask => grantsOf(role, object, action, towards).reduce((mask, { ways }) => mask | maskOf(ways), 0);

/** Every action implies reading the record, so the reach of reading is that of all actions together. */
export function readMask(role: Role, object: ObjectDef): WayMask {
  let known = readMasks.get(role);
  if (!known) readMasks.set(role, (known = new Map()));
  let mask = known.get(object.name);
  if (mask === undefined) {
    mask = REACHED_ACTIONS.reduce((all, action) => all | actionMask(role, object, action, 'read'), 0);
    known.set(object.name, mask);
  }
  return mask;
}
/** Asked for field by field, of roles that thousands of people share. */
const readMasks = new WeakMap<Role, Map<string, WayMask>>();

/**
 * The grants of a role that give an action on an object: its own, or those on the parent that govern a part. A role that
 * names an action which the object does not have gives nothing by it. `towards` is what they are looked at for: every
 * action implies reading, so what is shared to be read is read by any grant, whatever it is a grant of.
 */
export function grantsOf(
  role: Role,
  object: ObjectDef,
  action: ReachedAction,
  towards: ReachedAction = action,
): { action: ReachedAction; ways: readonly Way[] }[] {
  const granted = role.grants[grantedOn(object)];
  return leadingTo(object, action).map((name) => ({
    action: name,
    ways: widened([name, towards], granted?.[name] ?? []),
  }));
}

/** Name of the object whose grants govern this one. */
export const grantedOn = (object: ObjectDef): string => object.grantedBy?.object ?? object.name;

/** The actions, any of which must be granted there for this one; none: it is no action of the object. */
export function leadingTo(
  { grantedBy, actions }: ObjectDef,
  action: ReachedAction,
): readonly ReachedAction[] {
  if (grantedBy !== null) return action === 'read' ? grantedBy.read : [];
  return isOwn(action) && !actions.includes(action) ? [] : [action];
}

/** A grant's own ways, and those that widen it: nothing widens what is not granted at all. */
const widened = (actions: readonly ReachedAction[], ways: readonly Way[]): readonly Way[] =>
  ways.length === 0
    ? ways
    : [...ways, ...WAY_NAMES.filter((way) => widenedBy(way).some((one) => actions.includes(one)))];

const isOwn = (action: ReachedAction): action is OwnAction => OWN_ACTIONS.some((own) => own === action);

/** A role's word on a field: its own, or the default of the field's sensitivity. */
export function fieldRight(role: Role, object: ObjectDef, field: Field): FieldRight {
  const open = field.sensitivity === 'normal' && role.closed !== true;
  return role.fields[object.name]?.[field.name] ?? (open ? 'edit' : 'hidden');
}
