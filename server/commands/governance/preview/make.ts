import { newId } from '../../../../shared/lib/ids.ts';
import { invalid, type PolicyChange } from '../../../../shared/protocol/index.ts';
import { roleSchema, type RolePolicy } from '../../../../shared/access/index.ts';
import type { Act } from '../../perform.ts';
import { giveRole } from '../assignRole.ts';
import { addRole } from '../createRole.ts';
import { takeRole } from '../unassignRole.ts';
import { changeRole } from '../updateRole.ts';
import { alterRecord } from '../../records/alterRecord.ts';
import { idFrom, parseValues } from '../../records/request.ts';
import { takenBack } from './trial.ts';

/**
 * Makes a change by the command that its own door calls, within work that is under way.
 * @throws ApiError as that command
 */
export async function make(act: Act, change: PolicyChange): Promise<unknown> {
  switch (change.kind) {
    case 'role':
      return change.id === undefined
        ? addRole(act, newId(), whole(change.policy))
        : changeRole(act, idFrom(change.id), change.policy);
    case 'assign':
      return assign(act, change);
    case 'unassign':
      return takeRole(act, { user: someone(change.user), role: change.role });
    case 'person':
      return alter(act, 'user', change.id, change.values);
    case 'territory':
      return change.id === undefined ? undefined : alter(act, 'territory', change.id, change.values);
    default:
      throw invalid({ kind: 'Not looked at yet' });
  }
}

/** As it would be refused with its own dates, but as it will be once it has begun. */
async function assign(act: Act, change: Extract<PolicyChange, { kind: 'assign' }>): Promise<unknown> {
  const { role, starts_at = null, ends_at = null } = change;
  const user = someone(change.user);
  await takenBack(act, (part) => giveRole(part, { user, role, starts_at, ends_at }));
  return giveRole(act, { user, role });
}

/** @throws ApiError `invalid` */
function whole(policy: Partial<RolePolicy>): RolePolicy {
  const parsed = roleSchema.safeParse(policy);
  if (parsed.success) return parsed.data;
  throw invalid(
    Object.fromEntries(parsed.error.issues.map(({ path, message }) => [path.join('.'), message])),
  );
}

function someone(user: string | undefined): string {
  if (user === undefined) throw invalid({ user: 'Who?' });
  return user;
}

function alter(act: Act, name: string, id: string, values: Readonly<Record<string, unknown>>) {
  const object = act.app.registry.get(name);
  return alterRecord(act, object, idFrom(id), parseValues(object, values));
}
