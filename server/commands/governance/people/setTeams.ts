import { invalid, notAllowed, notFound } from '../../../../shared/protocol/index.ts';
import { covers, mayHandOut, partsOf, standingsOf } from '../../../access/parts.ts';
import type { App, Caller } from '../../../lib/app.ts';
import { perform, type Act } from '../../perform.ts';
import { mustBeGiven, mustGiveTeam, rolesOfTeam } from '../../records/place.ts';
import { changePolicy, type PolicyChange } from '../policy.ts';

export interface Teams {
  id: string;
  /** Where they are at home (the field `team`); null: nowhere. */
  home: string | null;
  /** Teams they are in besides, by id. */
  teams: string[];
}

/**
 * Puts a person into these further teams, and into no others; their home team is said by the field `team`. Nobody does
 * it for themselves who may not change roles too.
 * @throws ApiError `not_allowed`, `not_found`, `invalid`, `approval_required` (a team brings roles), `session_ended`
 */
export const setTeams = (app: App, caller: Caller, id: string, teams: readonly string[]): Promise<Teams> =>
  perform(app, caller, (act) => putIntoTeams(act, id, teams));

/** The same within work that is under way. @throws ApiError `not_allowed`, `not_found`, `invalid` */
export const putIntoTeams = (act: Act, id: string, teams: readonly string[]): Promise<Teams> =>
  // Where people stand is for those who look after them, like their home team.
  changePolicy(act, () => put(act, id, teams), { may: () => maySetTeams(act, id, teams), waits: false });

async function put(
  act: Act,
  id: string,
  teams: readonly string[],
): Promise<PolicyChange & { result: Teams }> {
  const before = await teamsOf(act, id);
  const wanted = [...new Set(teams)].filter((team) => team !== before.home).sort();
  const [known] = await act.tx<{ count: number }[]>`
    select count(*)::int as count from team where id = any (${wanted}::uuid[]) and deleted_at is null
  `;
  if (known?.count !== wanted.length) throw invalid({ teams: 'No such team' });
  await mustBeGiven(act, id, wanted);
  await act.tx`delete from team_member where user_id = ${id}`;
  await act.tx`insert into team_member (user_id, team_id) select ${id}, unnest(${wanted}::uuid[])`;
  return {
    result: { ...before, teams: wanted },
    users: wanted.join() === before.teams.join() ? [] : [id],
    field: 'teams',
    action: 'user.teams',
    object: 'user',
    targetId: id,
    before: { teams: before.teams },
    after: { teams: wanted },
  };
}

async function maySetTeams(act: Act, id: string, wanted: readonly string[]): Promise<void> {
  const parts = partsOf(await act.actor(), 'manage_users');
  if (parts !== 'everyone' && parts.length === 0) throw notAllowed('manage_users');
  if (id === act.caller.actor.userId) return act.mustHold('manage_roles');
  if (parts === 'everyone') {
    for (const team of wanted) await mustGiveTeam(act, id, team);
    return;
  }
  const [person] = await standingsOf(act.tx, [id]);
  if (!person) throw notFound();
  const { teams } = await teamsOf(act, id);
  const added = wanted.filter((team) => !teams.includes(team));
  const removed = teams.filter((team) => !wanted.includes(team));
  const comes = (await Promise.all(added.map((team) => rolesOfTeam(act, team)))).flat();
  const may = parts.some(
    (part) =>
      covers(part, person) &&
      [...added, ...removed].every((team) => part.teams.has(team)) &&
      comes.every((held) => mayHandOut(part, held)),
  );
  if (!may) throw notAllowed('manage_users');
}

export async function teamsOf({ tx }: Act, id: string): Promise<Teams> {
  const [row] = await tx<Teams[]>`
    select u.id, u.team_id as home, array(
      select team_id from team_member m where m.user_id = u.id order by team_id
    ) as teams
    from user_account u where u.id = ${id} and u.deleted_at is null
  `;
  if (!row) throw notFound();
  return row;
}
