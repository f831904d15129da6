import { holds } from '../../../shared/access/index.ts';
import { notAllowed } from '../../../shared/protocol/index.ts';
import { covers, mayHandOut, partsOf, standingsOf, type Held, type Part } from '../../access/parts.ts';
import type { Act } from '../perform.ts';
import type { Holder } from './assignRole.ts';

/**
 * Whether the caller may give a role, or take it: whoever may manage roles, any; whoever administers a part, one that they
 * may hand out, to the people and teams of that part, reaching no further than it. `limits`: what it is limited to, and was.
 * Say it after policy is held.
 * @throws ApiError `not_allowed`
 */
export async function mayAssign(
  act: Act,
  holder: Holder,
  role: string,
  limits: readonly (string | null)[],
): Promise<void> {
  const actor = await act.actor();
  if (holds(actor, 'manage_roles')) return;
  const parts = (['manage_users', 'manage_roles'] as const).flatMap((permission) => {
    const found = partsOf(actor, permission);
    // To give roles everywhere is for those who may manage roles.
    return found === 'everyone' ? [] : found;
  });
  const given = parts.length === 0 ? [] : await heldAs(act, role, limits);
  const fitting =
    given.length === 0 ? [] : parts.filter((part) => given.every((held) => mayHandOut(part, held)));
  if (fitting.length === 0 || !(await reaches(act, fitting, holder))) throw notAllowed('manage_roles');
}

async function heldAs({ tx }: Act, role: string, limits: readonly (string | null)[]): Promise<Held[]> {
  const [row] = await tx<
    { isSystem: boolean }[]
  >`select system <> '[]' as "isSystem" from role where id = ${role}`;
  return row ? limits.map((within) => ({ role, isSystem: row.isSystem, within })) : [];
}

/** Never to somebody who holds more than what the part's administrator may hand out, and never to themselves. */
async function reaches(act: Act, parts: readonly Part[], { user, team }: Holder): Promise<boolean> {
  const { userId } = act.caller.actor;
  if (user !== undefined) {
    const [person] = await standingsOf(act.tx, [user]);
    return user !== userId && person !== undefined && parts.some((part) => covers(part, person));
  }
  const people = await act.tx<{ id: string; home: string | null }[]>`
    select p.user_id as id, u.team_id as home from team_person p join user_account u on u.id = p.user_id
    where p.team_id = ${team}
  `;
  // Whoever is in the team besides, from elsewhere, would get it as well.
  return parts.some(
    ({ teams }) =>
      teams.has(team) && people.every(({ id, home }) => id !== userId && home !== null && teams.has(home)),
  );
}
