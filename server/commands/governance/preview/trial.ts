import type { Actor } from '../../../../shared/access/index.ts';
import { parseFilter, type Filter } from '../../../../shared/protocol/index.ts';
import { loadActors } from '../../../access/loadActor.ts';
import type { Unmarked } from '../../../records/effect/groups.ts';
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
export async function tryOut(act: Act, change: (act: Act) => Promise<unknown>): Promise<Trial> {
  for (let round = 1; ; round += 1) {
    const start = await headOf(act);
    const known = await criteriaOf(act);
    const { users, after, unmarked, filling } = await takenBack(act, async (part) => {
      await change(part);
      const users = await toldSince(part, start);
      await asOnceFilled(part, known);
      return { users, after: await actorsOf(part, users), ...(await unmarkedOf(part, known)) };
    });
    const before = await actorsOf(act, users);
    // Somebody else's change in between would be taken for a part of this one.
    if ((await headOf(act)) !== start && round < TRIES) continue;
    const pairs = users.map((user) => ({
      user,
      before: before.get(user) ?? null,
      after: after.get(user) ?? null,
    }));
    return { pairs, unmarked, filling };
  }
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

async function actorsOf({ tx }: Act, users: readonly string[]): Promise<Map<string, Actor>> {
  const all = new Map<string, Actor>();
  for (let from = 0; from < users.length; from += BATCH)
    for (const [id, actor] of await loadActors(tx, users.slice(from, from + BATCH))) all.set(id, actor);
  return all;
}

/** A restriction with other criteria hides by the former ones, too, until the new ones are filled: not for long. */
async function asOnceFilled({ tx }: Act, known: ReadonlyMap<string, boolean>): Promise<void> {
  await tx`update restriction set former_ids = '{}' where criteria_id <> all (${[...known.keys()]}::uuid[])`;
}

/** Rules and restrictions by their criteria, and whether all their records are marked. */
async function criteriaOf({ tx }: Act): Promise<Map<string, boolean>> {
  const rows = await tx<{ id: string; filled: boolean }[]>`
    select id, filled_at is not null as filled from criteria where retired_at is null
  `;
  return new Map(rows.map(({ id, filled }) => [id, filled]));
}

async function unmarkedOf({ tx, app }: Act, known: ReadonlyMap<string, boolean>) {
  const rows = await tx<{ id: string; object: string; filter: unknown }[]>`
    select id, object, filter from criteria where retired_at is null
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
