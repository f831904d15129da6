import { decide } from '../../../shared/access/index.ts';
import type { Value } from '../../../shared/fields/index.ts';
import type { ObjectDef } from '../../../shared/objects/index.ts';
import { notAllowed, notForOneself, notFound } from '../../../shared/protocol/index.ts';
import { holdPolicy } from '../../access/accessLog.ts';
import { covers, mayHandOut, partsOf, standingsOf, type Held, type Part } from '../../access/parts.ts';
import type { Values } from '../../records/columns.ts';
import { fetchImage } from '../../records/imageSql.ts';
import type { Act } from '../perform.ts';

// Who is one of us, and where people, teams and territories stand, decides what is seen: so these changes ask for
// `manage_users` besides the grant. Who has it for a part of the organisation places the people and teams of that part.

/** Where somebody stands, and how they sign in. */
const PLACE = ['manager', 'team', 'territories', 'active', 'email'];

/**
 * Whether the caller may place a person so. Nobody changes their own place, nor puts others below themselves, unless
 * they may change roles too.
 * @throws ApiError `not_allowed`, `not_found`
 */
export async function mustPlacePerson(
  act: Act,
  object: ObjectDef,
  id: string,
  values: Values,
  isNew: boolean,
): Promise<void> {
  const actor = await act.actor();
  const parts = partsOf(actor, 'manage_users');
  const self = act.caller.actor.userId;
  if (!isNew && !PLACE.some((name) => name in values)) {
    // Their name, say: no matter of administration, unless it is only as an administrator that one may change it.
    if (parts !== 'everyone' && parts.length > 0 && id !== self) await mustBeOfPart(act, object, id, parts);
    return;
  }
  if (parts !== 'everyone' && parts.length === 0) throw notAllowed('manage_users');
  if (id === self && 'active' in values) throw notForOneself('Someone else has to do this for you');
  if (id === self || (await comesBelow(act, id, values['manager'] ?? null)))
    await act.mustHold('manage_roles');
  const team = idOf(values['team']);
  if (parts === 'everyone') await mustGiveTeam(act, id, team);
  else {
    const given = await placeGiven(act, id, values, isNew);
    if (!parts.some((part) => fits(part, given))) throw notAllowed('manage_users');
  }
  await mustBeGiven(act, id, team === null ? [] : [team]);
}

/**
 * Who comes into a team that carries roles is given these: where that waits for somebody else's yes, so does this.
 * @throws ApiError `approval_required`
 */
export async function mustBeGiven(act: Act, id: string, teams: readonly string[]): Promise<void> {
  const { tx } = act;
  const [given] = await tx`
    select 1 from role_assignment a
    where a.team_id = any (${teams}::uuid[]) and (a.ends_at is null or a.ends_at > now())
      and a.team_id not in (select team_id from team_person where user_id = ${id}) limit 1
  `;
  if (given && (await act.awaitsApproval())) act.waitForApproval();
}

/**
 * Whoever puts somebody into a team gives them its roles, too: those that reach beyond records are given by who may give
 * roles at all. Their own part of the organisation says what others may (`fits`).
 * @throws ApiError `not_allowed`
 */
export async function mustGiveTeam(act: Act, id: string, team: string | null): Promise<void> {
  if (team === null || !(await rolesOfTeam(act, team)).some(({ isSystem }) => isSystem)) return;
  const [isIn] = await act.tx`select 1 from team_person where user_id = ${id} and team_id = ${team}`;
  if (!isIn) await act.mustHold('manage_roles');
}

/** By a grant that comes with a part one changes the records of the people of that part only. */
async function mustBeOfPart(act: Act, object: ObjectDef, id: string, parts: readonly Part[]): Promise<void> {
  const actor = await act.actor();
  const wide = { ...actor, roles: actor.roles.filter(({ within }) => within === undefined) };
  const image = await fetchImage(act.tx, object, id, { lock: false });
  if (!image) throw notFound();
  if (decide(wide, act.app.registry, 'update', object, image).allowed) return;
  const [person] = await standingsOf(act.tx, [id]);
  if (!person || !parts.some((part) => covers(part, person))) throw notAllowed('manage_users');
}

