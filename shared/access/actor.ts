import type { Role, SystemPermission } from './role.ts';
import type { ActorSets } from './ways.ts';

/** Whoever acts, with all that decides what they may: a value, loaded whole and replaced whole. */
export interface Actor {
  userId: string;
  sets: ActorSets;
  roles: readonly Role[];
  /** Opaque fingerprint of everything above; equal fingerprints have equal rights. */
  fingerprint: string;
}

export const holds = (actor: Actor, permission: SystemPermission): boolean =>
  actor.roles.some((role) => role.system.includes(permission));
