import type { Role, SystemPermission } from './role.ts';
import type { ActorSets } from './ways.ts';

/** Whoever acts, with all that decides what they may: a value, loaded whole and replaced whole. */
export interface Actor {
  /** A person of ours, or a customer: who has nothing of what everyone signed in has. */
  kind: 'person' | 'customer';
  /** Id of the person, or of the visitor. */
  userId: string;
  sets: ActorSets;
  roles: readonly Role[];
  /** Opaque fingerprint of everything above; equal fingerprints have equal rights. */
  fingerprint: string;
}

export const holds = (actor: Actor, permission: SystemPermission): boolean =>
  actor.roles.some((role) => role.system.includes(permission));
