import type { Fact, ObjectDef } from '../../shared/objects/index.ts';
import { changes, type Draft, type Work } from './behaviours/behaviour.ts';

/**
 * A record whose owner changes goes to the new owner's home team and home territory, unless one is named along or the
 * object says no.
 */
export async function placeFollowsOwner(
  work: Pick<Work, 'tx' | 'object'>,
  drafts: readonly Draft[],
): Promise<void> {
  const { object, tx } = work;
  const owner = givenField(object, 'owner');
  const team = object.teamFollowsOwner ? givenField(object, 'team') : null;
  const territory = givenField(object, 'territory');
  if (owner === null || (team === null && territory === null)) return;
  const moved = drafts.filter((draft) => draft.values[owner] && changes(draft, owner));
  if (moved.length === 0) return;
  const owners = [...new Set(moved.map(({ values }) => String(values[owner])))];
  const homes = await tx<{ id: string; team: string | null; territory: string | null }[]>`
    select id, team_id as team, territory_ids[1] as territory from user_account where id = any (${owners}::uuid[])
  `;
  const homeOf = new Map(homes.map((home) => [home.id, home]));
  for (const { values } of moved) {
    const home = homeOf.get(String(values[owner]));
    if (team !== null && !(team in values)) values[team] = home?.team ?? null;
    if (territory !== null && !(territory in values)) values[territory] = home?.territory ?? null;
  }
}

/** The field of a fact, where an object has it and people give it (a part has its parent's). */
function givenField(object: ObjectDef, fact: Fact): string | null {
  const name = object.facts[fact];
  return name !== undefined && object.fields[name]?.assigns ? name : null;
}
