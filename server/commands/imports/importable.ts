import { rightsOf, type Actor } from '../../../shared/access/index.ts';
import type { ObjectDef, Registry } from '../../../shared/objects/index.ts';
import { isImportable } from '../../../shared/imports/importable.ts';
import { notAllowed, notFound } from '../../../shared/protocol/index.ts';

/** @throws ApiError `not_found` (no such object, or not one for files), `not_allowed` */
export function importableFor(actor: Actor, registry: Registry, name: string): ObjectDef {
  const object = registry.find(name);
  if (!object || !isImportable(object)) throw notFound();
  if (!rightsOf(actor, registry, object, null).create) throw notAllowed(`${object.name}.create`);
  return object;
}
