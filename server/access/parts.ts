import { holds, type Actor, type SystemPermission } from '../../shared/access/index.ts';
import type { AnySql } from '../db/fragments.ts';

// Delegated administration: what somebody may do to the people of a part of the organisation, and to nobody else.

/** A part of the organisation that somebody administers, by one role that they hold. */
export interface Part {
  /** The team, and those below it. */
  teams: ReadonlySet<string>;
  /** Roles that they may give away there. Whoever holds others stands above them. */
  handsOut: ReadonlySet<string>;
}

/** Where someone has a system permission: everywhere, or in those parts. */
export function partsOf(actor: Actor, permission: SystemPermission): 'everyone' | Part[] {
  if (holds(actor, permission)) return 'everyone';
  return actor.roles
    .filter(({ system }) => system.includes(permission))
    .map(({ within = [], hands_out = [] }) => ({ teams: new Set(within), handsOut: new Set(hands_out) }));
}

/** A person as administration sees them. */
export interface Standing {
  id: string;
  /** Their home team: whoever is in further teams is administered from there alone. */
  team: string | null;
  /** Roles they hold now or will, by assignment or by a team. */
  held: Held[];
}

export interface Held {
  role: string;
  /** Whether it lets its holders do something beyond records. */
  isSystem: boolean;
  /** The team that this is limited to; null: everywhere. */
  within: string | null;
}

/** Where these people stand; ids that nobody has are left out. */
export async function standingsOf(sql: AnySql, ids: readonly string[]): Promise<Standing[]> {
  return sql<Standing[]>`
    select u.id, u.team_id as team, (
      select coalesce(jsonb_agg(jsonb_build_object('role', h.role_id, 'isSystem', r.system <> '[]', 'within', h.within_id)), '[]')
      from held_role h join role r on r.id = h.role_id
      where h.user_id = u.id and (h.ends_at is null or h.ends_at > now())
    ) as held
    from user_account u where u.id = any (${[...ids]}::uuid[])
  `;
}

/** Whether a person is one of the part's, and holds nothing that its administrator could not have given them. */
export const covers = (part: Part, { team, held }: Pick<Standing, 'team' | 'held'>): boolean =>
  team !== null && part.teams.has(team) && held.every((one) => mayHandOut(part, one));

/** Whether the part's administrator may give that away: what reaches beyond records, only to reach the part. */
export const mayHandOut = ({ teams, handsOut }: Part, { role, isSystem, within }: Held): boolean =>
  handsOut.has(role) && (within === null ? !isSystem : teams.has(within));

/**
 * Whether someone may do that to each of these people: who has the permission everywhere may to everyone, who has it in
 * a part to the people there, and nobody of a part to themselves. An id that nobody has is nobody's.
 */
export async function mayAdminister(
  sql: AnySql,
  actor: Actor,
  permission: SystemPermission,
  ids: readonly string[],
): Promise<boolean> {
  const parts = partsOf(actor, permission);
  if (parts === 'everyone') return true;
  if (parts.length === 0 || ids.includes(actor.userId)) return false;
  const standings = await standingsOf(sql, ids);
  return (
    standings.length === new Set(ids).size &&
    standings.every((person) => parts.some((part) => covers(part, person)))
  );
}

/** Whether somebody may see everyone's roles. */
export const seesAll = (actor: Actor): boolean => holds(actor, 'manage_roles') || holds(actor, 'read_audit');

/** Parts whose administration somebody may see. */
export function partsThatAsk(actor: Actor): Part[] {
  return (['manage_users', 'manage_roles', 'read_audit'] as const).flatMap((permission) => {
    const found = partsOf(actor, permission);
    return found === 'everyone' ? [] : found;
  });
}
