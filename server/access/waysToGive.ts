import { holds, mask, type Actor, type Image } from '../../shared/access/index.ts';
import type { ObjectDef, ReachedAction, Registry } from '../../shared/objects/index.ts';
import type { ShareLevel } from '../../shared/protocol/index.ts';
import { mayShare } from './mayShare.ts';

/** What somebody has asked for, of one record. */
export interface Asked {
  action: ReachedAction;
  field: string | null;
}

/** By what somebody may give it: by sharing the record to that level, or by giving roles. */
export interface WaysToGive {
  share: ShareLevel | null;
  role: boolean;
}

/**
 * How the actor could give what is asked for; null: not at all, or it is nothing that they see themselves. A share opens a
 * record as far as the roles of whoever gets it reach; every other action asks for a role.
 */
export function waysToGive(
  actor: Actor,
  registry: Registry,
  object: ObjectDef,
  image: Image,
  { action, field }: Asked,
): WaysToGive | null {
  const seen = mask(actor, registry, object, image);
  if (!seen || (field !== null && !Object.hasOwn(seen, field))) return null;
  const level = LEVELS[action];
  const share = level !== undefined && mayShare(actor, registry, object, image, level) ? level : null;
  const role = holds(actor, 'manage_roles');
  return share !== null || role ? { share, role } : null;
}

const LEVELS: Partial<Record<ReachedAction, ShareLevel>> = { read: 'read', update: 'edit' };
