import type { Fact, ObjectDef } from '../../shared/objects/index.ts';
import type { Tx } from '../db/transaction.ts';
import { changes, merged, type Draft, type Work } from './behaviours/behaviour.ts';

/**
 * A record whose owner changes goes to the new owner's home team and home territory, unless one is named along or the
 * object says no. A new contact, deal or ticket goes to the territory of its company instead, if that has one; and what somebody
 * has put into a territory by hand stays there.
 */
export async function placeFollowsOwner(
  work: Pick<Work, 'tx' | 'object'>,
  drafts: readonly Draft[],
): Promise<void> {
  const { object, tx } = work;
  const owner = givenField(object, 'owner');
  const team = object.teamFollowsOwner ? givenField(object, 'team') : null;
  const territory = givenField(object, 'territory');
  if (territory !== null) await beginAtCompany(work, territory, drafts);
  if (owner === null || (team === null && territory === null)) return;
  const moved = drafts.filter((draft) => draft.values[owner] && changes(draft, owner));
  if (moved.length === 0) return;
  const owners = [...new Set(moved.map(({ values }) => String(values[owner])))];
  const homes = await tx<{ id: string; team: string | null; territory: string | null }[]>`
    select id, team_id as team, territory_ids[1] as territory from user_account where id = any (${owners}::uuid[])
  `;
  const homeOf = new Map(homes.map((home) => [home.id, home]));
  for (const draft of moved) {
    const { values } = draft;
    const home = homeOf.get(String(values[owner]));
    if (team !== null && !(team in values)) values[team] = home?.team ?? null;
    const stays = merged(draft)['territory_fixed'] === true;
    if (territory !== null && !(territory in values) && !stays) values[territory] = home?.territory ?? null;
  }
}

async function beginAtCompany(
  { tx, object }: Pick<Work, 'tx' | 'object'>,
  territory: string,
  drafts: readonly Draft[],
): Promise<void> {
  if (object.fields['company']?.target !== 'company') return;
  const fresh = drafts.filter(
    ({ before, values }) => before === null && values['company'] && !(territory in values),
  );
  if (fresh.length === 0) return;
  const places = await territoriesOf(
    tx,
    fresh.map(({ values }) => String(values['company'])),
  );
  for (const { values } of fresh) {
    const place = places.get(String(values['company']));
    if (place !== undefined) values[territory] = place;
  }
}

async function territoriesOf(tx: Tx, companies: readonly string[]): Promise<Map<string, string>> {
  const rows = await tx<{ id: string; territory: string }[]>`
    select id, territory_id as territory from company
    where id = any (${[...new Set(companies)]}::uuid[]) and territory_id is not null
  `;
  return new Map(rows.map(({ id, territory }) => [id, territory]));
}

/** The field of a fact, where an object has it and people give it (a part has its parent's). */
function givenField(object: ObjectDef, fact: Fact): string | null {
  const name = object.facts[fact];
  return name !== undefined && object.fields[name]?.assigns ? name : null;
}
