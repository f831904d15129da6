import type { RoleAnswer } from '../../../shared/protocol/index.ts';

type Duty = Pick<RoleAnswer, 'id' | 'conflicts'>;

/** Those of the roles that nobody may hold together with this one, whichever names the other. */
export const conflictsOf = <T extends Duty>(role: Duty, roles: readonly T[]): T[] =>
  roles.filter((other) => other.id !== role.id && (names(role, other) || names(other, role)));

const names = (one: Duty, other: Duty): boolean => one.conflicts?.includes(other.id) ?? false;
