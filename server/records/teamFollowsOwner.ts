import type { ObjectDef } from '../../shared/objects/index.ts';
import { changes, type Draft, type Work } from './behaviours/behaviour.ts';

/** A record whose owner changes goes to the new owner's home team, unless a team is named along or the object says no. */
export async function teamFollowsOwner(
  work: Pick<Work, 'tx' | 'object'>,
  drafts: readonly Draft[],
): Promise<void> {
  const fields = ownerAndTeam(work.object);
  if (!fields) return;
  const [owner, team] = fields;
  const moved = drafts.filter(
    (draft) => draft.values[owner] && changes(draft, owner) && !(team in draft.values),
  );
  if (moved.length === 0) return;
  const owners = [...new Set(moved.map(({ values }) => String(values[owner])))];
  const homes = await work.tx<{ id: string; team_id: string | null }[]>`
    select id, team_id from user_account where id = any (${owners}::uuid[])
  `;
  const teamOf = new Map(homes.map(({ id, team_id }) => [id, team_id]));
  for (const { values } of moved) values[team] = teamOf.get(String(values[owner])) ?? null;
}

/** Names of the two fields, where an object has both and they are given by people (a part has its parent's). */
function ownerAndTeam(object: ObjectDef): [owner: string, team: string] | null {
  const { owner, team } = object.facts;
  if (owner === undefined || team === undefined || !object.teamFollowsOwner) return null;
  return object.fields[owner]?.assigns && object.fields[team]?.assigns ? [owner, team] : null;
}
