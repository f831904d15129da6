import type { MaskedRecord } from '../../../../shared/access/index.ts';
import type { RoleAnswer } from '../../../../shared/protocol/index.ts';
import type { ShareLevel, Target } from '../../../../shared/protocol/policy.ts';
import { ids } from '../../../stores/values.ts';

export interface Lacking {
  /** People whom a rule means, as far as they are known here. */
  people: number;
  /** Those of them to whom it opens nothing: no role of theirs grants it at all. */
  without: number;
  /** Roles of these people that could grant it, the one that most of them hold first. */
  roles: RoleAnswer[];
}

/**
 * Sharing widens what is granted and grants nothing by itself: whom a rule means in vain, because none of their roles
 * lets them read (or update) such records at all.
 */
export function lackingFor(
  { kind, id }: Target,
  object: string,
  level: ShareLevel,
  roles: readonly RoleAnswer[],
  users: readonly MaskedRecord[],
): Lacking {
  const active = users.filter((user) => user['active'] !== false);
  const meant = new Set(
    kind === 'user'
      ? [id]
      : kind === 'role'
        ? (roles.find((role) => role.id === id)?.members ?? [])
        : active
            .filter((user) => ids(user, kind === 'team' ? 'team' : 'territories').includes(id))
            .map((user) => user.id),
  );
  const grants = (role: RoleAnswer): boolean => {
    const granted = role.grants[object] ?? {};
    if (level === 'edit') return (granted.update ?? []).length > 0;
    return Object.values(granted).some((reach) => Array.isArray(reach) && reach.length > 0);
  };
  const having = new Set(roles.filter(grants).flatMap(({ members }) => members));
  const without = [...meant].filter((user) => !having.has(user));
  const held = (role: RoleAnswer) => role.members.filter((user) => without.includes(user)).length;
  return {
    people: meant.size,
    without: without.length,
    roles: roles.filter((role) => held(role) > 0).sort((a, b) => held(b) - held(a)),
  };
}
