import type { ObjectDef, Registry } from '../objects/index.ts';
import type { Actor } from './actor.ts';
import type { Because } from './because.ts';
import type { Decision } from './decide.ts';
import { fieldRight, mayCreate, rolesOn } from './grants.ts';
import type { Lacking } from './lacking.ts';
import { rightsOf } from './rights.ts';
import type { Role } from './role.ts';
import type { Way } from './ways.ts';

/**
 * Whether somebody may add records of a kind, with a value for that field where one is named. What one adds is one's
 * own; a part whose parent's grants govern it is added wherever these reach.
 */
export function decideCreate(
  actor: Actor,
  registry: Registry,
  object: ObjectDef,
  field?: string,
): Pick<Decision, 'allowed' | 'because' | 'lacking'> {
  const never = field === undefined ? null : impossible(object, field);
  if (never !== null) return { allowed: false, because: [], lacking: [{ kind: 'never', why: never }] };
  const roles = rightsOf(actor, registry, object, null).create ? creatingRoles(actor, object) : [];
  const opening = field === undefined ? roles : roles.filter((role) => opensNew(role, object, field));
  const { name, action } = governing(object);
  const missing = { of: 'record', object: name } as const;
  const lacking: Lacking[] =
    roles.length === 0
      ? [{ kind: 'grant', ...missing, action }]
      : opening.length === 0 && field !== undefined
        ? [{ kind: 'field', of: 'record', object: object.name, field, right: 'edit' }]
        : [];
  const because = opening.flatMap((role) =>
    waysOf(role, object).map((way): Because => ({
      role: role.name,
      roleId: role.id,
      action,
      way,
      ...(field === undefined ? {} : { field: 'edit' }),
    })),
  );
  return { allowed: because.length > 0, because, lacking };
}

/** Roles by which somebody adds records of a kind. */
export const creatingRoles = (actor: Actor, object: ObjectDef): Role[] =>
  rolesOn(actor, object).filter((role) => mayCreate(role, object));

/** Whether a role that adds records lets a field of them be given a value. */
export const opensNew = (role: Role, object: ObjectDef, field: string): boolean => {
  const found = object.fields[field];
  return found !== undefined && fieldRight(role, object, found) === 'edit';
};

/** Where the right to add them is granted, and as which action. */
const governing = ({ name, grantedBy }: ObjectDef) =>
  grantedBy === null
    ? ({ name, action: 'create' } as const)
    : ({ name: grantedBy.object, action: grantedBy.create } as const);

const waysOf = (role: Role, { grantedBy }: ObjectDef): readonly Way[] =>
  grantedBy === null ? ['own'] : (role.grants[grantedBy.object]?.[grantedBy.create] ?? []);

function impossible(object: ObjectDef, field: string): 'field' | 'program' | null {
  const found = object.fields[field];
  return found === undefined ? 'field' : found.system ? 'program' : null;
}
