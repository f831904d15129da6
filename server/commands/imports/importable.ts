import { rightsOf, type Actor } from '../../../shared/access/index.ts';
import type { ObjectDef, Registry } from '../../../shared/objects/index.ts';
import { notAllowed, notFound } from '../../../shared/protocol/index.ts';

/** Of these there are a few, each thought about: they decide where other records go. */
const SET_UP_BY_HAND = ['channel', 'pipeline'];

/** Whether files of such records can be brought in: people write them, and they stand on their own. */
export const isImportable = (object: ObjectDef): boolean =>
  object.parents.length === 0 &&
  !SET_UP_BY_HAND.includes(object.name) &&
  Object.values(object.fields).some((field) => !field.system);

/** @throws ApiError `not_found` (no such object, or not one for files), `not_allowed` */
export function importableFor(actor: Actor, registry: Registry, name: string): ObjectDef {
  const object = registry.find(name);
  if (!object || !isImportable(object)) throw notFound();
  if (!rightsOf(actor, registry, object, null).create) throw notAllowed(`${object.name}.create`);
  return object;
}
