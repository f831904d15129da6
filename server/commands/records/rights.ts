import {
  creatingRoles,
  decide,
  mask,
  opensNew,
  rightsOf,
  type Actor,
  type Image,
  type MaskedRecord,
} from '../../../shared/access/index.ts';
import type { ObjectDef, Registry } from '../../../shared/objects/index.ts';
import { fieldNotEditable, notAllowed, notFound, outOfReach } from '../../../shared/protocol/index.ts';
import type { Values } from '../../records/columns.ts';

// The policy's answer as a refusal. Pure: images and actor are handed in.

/** What the actor sees of it. @throws ApiError `not_found`, in the same words whether it is absent or not theirs */
export function mustRead(
  actor: Actor,
  registry: Registry,
  object: ObjectDef,
  image: Image | null,
): MaskedRecord {
  const seen = image && mask(actor, registry, object, image);
  if (!seen) throw notFound();
  return seen;
}

/** @throws ApiError `not_allowed`: whoever may read a record may know which right they lack */
export function mustMay(
  { may }: MaskedRecord,
  object: ObjectDef,
  action: 'update' | 'assign' | 'delete',
): void {
  if (!may.actions.includes(action)) throw notAllowed(`${object.name}.${action}`);
}

/**
 * Whether the actor may give these fields other values. That a field's value happens to be the same is no excuse:
 * the answer would tell what a hidden one holds.
 * @throws ApiError `not_allowed`, `field_not_editable`
 */
export function mustEdit(seen: MaskedRecord, object: ObjectDef, values: Values): void {
  const names = Object.keys(values);
  const assigning = names.filter((name) => object.fields[name]?.assigns);
  if (assigning.length > 0) mustMay(seen, object, 'assign');
  if (assigning.length < names.length) mustMay(seen, object, 'update');
  const closed = names.filter((name) => !seen.may.edit.includes(name));
  if (closed.length > 0) throw fieldNotEditable(closed);
}

/** Whether the actor may add records with these fields. @throws ApiError `not_allowed`, `field_not_editable` */
export function mustCreate(actor: Actor, registry: Registry, object: ObjectDef, values: Values): void {
  if (!rightsOf(actor, registry, object, null).create) throw notAllowed(rightToCreate(object));
  const creating = creatingRoles(actor, object);
  const closed = Object.keys(values).filter((name) => !creating.some((role) => opensNew(role, object, name)));
  if (closed.length > 0) throw fieldNotEditable(closed);
}

/** An update ends where the actor could have made it; only handing over may leave that. @throws ApiError `out_of_reach` */
export function mustStayInReach(actor: Actor, registry: Registry, object: ObjectDef, after: Image): void {
  if (!decide(actor, registry, 'update', object, after).allowed) throw outOfReach();
}

/** What a refusal names as missing. */
export const rightToCreate = ({ name, grantedBy }: ObjectDef): string =>
  grantedBy ? `${grantedBy.object}.${grantedBy.create}` : `${name}.create`;
