import { decide, type Actor, type Image } from '../../shared/access/index.ts';
import type { ObjectDef, Registry } from '../../shared/objects/index.ts';
import type { ShareLevel } from '../../shared/protocol/index.ts';

/**
 * Whether the actor may open this record to others: whoever may hand it over, or whose own it is and who may change it;
 * and for editing only who may edit it.
 */
export function mayShare(
  actor: Actor,
  registry: Registry,
  object: ObjectDef,
  image: Image,
  level: ShareLevel = 'read',
): boolean {
  const updates = decide(actor, registry, 'update', object, image).allowed;
  if (level === 'edit' && !updates) return false;
  if (decide(actor, registry, 'assign', object, image).allowed) return true;
  return updates && decide(actor, registry, 'read', object, image).because.some(({ way }) => way === 'own');
}
