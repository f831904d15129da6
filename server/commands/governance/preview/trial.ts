import { roleSchema, type Actor, type Role } from '../../../../shared/access/index.ts';
import { parseFilter, type Filter } from '../../../../shared/protocol/index.ts';
import { loadActors } from '../../../access/loadActor.ts';
import { loadOpened } from '../../../access/openedSql.ts';
import type { Fragment } from '../../../db/fragments.ts';
import type { Tx } from '../../../db/transaction.ts';
import { territoryRules, type TerritoryRule } from '../../../records/behaviours/placing.ts';
import type { Unmarked } from '../../../records/effect/groups.ts';
import type { Marking } from '../../../records/effect/moved.ts';
import type { Pair } from '../../../records/effect/scope.ts';
import type { Act } from '../../perform.ts';

/** People whose rights are read in one statement. */
const BATCH = 1_000;
const TRIES = 3;

export interface Trial {
  /** Everyone whom the change would be told to, as they are and as they would be. */
  pairs: Pair[];
  /** Rules that would be there, and with which no record is marked yet. */
  unmarked: Unmarked[];
  /** Whether a rule is being filled: then more is seen shortly, whatever is changed. */
  filling: boolean;
}

/**
 * Makes a change of policy and takes it back: what would be refused is refused with the very words of the change, and
 * who is concerned, and how, is said by what is there then. Nothing else is done meanwhile, as other changes of policy
 * wait for it.
 * @throws ApiError as the change
 */
export async function tryOut(
  act: Act,
  change: (act: Act) => Promise<unknown>,
  touches: Touches = { kind: 'all' },
): Promise<Trial> {
  act.isTrial = true;
  for (let round = 1; ; round += 1) {
    const start = await headOf(act);
    const known = await criteriaOf(act);
    const { users, afterwards, unmarked, filling } = await takenBack(act, async (part) => {
      await change(part);
      const users = await toldSince(part, start);
      await asOnceFilled(part, known);
      return {
        users,
        afterwards: await afterwardsOf(part, users, touches),
        ...(await unmarkedOf(part, known)),
      };
    });
    const before = await actorsOf(act, users);
    // Somebody else's change in between would be taken for a part of this one.
    if ((await headOf(act)) !== start && round < TRIES) continue;
    const pairs = users.map((user) => ({
      user,
      before: before.get(user) ?? null,
      after: afterwards(user, before.get(user) ?? null),
    }));
    return { pairs, unmarked, filling };
  }
}

/** Where companies would be placed after a change of the rules that place them. */
export interface Placing {
  rules: TerritoryRule[];
  /** What marks companies by rights now. */
  markings: Marking[];
  filling: boolean;
}

/** The same for a change that makes nobody's rights other ones. @throws ApiError as the change */
export async function tryPlacing(act: Act, change: (act: Act) => Promise<unknown>): Promise<Placing> {
  act.isTrial = true;
  const company = act.app.registry.get('company');
  const rules = await takenBack(act, async (part) => {
    await change(part);
    return territoryRules(part.tx, company);
  });
  // Of none it is known that its records are marked: so it is all of them.
  const { unmarked } = await unmarkedOf(act, new Map());
  const known = await criteriaOf(act);
  return {
    rules,
    markings: unmarked.filter(({ object }) => object.name === company.name),
    filling: [...known.values()].includes(false),
  };
}

/** What of people's rights a change can touch: the less it is, the shorter others wait for the trial. */
export type Touches = { kind: 'all' } | { kind: 'rules' } | { kind: 'role'; id: string };

/** What becomes of somebody's rights, of whom we know them before. */
type Afterwards = (user: string, before: Actor | null) => Actor | null;

async function afterwardsOf(act: Act, users: readonly string[], touches: Touches): Promise<Afterwards> {
  if (touches.kind === 'role') return withRole(await roleIn(act, touches.id));
  if (touches.kind === 'rules') {
    const opened = await inBatches(users, (some) => loadOpened(act.tx, some));
    return (user, before) => before && { ...before, sets: { ...before.sets, ...opened.get(user) } };
  }
  const after = await actorsOf(act, users);
  return (user) => after.get(user) ?? null;
}

