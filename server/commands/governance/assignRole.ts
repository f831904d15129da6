import { newId } from '../../../shared/lib/ids.ts';
import { must } from '../../../shared/lib/must.ts';
import { invalid, notForOneself, notFound, type AssignmentAnswer } from '../../../shared/protocol/index.ts';
import type { App, Caller } from '../../lib/app.ts';
import { once } from '../idempotency.ts';
import { perform, type Act } from '../perform.ts';
import { mayAssign } from './mayAssign.ts';
import { changePolicy, type PolicyChange } from './policy.ts';

/** Who holds a role: a person, or everyone in a team. */
export type Holder = { user: string; team?: undefined } | { team: string; user?: undefined };

export interface Giving {
  user?: string | undefined;
  team?: string | undefined;
  role: string;
  /** Its system permissions reach that team and those below only; null or absent: everyone. */
  within?: string | null | undefined;
  /** ISO; null or absent: from now on. */
  starts_at?: string | null | undefined;
  /** ISO, in the future; null or absent: without an end. */
  ends_at?: string | null | undefined;
}

export type AssignRequest = Giving & { idempotencyKey?: string };

/**
 * Gives a person or a team a role, or gives an assignment they have another limit or other dates. Nobody gives a role to
 * themselves, nor to a team of theirs. Whoever administers a part of the organisation gives the roles that they may hand
 * out to the people and teams there. Asked again with its key it changes nothing, and is answered with the assignment as
 * it is by now.
 * @throws ApiError `not_allowed`, `invalid`, `not_found` (asked again, and taken away meanwhile), `idempotency_conflict`,
 * `session_ended`
 */
export async function assignRole(
  app: App,
  caller: Caller,
  request: AssignRequest,
): Promise<AssignmentAnswer> {
  const { idempotencyKey: key, ...giving } = request;
  const { user = null, team = null, role, within = null, starts_at = null, ends_at = null } = giving;
  const content = ['assign', user ?? team, role, within, starts_at, ends_at];
  const asked = { key, content, object: 'role_assignment', id: newId(), status: 201 };
  return perform(app, caller, (act) =>
    once(
      act,
      asked,
      () => giveRole(act, giving),
      async () => {
        const known = await assignmentOf(act, holderIn(giving), role);
        await mayAssign(act, holderIn(giving), role, [within, known?.within ?? null]);
        if (!known) throw notFound();
        return known;
      },
    ),
  );
}

/** The same within work that is under way. @throws ApiError `not_allowed`, `invalid` */
export const giveRole = (act: Act, giving: Giving): Promise<AssignmentAnswer> => {
  const holder = holderIn(giving);
  return changePolicy(act, () => assign(act, holder, giving), {
    may: async () => {
      const known = await assignmentOf(act, holder, giving.role);
      await mayAssign(act, holder, giving.role, [giving.within ?? null, ...(known ? [known.within] : [])]);
    },
  });
};

async function assign(
  act: Act,
  holder: Holder,
  { role, within = null, starts_at = null, ends_at = null }: Giving,
): Promise<PolicyChange & { result: AssignmentAnswer }> {
  const { user, team } = holder;
  if (user === act.caller.actor.userId) throw notForOneself('Someone else has to give you roles');
  const people = await peopleOf(act, holder);
  if (people.includes(act.caller.actor.userId))
    throw notForOneself('You are in this team: someone else has to give it roles');
  await mustExist(act, holder, role, within);
  const before = await assignmentOf(act, holder, role);
  const id = before?.id ?? newId();
  await act.tx`
    insert into role_assignment (id, user_id, team_id, role_id, within_id, starts_at, ends_at)
    values (${id}, ${user ?? null}, ${team ?? null}, ${role}, ${within}, coalesce(${starts_at}::timestamptz, now()), ${ends_at})
    on conflict (id) do update set
      within_id = excluded.within_id,
      starts_at = coalesce(${starts_at}::timestamptz, least(role_assignment.starts_at, now())),
      ends_at = excluded.ends_at
  `;
  const result = must(await assignmentOf(act, holder, role), 'the assignment');
  await mustEndLater(act, result);
  const trail = { ...(before ? { before: { ...before } } : {}), after: { ...result } };
  return {
    result,
    users: people,
    field: within === null ? 'ends_at' : 'within',
    action: 'role.assign',
    object: user === undefined ? 'team' : 'user',
    targetId: user ?? team ?? null,
    ...trail,
  };
}

/** @throws ApiError `invalid`: it is given to nobody, or to two at once */
export function holderIn({ user, team }: Pick<Giving, 'user' | 'team'>): Holder {
  if (user !== undefined && team !== undefined) throw invalid({ team: 'Either a person or a team' });
  if (team !== undefined) return { team };
  if (user === undefined) throw invalid({ user: 'Say who gets it: a person or a team' });
  return { user };
}

export async function assignmentOf(
  { tx }: Act,
  { user, team }: Holder,
  role: string,
): Promise<AssignmentAnswer | undefined> {
  const [row] = await tx<AssignmentAnswer[]>`
    select id, user_id as user, team_id as team, role_id as role, within_id as within, starts_at, ends_at
    from role_assignment
    where role_id = ${role} and (user_id = ${user ?? null} or team_id = ${team ?? null})
  `;
  return row;
}

/** Everyone who holds what that holder is given. */
export async function peopleOf({ tx }: Act, { user, team }: Holder): Promise<string[]> {
  if (team === undefined) return [user];
  const rows = await tx<{ id: string }[]>`select user_id as id from team_person where team_id = ${team}`;
  return rows.map(({ id }) => id);
}

async function mustExist(
  { tx }: Act,
  { user, team }: Holder,
  role: string,
  within: string | null,
): Promise<void> {
  const isThere = async (table: 'user_account' | 'team', id: string): Promise<boolean> => {
    const active = table === 'team' ? tx`true` : tx`active`;
    const [row] = await tx`select 1 from ${tx(table)} where id = ${id} and deleted_at is null and ${active}`;
    return row !== undefined;
  };
  if (user !== undefined && !(await isThere('user_account', user))) throw invalid({ user: 'No such person' });
  if (team !== undefined && !(await isThere('team', team))) throw invalid({ team: 'No such team' });
  if (within !== null && !(await isThere('team', within))) throw invalid({ within: 'No such team' });
  const [known] = await tx`select 1 from role where id = ${role}`;
  if (!known) throw invalid({ role: 'No such role' });
}

/** On database time, as it holds. */
async function mustEndLater({ tx }: Act, { starts_at, ends_at }: AssignmentAnswer): Promise<void> {
  if (ends_at === null) return;
  if (ends_at <= starts_at) throw invalid({ ends_at: 'Must be after the start' });
  const [row] = await tx<{ over: boolean }[]>`select ${ends_at}::timestamptz <= now() as over`;
  if (row?.over) throw invalid({ ends_at: 'Must be in the future' });
}