/** Whether the manager is the caller, or stands below them, while the person does not yet. */
async function comesBelow({ tx, caller }: Act, id: string, manager: Value): Promise<boolean> {
  if (typeof manager !== 'string') return false;
  const [row] = await tx<{ then: boolean; now: boolean }[]>`
    with recursive up as (
      select id, manager_id from user_account where id = ${manager}
      union
      select u.id, u.manager_id from user_account u join up on u.id = up.manager_id
    ), above as (
      select manager_id from user_account where id = ${id}
      union
      select u.manager_id from user_account u join above on u.id = above.manager_id
    )
    select exists (select from up where id = ${caller.actor.userId}) as then,
      exists (select from above where manager_id = ${caller.actor.userId}) as now
  `;
  return row !== undefined && row.then && !row.now;
}

interface Given {
  /** As they stand now; null for somebody new. */
  before: { team: string | null; held: Held[] } | null;
  /** The home team they will have, with the roles that come with it. */
  team: string | null;
  comes: Held[];
  /** Home team of a new manager; undefined where the manager stays. */
  managerTeam: string | null | undefined;
  /** Whether all territories that they are newly given are within the caller's own. */
  ownTerritories: boolean;
}

const fits = (part: Part, { before, team, comes, managerTeam, ownTerritories }: Given): boolean =>
  (before === null || covers(part, before)) &&
  team !== null &&
  part.teams.has(team) &&
  comes.every((held) => mayHandOut(part, held)) &&
  (managerTeam === undefined || (managerTeam !== null && part.teams.has(managerTeam))) &&
  ownTerritories;

async function placeGiven(act: Act, id: string, values: Values, isNew: boolean): Promise<Given> {
  const { tx } = act;
  // What they hold must not grow while we look.
  await holdPolicy(tx);
  const { sets } = await act.actor();
  const [person] = isNew ? [] : await standingsOf(tx, [id]);
  if (!isNew && !person) throw notFound();
  const [now] = await tx<{ manager: string | null; territories: string[] }[]>`
    select manager_id as manager, territory_ids as territories from user_account where id = ${id}
  `;
  const team = idOf('team' in values ? values['team'] : person?.team);
  const manager = idOf(values['manager']);
  const isMoved = manager !== null && manager !== (now?.manager ?? null);
  const [boss] = isMoved ? await standingsOf(tx, [manager]) : [];
  const territories = Array.isArray(values['territories']) ? values['territories'] : [];
  const added = territories.filter((one) => typeof one === 'string' && !now?.territories.includes(one));
  return {
    before: person ?? null,
    team,
    comes: team === null || team === person?.team ? [] : await rolesOfTeam(act, team),
    managerTeam: isMoved ? (boss?.team ?? null) : undefined,
    ownTerritories: added.every((one) => typeof one === 'string' && sets.territories.has(one)),
  };
}

/** What everyone in a team holds, now or later, because they are in it. */
export async function rolesOfTeam({ tx }: Act, team: string): Promise<Held[]> {
  return tx<Held[]>`
    select a.role_id as role, r.system <> '[]' as "isSystem", a.within_id as within
    from role_assignment a join role r on r.id = a.role_id
    where a.team_id = ${team} and (a.ends_at is null or a.ends_at > now())
  `;
}

/**
 * Which team stands below which decides how far a part reaches. Who administers a part may name its teams, move them
 * within it and add some below them; the part itself stays where it is.
 * @throws ApiError `not_allowed`, `not_found`
 */
export async function mustPlaceTeam(act: Act, id: string, values: Values, isNew: boolean): Promise<void> {
  const actor = await act.actor();
  const parts = partsOf(actor, 'manage_users');
  if (parts === 'everyone') return;
  const moves = 'parent' in values || 'active' in values;
  if (parts.length === 0) {
    if (moves) throw notAllowed('manage_users');
    return;
  }
  const [team] = await act.tx<
    { parent: string | null }[]
  >`select parent_id as parent from team where id = ${id}`;
  if (!isNew && !team) throw notFound();
  const parent = idOf('parent' in values ? values['parent'] : team?.parent);
  const may = parts.some(({ teams }) => {
    const inside = (one: string | null | undefined): boolean => typeof one === 'string' && teams.has(one);
    if (isNew) return inside(parent);
    return inside(id) && (!moves || (inside(team?.parent) && inside(parent)));
  });
  if (!may) throw notAllowed('manage_users');
}

/** Records of a territory come into the reach of whoever works in one above it. @throws ApiError `not_allowed` */
export async function mustPlaceTerritory(act: Act, values: Values): Promise<void> {
  if (!('parent' in values)) return;
  await act.mustHold('manage_users');
  const { sets } = await act.actor();
  const parent = idOf(values['parent']);
  if (parent !== null && sets.territories.has(parent)) await act.mustHold('manage_roles');
}

const idOf = (value: Value | undefined): string | null => (typeof value === 'string' ? value : null);
