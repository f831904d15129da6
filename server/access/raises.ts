import { isDeepStrictEqual } from 'node:util';
import { rightsOf, type Actor, type Baseline, type Role } from '../../shared/access/index.ts';
import type { Registry } from '../../shared/objects/index.ts';
import { isAlways } from './reaches.ts';

/** An assignment of a role, now or to come. */
export interface Holding {
  role: string;
  within: string | null;
  starts_at: string;
  ends_at: string | null;
}

/** Somebody's rights, with what they are to hold later. */
export interface Standing {
  actor: Actor;
  held: readonly Holding[];
}

/**
 * Whether somebody has, or will have, anything that they had not before: a role that they did not hold, or not so long, or
 * that says other things now; records opened to them, or no longer hidden. Where it is not sure that it is less, it is more.
 */
export function raises(registry: Registry, before: Standing, after: Standing): boolean {
  const [was, is] = [before.actor, after.actor];
  return (
    !after.held.every((one) => before.held.some((other) => isWithin(one, other))) ||
    !is.roles.every((role) => was.roles.some((other) => isSameRole(role, other))) ||
    GROWING.some((name) => !isSubset(is.sets[name], was.sets[name])) ||
    !isSubset(was.sets.restrictions, is.sets.restrictions) ||
    Object.entries(is.open ?? {}).some(([object, baseline]) => !hadAnyway(registry, was, object, baseline))
  );
}

/** Whether somebody could do with every record already what everyone may now. */
function hadAnyway(registry: Registry, actor: Actor, name: string, baseline: Baseline): boolean {
  const object = registry.find(name);
  if (!object) return true;
  const { actions } = rightsOf(actor, registry, object, null);
  return actions[baseline === 'edit' ? 'update' : 'read'].every(isAlways);
}

const GROWING = ['reports', 'teams', 'queues', 'territories', 'shared', 'sharedEdit'] as const;

const isWithin = (one: Holding, other: Holding): boolean =>
  one.role === other.role &&
  (other.within === null || one.within === other.within) &&
  one.starts_at >= other.starts_at &&
  (other.ends_at === null || (one.ends_at !== null && one.ends_at <= other.ends_at));

const isSameRole = (one: Role, other: Role): boolean => one.id === other.id && isDeepStrictEqual(one, other);

const isSubset = (small: ReadonlySet<string>, large: ReadonlySet<string>): boolean =>
  [...small].every((id) => large.has(id));
