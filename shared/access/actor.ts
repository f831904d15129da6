import type { Role, SystemPermission } from './role.ts';
import type { ActorSets } from './ways.ts';

/** How far an organisation opens an object to everyone signed in: all records to read, or to edit as well. */
export type Baseline = 'read' | 'edit';

/** Whoever acts, with all that decides what they may: a value, loaded whole and replaced whole. */
export interface Actor {
  /** A person of ours, or a customer: who has nothing of what everyone signed in has. */
  kind: 'person' | 'customer';
  /** Id of the person, or of the visitor. */
  userId: string;
  sets: ActorSets;
  roles: readonly Role[];
  /** Objects that the organisation has opened to everyone; those not named are private, as far as they can be. */
  open?: Readonly<Record<string, Baseline>>;
  /** Opaque fingerprint of everything above; equal fingerprints have equal rights. */
  fingerprint: string;
}

/** Whether someone has a system permission for the whole organisation. */
export const holds = (actor: Actor, permission: SystemPermission): boolean =>
  actor.roles.some((role) => role.within === undefined && role.system.includes(permission));

/** Teams for whose people someone has a system permission: `everyone`, or those of the parts they administer. */
export function holdsWithin(actor: Actor, permission: SystemPermission): 'everyone' | ReadonlySet<string> {
  if (holds(actor, permission)) return 'everyone';
  const parts = actor.roles.filter((role) => role.system.includes(permission));
  return new Set(parts.flatMap(({ within = [] }) => within));
}
