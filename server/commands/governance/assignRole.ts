import { newId } from '../../../shared/lib/ids.ts';
import { must } from '../../../shared/lib/must.ts';
import { invalid, notForOneself, notFound } from '../../../shared/protocol/index.ts';
import type { App, Caller } from '../../lib/app.ts';
import { once } from '../idempotency.ts';
import { perform, type Act } from '../perform.ts';
import { changePolicy, type PolicyChange } from './policy.ts';

export interface AssignRequest {
  user: string;
  role: string;
  /** ISO; null or absent: from now on. */
  starts_at?: string | null;
  /** ISO; null or absent: without an end. */
  ends_at?: string | null;
  idempotencyKey?: string;
}

export interface Assignment {
  id: string;
  user: string;
  role: string;
  starts_at: string;
  ends_at: string | null;
}

/**
 * Gives a person a role, or gives an assignment they have other dates. Nobody gives a role to themselves. Asked again
 * with its key it changes nothing, and is answered with the assignment as it is by now.
 * @throws ApiError `not_allowed`, `invalid`, `not_found` (asked again, and taken away meanwhile), `idempotency_conflict`,
 * `session_ended`
 */
export async function assignRole(app: App, caller: Caller, request: AssignRequest): Promise<Assignment> {
  const { user, role, starts_at = null, ends_at = null, idempotencyKey: key } = request;
  const content = ['assign', user, role, starts_at, ends_at];
  const asked = { key, content, object: 'role_assignment', id: newId(), status: 201 };
  return perform(app, caller, (act) =>
    once(
      act,
      asked,
      () => giveRole(act, { user, role, starts_at, ends_at }),
      async () => {
        await act.mustHold('manage_roles');
        const known = await assignmentOf(act, user, role);
        if (!known) throw notFound();
        return known;
      },
    ),
  );
}

/** The same within work that is under way. @throws ApiError `not_allowed`, `invalid` */
export const giveRole = (act: Act, request: Omit<AssignRequest, 'idempotencyKey'>): Promise<Assignment> =>
  changePolicy(act, () => assign(act, request));

async function assign(
  act: Act,
  { user, role, starts_at = null, ends_at = null }: Omit<AssignRequest, 'idempotencyKey'>,
): Promise<PolicyChange & { result: Assignment }> {
  if (user === act.caller.actor.userId) throw notForOneself('Someone else has to give you roles');
  await mustExist(act, user, role);
  const before = await assignmentOf(act, user, role);
  const [row] = await act.tx<Assignment[]>`
    insert into role_assignment (id, user_id, role_id, starts_at, ends_at)
    values (${newId()}, ${user}, ${role}, coalesce(${starts_at}::timestamptz, now()), ${ends_at})
    on conflict (user_id, role_id) do update set
      starts_at = coalesce(${starts_at}::timestamptz, least(role_assignment.starts_at, now())),
      ends_at = excluded.ends_at
    returning id, user_id as user, role_id as role, starts_at, ends_at
  `;
  const result = must(row, 'the assignment');
  if (result.ends_at !== null && result.ends_at <= result.starts_at)
    throw invalid({ ends_at: 'Must be after the start' });
  const trail = { ...(before ? { before: { ...before } } : {}), after: { ...result } };
  return {
    result,
    users: [user],
    field: 'ends_at',
    action: 'role.assign',
    object: 'user',
    targetId: user,
    ...trail,
  };
}

export async function assignmentOf({ tx }: Act, user: string, role: string): Promise<Assignment | undefined> {
  const [row] = await tx<Assignment[]>`
    select id, user_id as user, role_id as role, starts_at, ends_at from role_assignment
    where user_id = ${user} and role_id = ${role}
  `;
  return row;
}

async function mustExist({ tx }: Act, user: string, role: string): Promise<void> {
  const [person] = await tx`select 1 from user_account where id = ${user} and active and deleted_at is null`;
  const [known] = await tx`select 1 from role where id = ${role}`;
  if (!person) throw invalid({ user: 'No such person' });
  if (!known) throw invalid({ role: 'No such role' });
}
