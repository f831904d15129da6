import type { RolePolicy } from '../../../shared/access/index.ts';
import { newId } from '../../../shared/lib/ids.ts';
import type { RoleAnswer } from '../../../shared/protocol/index.ts';
import type { App, Caller } from '../../lib/app.ts';
import { once } from '../idempotency.ts';
import { perform, type Act } from '../perform.ts';
import { changePolicy, checkedPolicy, mustBeFreeName, mustBeOtherRoles, policyOf } from './policy.ts';
import { roleAnswer } from './updateRole.ts';

/**
 * Adds a role, which nobody holds yet.
 * @throws ApiError `not_allowed`, `invalid`, `idempotency_conflict`, `session_ended`
 */
export async function createRole(
  app: App,
  caller: Caller,
  request: { policy: RolePolicy; idempotencyKey?: string },
): Promise<RoleAnswer> {
  const id = newId();
  const asked = {
    key: request.idempotencyKey,
    content: ['create', request.policy],
    object: 'role',
    id,
    status: 201,
  };
  return perform(app, caller, (act) =>
    once(
      act,
      asked,
      () => addRole(act, id, request.policy),
      (known) => roleAnswer(act, known),
    ),
  );
}

/** The same within work that is under way. @throws ApiError `not_allowed`, `invalid` */
export const addRole = (act: Act, id: string, policy: RolePolicy): Promise<RoleAnswer> =>
  changePolicy(act, async () => {
    const { tx, app } = act;
    const after = policyOf(checkedPolicy(app.registry, policy));
    const { name, purpose, grants, fields, system, hands_out, conflicts } = after;
    await mustBeFreeName(act, name, id);
    await mustBeOtherRoles(act, after, id);
    await tx`
      insert into role (id, name, purpose, grants, fields, system, hands_out, conflicts)
      values (${id}, ${name}, ${purpose}, ${tx.json(grants)}, ${tx.json(fields)}, ${tx.json(system)},
        ${tx.json(hands_out)}, ${tx.json(conflicts)})
    `;
    const result = await roleAnswer(act, id);
    return {
      result,
      users: [],
      field: 'system',
      action: 'role.create',
      object: 'role',
      targetId: id,
      after,
    };
  });