async function roleIn({ tx }: Act, id: string): Promise<Role> {
  const [row] = await tx<object[]>`
    select name, purpose, grants, fields, system, hands_out from role where id = ${id}
  `;
  return { id, ...roleSchema.parse(row) };
}

/** With this policy in place of what the role allowed; the same value for all who hold it alike. */
function withRole(role: Role): Afterwards {
  const known = new Map<Role, Role>();
  const next = (held: Role): Role => {
    if (held.id !== role.id) return held;
    const { within } = held;
    const one = known.get(held) ?? { ...role, ...(within === undefined ? {} : { within }) };
    known.set(held, one);
    return one;
  };
  return (_user, before) => before && { ...before, roles: before.roles.map(next) };
}

/** Does something, and leaves nothing of it. */
export async function takenBack<T>(act: Act, work: (act: Act) => Promise<T>): Promise<T> {
  try {
    return await act.attempt(async (part): Promise<never> => {
      throw new Enough(await work(part));
    });
  } catch (error) {
    // Thrown just above, around what `work` returned.
    if (error instanceof Enough) return error.result as T;
    throw error;
  }
}

class Enough extends Error {
  constructor(readonly result: unknown) {
    super('taken back');
  }
}

async function headOf({ tx }: Act): Promise<number> {
  const [row] = await tx<{ seq: number }[]>`select seq from access_head`;
  return row?.seq ?? 0;
}

/** Whom the nodes would be told to read anew. */
async function toldSince({ tx }: Act, seq: number): Promise<string[]> {
  const rows = await tx<{ id: string }[]>`
    select distinct u.id from access_log l join user_account u on l.users is null or u.id = any (l.users)
    where l.seq > ${seq} order by u.id
  `;
  return rows.map(({ id }) => id);
}

const actorsOf = ({ tx }: Act, users: readonly string[]): Promise<Map<string, Actor>> =>
  inBatches(users, (some) => loadActors(tx, some));

async function inBatches<T>(
  users: readonly string[],
  load: (some: readonly string[]) => Promise<Map<string, T>>,
): Promise<Map<string, T>> {
  const all = new Map<string, T>();
  for (let from = 0; from < users.length; from += BATCH)
    for (const [id, one] of await load(users.slice(from, from + BATCH))) all.set(id, one);
  return all;
}

/** A restriction with other criteria hides by the former ones, too, until the new ones are filled: not for long. */
async function asOnceFilled({ tx }: Act, known: ReadonlyMap<string, boolean>): Promise<void> {
  await tx`update restriction set former_ids = '{}' where criteria_id <> all (${[...known.keys()]}::uuid[])`;
}

/** Rules and restrictions by their criteria, and whether all their records are marked. */
async function criteriaOf({ tx }: Act): Promise<Map<string, boolean>> {
  const rows = await tx<{ id: string; filled: boolean }[]>`
    select id, filled_at is not null as filled from criteria where ${isLookedFor(tx)}
  `;
  return new Map(rows.map(({ id, filled }) => [id, filled]));
}

/** What an inactive rule looks for is brought to no record. */
const isLookedFor = (tx: Tx): Fragment => tx`
  retired_at is null and (
    exists (select from sharing_rule r where r.criteria_id = criteria.id and r.active)
    or exists (select from restriction r where r.criteria_id = criteria.id and r.active)
  )
`;

async function unmarkedOf({ tx, app }: Act, known: ReadonlyMap<string, boolean>) {
  const rows = await tx<{ id: string; object: string; filter: unknown }[]>`
    select id, object, filter from criteria where ${isLookedFor(tx)}
  `;
  const open = rows.filter(({ id }) => known.get(id) !== true);
  const unmarked = open.flatMap(({ id, object: name, filter }): Unmarked[] => {
    const object = app.registry.find(name);
    const parsed = object && filterOf(() => parseFilter(object, filter));
    return object && parsed ? [{ id, object, filter: parsed }] : [];
  });
  return { unmarked, filling: open.some(({ id }) => known.has(id)) };
}

/** Criteria on a field that is gone are fulfilled by nothing. */
function filterOf(read: () => Filter): Filter | null {
  try {
    return read();
  } catch {
    return null;
  }
}
