import type { RolePolicy } from '../../../shared/access/index.ts';
import { notFound, notForOneself, versionConflict, type RoleAnswer } from '../../../shared/protocol/index.ts';
import { lookingAs } from '../../access/seeAs.ts';
import type { App, Caller } from '../../lib/app.ts';
import { once } from '../idempotency.ts';
import { perform, type Act } from '../perform.ts';
import { idFrom } from '../records/request.ts';
import {
  changePolicy,
  checkedPolicy,
  membersOf,
  mustBeFreeName,
  mustBeOtherRoles,
  policyOf,
  type RoleRow,
} from './policy.ts';

export interface UpdateRoleRequest {
  id: string;
  patch: Partial<RolePolicy>;
  /** The version it was meant for; a role is changed as a whole, so any other is a conflict. */
  version?: number;
  idempotencyKey?: string;
}

/**
 * Changes what a role allows, for all its holders at once. Nobody changes a role they hold themselves.
 * @throws ApiError `not_allowed`, `not_found`, `invalid`, `version_conflict`, `conflicting_duties` (somebody holds both of
 * two roles that nobody might hold together any more), `idempotency_conflict`, `session_ended`
 */
export async function updateRole(app: App, caller: Caller, request: UpdateRoleRequest): Promise<RoleAnswer> {
  const { patch, version } = request;
  const id = idFrom(request.id);
  const asked = {
    key: request.idempotencyKey,
    content: ['update', id, patch, version ?? null],
    object: 'role',
    id,
    status: 200,
  };
  return perform(app, caller, (act) =>
    once(
      act,
      asked,
      () => changeRole(act, id, patch, version),
      () => roleAnswer(act, id),
    ),
  );
}

/** The same within work that is under way. @throws ApiError `not_allowed`, `not_found`, `invalid`, `version_conflict` */
export function changeRole(
  act: Act,
  id: string,
  patch: Partial<RolePolicy>,
  version?: number,
): Promise<RoleAnswer> {
  const { tx, app, caller } = act;
  return changePolicy(act, async () => {
    const before = await roleAnswer(act, id, 'lock');
    if (before.members.includes(caller.actor.userId))
      throw notForOneself('You hold this role: someone else has to change it');
    if (version !== undefined && version !== before.version) throw versionConflict(before);
    const policy = policyOf(checkedPolicy(app.registry, { ...policyOf(before), ...patch }));
    await mustBeFreeName(act, policy.name, id);
    await mustBeOtherRoles(act, policy, id);
    await tx`
      update role set name = ${policy.name}, purpose = ${policy.purpose}, grants = ${tx.json(policy.grants)},
        fields = ${tx.json(policy.fields)}, system = ${tx.json(policy.system)},
        hands_out = ${tx.json(policy.hands_out)}, conflicts = ${tx.json(policy.conflicts)},
        version = version + 1, updated_at = now()
      where id = ${id}
    `;
    const after = await roleAnswer(act, id);
    const trail = { before: { ...policyOf(before) }, after: { ...policyOf(after) } };
    return {
      result: after,
      // Whoever looks as it is shown what it shows.
      users: [...before.members, ...(await lookingAs(tx, id))],
      field: 'system',
      action: 'role.update',
      object: 'role',
      targetId: id,
      ...trail,
    };
  });
}

/** The role as it is in this transaction. @throws ApiError `not_found` */
export async function roleAnswer(act: Act, id: string, lock?: 'lock'): Promise<RoleAnswer> {
  const { tx } = act;
  const [role] = await tx<RoleRow[]>`
    select id, version, name, purpose, grants, fields, system, hands_out, conflicts, built_in
    from role where id = ${id}
    ${lock ? tx`for no key update` : tx``}
  `;
  if (!role) throw notFound();
  return { ...role, built_in: role.built_in !== null, members: await membersOf(act, id) };
}
