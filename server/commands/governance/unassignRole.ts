import { newId } from '../../../shared/lib/ids.ts';
import { notFound } from '../../../shared/protocol/index.ts';
import type { App, Caller } from '../../lib/app.ts';
import { once } from '../idempotency.ts';
import { perform, type Act } from '../perform.ts';
import { assignmentOf } from './assignRole.ts';
import { changePolicy } from './policy.ts';

/**
 * Takes a role from a person, at once.
 * @throws ApiError `not_allowed`, `not_found` (they do not have it), `invalid` (the last administrator stays),
 * `idempotency_conflict`, `session_ended`
 */
export async function unassignRole(
  app: App,
  caller: Caller,
  request: { user: string; role: string; idempotencyKey?: string },
): Promise<void> {
  const { user, role, idempotencyKey: key } = request;
  const asked = {
    key,
    content: ['unassign', user, role],
    object: 'role_assignment',
    id: newId(),
    status: 200,
  };
  await perform(app, caller, (act) =>
    once(
      act,
      asked,
      () => takeRole(act, { user, role }),
      async () => undefined,
    ),
  );
}

/** The same within work that is under way. @throws ApiError `not_allowed`, `not_found`, `invalid` */
export const takeRole = (act: Act, { user, role }: { user: string; role: string }): Promise<void> =>
  changePolicy(act, async () => {
    const before = await assignmentOf(act, user, role);
    if (!before) throw notFound();
    await act.tx`delete from role_assignment where id = ${before.id}`;
    const trail = { action: 'role.unassign', object: 'user', targetId: user, before: { ...before } };
    return { result: undefined, users: [user], field: 'role', ...trail };
  });
