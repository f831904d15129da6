import { roleSchema, type RolePolicy } from '../../../shared/access/index.ts';
import { ACTIONS, OWN_ACTIONS, type Registry } from '../../../shared/objects/index.ts';
import { invalid } from '../../../shared/protocol/index.ts';
import { holdPolicy, logAccess } from '../../access/accessLog.ts';
import { administrators } from '../../access/administrators.ts';
import { audit } from '../../identity/audit.ts';
import type { Act } from '../perform.ts';

/** A row of `role`: the policy, and what is around it. */
export interface RoleRow extends RolePolicy {
  id: string;
  version: number;
  built_in: string | null;
}

/**
 * The frame of a change of roles or assignments: who may (manage roles, or as is said), one at a time, and in the end there is an
 * administrator still, the trail has it, and the nodes are told whose rights to read anew. Where changes wait for
 * somebody else's yes it is made only with that; what would be refused anyway is refused first.
 * @throws ApiError `not_allowed`, `invalid` (it would take the last administrator away), `conflicting_duties`,
 * `approval_required`
 */
export async function changePolicy<T>(
  act: Act,
  work: () => Promise<PolicyChange & { result: T }>,
  {
    may = () => act.mustHold('manage_roles'),
    waits = true,
  }: { may?: () => Promise<void>; waits?: boolean } = {},
): Promise<T> {
  const { tx, ctx } = act;
  await holdPolicy(tx);
  await may();
  const isAsked = waits && (await act.awaitsApproval());
  const before = await administrators(tx);
  const { result, users, field, ...entry } = await work();
  const after = await administrators(tx);
  if (before.length > 0 && after.length === 0)
    throw invalid({ [field]: 'It would leave nobody who may manage people and roles' });
  await audit(tx, { ...act.by, ...entry });
  if (users === null || users.length > 0)
    await logAccess(tx, { users, cause: entry.action, actorId: ctx.actorId });
  if (isAsked) act.waitForApproval();
  act.pokes.add('access');
  return result;
}

export interface PolicyChange extends Pick<
  Parameters<typeof audit>[1],
  'action' | 'object' | 'targetId' | 'before' | 'after'
> {
  /** Whose rights have changed; null: everyone's. */
  users: readonly string[] | null;
  /** The field to blame where it must not be. */
  field: string;
}

/**
 * A policy whose names are all known, with the same thing always said in the same way.
 * @throws ApiError `invalid`, per path (`grants.deal`, `fields.deal.amount`)
 */
export function checkedPolicy(registry: Registry, policy: RolePolicy): RolePolicy {
  const parsed = roleSchema.safeParse(policy);
  if (!parsed.success) {
    throw invalid(
      Object.fromEntries(parsed.error.issues.map(({ path, message }) => [path.join('.'), message])),
    );
  }
  const wrong: Record<string, string> = {};
  const { grants, fields, system, ...rest } = parsed.data;
  for (const [name, grant] of Object.entries(grants)) {
    const object = registry.find(name);
    if (!object) wrong[`grants.${name}`] = 'No such object';
    else if (object.grantedBy)
      wrong[`grants.${name}`] = `Granted by the actions of its ${object.grantedBy.object}`;
    if (name === 'notification')
      wrong['grants.notification'] = 'Everyone has their own, and nobody another’s';
    for (const action of object ? OWN_ACTIONS : []) {
      if (action in grant && !object?.actions.includes(action))
        wrong[`grants.${name}.${action}`] = 'No such action';
    }
  }
  for (const [name, rights] of Object.entries(fields)) {
    const object = registry.find(name);
    if (!object) wrong[`fields.${name}`] = 'No such object';
    for (const field of object ? Object.keys(rights) : []) {
      if (!Object.hasOwn(object!.fields, field)) wrong[`fields.${name}.${field}`] = 'No such field';
    }
  }
  if (Object.keys(wrong).length > 0) throw invalid(wrong);
  const tidy = Object.entries(grants).map(([name, grant]) => [
    name,
    Object.fromEntries(
      ACTIONS.filter((action) => grant[action] !== undefined).map((action) => {
        const reach = grant[action];
        return [action, Array.isArray(reach) ? [...new Set(reach)] : reach];
      }),
    ),
  ]);
  return {
    ...rest,
    grants: Object.fromEntries(tidy),
    fields,
    system: [...new Set(system)],
    conflicts: [...new Set(rest.conflicts)],
  };
}

/** The part that decides, whole: whatever it does not say (older lines of the trail do not) is empty. */
export const policyOf = (policy: RolePolicy): Required<RolePolicy> => {
  const { name, purpose, grants, fields, system, hands_out = [], conflicts = [] } = policy;
  return { name, purpose, grants, fields, system, hands_out, conflicts };
};

/** Everyone who holds a role now or will, in the order of their ids. */
export async function membersOf({ tx }: Act, roleId: string): Promise<string[]> {
  const rows = await tx<{ user_id: string }[]>`
    select distinct user_id from held_role
    where role_id = ${roleId} and (ends_at is null or ends_at > now()) order by user_id
  `;
  return rows.map((row) => row.user_id);
}

/** @throws ApiError `invalid` */
export async function mustBeFreeName({ tx }: Act, name: string, roleId: string): Promise<void> {
  const [taken] = await tx`select 1 from role where lower(name) = lower(${name}) and id <> ${roleId}`;
  if (taken) throw invalid({ name: 'There is a role of this name' });
}

/** Duties conflict with those of other roles, which are there. @throws ApiError `invalid` */
export async function mustBeOtherRoles(
  { tx }: Act,
  { conflicts = [] }: RolePolicy,
  roleId: string,
): Promise<void> {
  if (conflicts.includes(roleId)) throw invalid({ conflicts: 'A role cannot conflict with itself' });
  const known = await tx`select 1 from role where id = any (${conflicts}::uuid[])`;
  if (known.length < conflicts.length) throw invalid({ conflicts: 'No such role' });
}
