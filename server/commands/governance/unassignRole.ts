import { newId } from '../../../shared/lib/ids.ts';
import { notFound } from '../../../shared/protocol/index.ts';
import type { App, Caller } from '../../lib/app.ts';
import { once } from '../idempotency.ts';
import { perform } from '../perform.ts';
import { assignmentOf, holderIn, peopleOf } from './assignRole.ts';
import { mayAssign } from './mayAssign.ts';
import { changePolicy } from './policy.ts';

/**
 * Takes a role from a person or a team, at once: for whoever could have given it.
 * @throws ApiError `not_allowed`, `not_found` (they do not have it), `invalid` (the last administrator stays),
 * `idempotency_conflict`, `session_ended`
 */
export async function unassignRole(
  app: App,
  caller: Caller,
  request: { user?: string | undefined; team?: string | undefined; role: string; idempotencyKey?: string },
): Promise<void> {
  const { role, idempotencyKey: key } = request;
  const holder = holderIn(request);
  const target = holder.user ?? holder.team;
  const asked = {
    key,
    content: ['unassign', target, role],
    object: 'role_assignment',
    id: newId(),
    status: 200,
  };
  await perform(app, caller, (act) =>
    once(
      act,
      asked,
      () =>
        changePolicy(
          act,
          async () => {
            const before = await assignmentOf(act, holder, role);
            if (!before) throw notFound();
            await act.tx`delete from role_assignment where id = ${before.id}`;
            const object = holder.user === undefined ? 'team' : 'user';
            const trail = { action: 'role.unassign', object, targetId: target, before: { ...before } };
            return { result: undefined, users: await peopleOf(act, holder), field: 'role', ...trail };
          },
          {
            may: async () => {
              const known = await assignmentOf(act, holder, role);
              await mayAssign(act, holder, role, [known?.within ?? null]);
            },
          },
        ),
      async () => undefined,
    ),
  );
}
