import type { Field } from '../fields/index.ts';
import type { ObjectDef, ReachedAction, Registry } from '../objects/index.ts';
import type { Actor } from './actor.ts';
import { actionMask, fieldRight, readMask, rolesOn } from './grants.ts';
import type { Role } from './role.ts';
import type { WayMask } from './ways.ts';

// What a right asks for: one thing for most, and of a part or a computed field more. Rights are what meets all of them,
// and an explanation names what meets each, or what is lacking.

/** A role must grant the action on that object, by a way that matches the record, and show (or open) the field. */
export interface Need {
  /** Null for a part that belongs to nothing: there is no role for that. */
  object: ObjectDef | null;
  action: ReachedAction;
  field: Field | null;
  /** The field must be open to edit, not only shown. */
  edit: boolean;
  /** Of the record itself, of the parent that a part is seen with, or of what a value is computed from. */
  of: 'record' | 'parent' | 'source';
}

/** What it takes to do that with a record; `parent` is the object that a part belongs to. */
export const needsToAct = (
  registry: Registry,
  object: ObjectDef,
  parent: string | null,
  action: ReachedAction,
): Need[] => [need({ object, action }), ...above(registry, object, parent)];

/** What it takes to read a field: of a computed one the fields that it shows, too. */
export const needsToRead = (
  registry: Registry,
  object: ObjectDef,
  parent: string | null,
  field: Field,
): Need[] => [need({ object, field }), ...above(registry, object, parent), ...shown(registry, field)];

/** What it takes to write a field that is not kept by the program. */
export const needsToEdit = (
  registry: Registry,
  object: ObjectDef,
  parent: string | null,
  field: Field,
): Need[] => [
  need({ object, action: field.assigns ? 'assign' : 'update', field, edit: true }),
  ...above(registry, object, parent),
];

/** The ways by which a role meets it. */
export function maskFor(role: Role, { object, action, field, edit }: Need): WayMask {
  if (object === null) return 0;
  if (field !== null && !opens(fieldRight(role, object, field), edit)) return 0;
  return action === 'read' ? readMask(role, object) : actionMask(role, object, action);
}

export const opens = (right: 'hidden' | 'read' | 'edit', edit: boolean): boolean =>
  right === 'edit' || (right === 'read' && !edit);

/** The ways by which any of the actor's roles meets it. */
export const unionFor = (actor: Actor, one: Need): WayMask =>
  one.object === null ? 0 : rolesOn(actor, one.object).reduce((mask, role) => mask | maskFor(role, one), 0);

const need = (given: Partial<Need> & Pick<Need, 'object'>): Need => ({
  action: 'read',
  field: null,
  edit: false,
  of: 'record',
  ...given,
});

/** A part is seen by nobody who may not see its parent. */
function above(registry: Registry, object: ObjectDef, parent: string | null): Need[] {
  if (object.parents.length === 0) return [];
  const found = parent === null ? undefined : registry.find(parent);
  const itself = need({ object: found ?? null, of: 'parent' });
  return found ? [itself, ...above(registry, found, null)] : [itself];
}

/** That the record itself may be read stands in the first need already. */
function shown(registry: Registry, field: Field): Need[] {
  if (field.computedFrom === null) return [];
  const source = registry.get(field.computedFrom);
  const inputs = field.inputs.flatMap((name) => source.fields[name] ?? []);
  if (inputs.length === 0) return [need({ object: source, of: 'source' })];
  return inputs.map((input) => need({ object: source, field: input, of: 'source' }));
}
