import { newId } from '../../../shared/lib/ids.ts';
import { notFound } from '../../../shared/protocol/index.ts';
import type { App, Caller } from '../../lib/app.ts';
import { once } from '../idempotency.ts';
import { perform, type Act } from '../perform.ts';
import { assignmentOf, holderIn, peopleOf, type Giving } from './assignRole.ts';
import { mayAssign } from './mayAssign.ts';
import { changePolicy } from './policy.ts';

export type Taking = Pick<Giving, 'user' | 'team' | 'role'>;

/**
 * Takes a role from a person or a team, at once: for whoever could have given it.
 * @throws ApiError `not_allowed`, `not_found` (they do not have it), `invalid` (the last administrator stays),
 * `idempotency_conflict`, `session_ended`
 */
export async function unassignRole(
  app: App,
  caller: Caller,
  { idempotencyKey: key, ...taking }: Taking & { idempotencyKey?: string },
): Promise<void> {
  const { user, team } = holderIn(taking);
  const asked = {
    key,
    content: ['unassign', user ?? team, taking.role],
    object: 'role_assignment',
    id: newId(),
    status: 200,
  };
  await perform(app, caller, (act) =>
    once(
      act,
      asked,
      () => takeRole(act, taking),
      async () => undefined,
    ),
  );
}

/** The same within work that is under way. @throws ApiError `not_allowed`, `not_found`, `invalid` */
export function takeRole(act: Act, taking: Taking): Promise<void> {
  const holder = holderIn(taking);
  const { user, team } = holder;
  const { role } = taking;
  return changePolicy(
    act,
    async () => {
      const before = await assignmentOf(act, holder, role);
      if (!before) throw notFound();
      await act.tx`delete from role_assignment where id = ${before.id}`;
      const target = { object: user === undefined ? 'team' : 'user', targetId: user ?? team };
      const trail = { action: 'role.unassign', ...target, before: { ...before } };
      return { result: undefined, users: await peopleOf(act, holder), field: 'role', ...trail };
    },
    {
      may: async () => {
        const known = await assignmentOf(act, holder, role);
        await mayAssign(act, holder, role, [known?.within ?? null]);
      },
    },
  );
}
