import { newId } from '../../../../shared/lib/ids.ts';
import { invalid, type PolicyChange } from '../../../../shared/protocol/index.ts';
import { roleSchema, type RolePolicy } from '../../../../shared/access/index.ts';
import type { Act } from '../../perform.ts';
import { giveRole } from '../assignRole.ts';
import { openedObject, putBaseline } from '../setBaseline.ts';
import { addRole } from '../createRole.ts';
import { putIntoTeams } from '../people/setTeams.ts';
import { restrictionAnswer, sharingRuleAnswer } from '../rules/answers.ts';
import { addRestriction } from '../rules/createRestriction.ts';
import { addSharingRule } from '../rules/createSharingRule.ts';
import { alterRestriction, dropRestriction } from '../rules/updateRestriction.ts';
import { alterSharingRule, dropSharingRule } from '../rules/updateSharingRule.ts';
import { putRule } from '../territories/setRule.ts';
import { takeRole } from '../unassignRole.ts';
import { undo } from '../undo/undoChange.ts';
import { changeRole } from '../updateRole.ts';
import { alterRecord } from '../../records/alterRecord.ts';
import { idFrom, parseValues } from '../../records/request.ts';
import { takenBack, type Touches } from './trial.ts';

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
      return takeRole(act, { user: change.user, team: change.team, role: change.role });
    case 'person':
      return alter(act, 'user', change.id, change.values);
    case 'territory':
      return change.id === undefined ? undefined : alter(act, 'territory', change.id, change.values);
    case 'team':
      return alter(act, 'team', change.id, change.values);
    case 'further_teams':
      return putIntoTeams(act, idFrom(change.id), change.teams);
    case 'territory_rule':
      return putRule(act, idFrom(change.id), change.criteria);
    case 'sharing_rule':
      return makeRule(act, change);
    case 'restriction':
      return makeRestriction(act, change);
    case 'baseline':
      return putBaseline(act, openedObject(act.app.registry, change.object), change.baseline);
    case 'undo':
      return undo(act, change.id);
  }
}

/** What of people's rights such a change can touch. */
export function touches(change: PolicyChange): Touches {
  if (change.kind === 'role' && change.id !== undefined) return { kind: 'role', id: idFrom(change.id) };
  return { kind: change.kind === 'sharing_rule' || change.kind === 'restriction' ? 'rules' : 'all' };
}

/** As it would be refused with its own dates, but as it will be once it has begun. */
async function assign(act: Act, change: Extract<PolicyChange, { kind: 'assign' }>): Promise<unknown> {
  const { kind: _, ...giving } = change;
  await takenBack(act, (part) => giveRole(part, giving));
  return giveRole(act, { ...giving, starts_at: null, ends_at: null });
}

async function makeRule(act: Act, { id, rule }: Extract<PolicyChange, { kind: 'sharing_rule' }>) {
  if (id === undefined) return rule && addSharingRule(act, newId(), { ...rule, name: rule.name ?? newId() });
  if (rule === null) return dropSharingRule(act, id);
  const { version } = await sharingRuleAnswer(act, id);
  const { object: _, ...patch } = rule;
  return alterSharingRule(act, id, { ...patch, version });
}

async function makeRestriction(
  act: Act,
  { id, restriction }: Extract<PolicyChange, { kind: 'restriction' }>,
) {
  if (id === undefined)
    return restriction && addRestriction(act, newId(), { ...restriction, name: restriction.name ?? newId() });
  if (restriction === null) return dropRestriction(act, id);
  const { version } = await restrictionAnswer(act, id);
  const { object: _, ...patch } = restriction;
  return alterRestriction(act, id, { ...patch, version });
}

/** @throws ApiError `invalid` */
function whole(policy: Partial<RolePolicy>): RolePolicy {
  const parsed = roleSchema.safeParse(policy);
  if (parsed.success) return parsed.data;
  throw invalid(
    Object.fromEntries(parsed.error.issues.map(({ path, message }) => [path.join('.'), message])),
  );
}

function alter(act: Act, name: string, id: string, values: Readonly<Record<string, unknown>>) {
  const object = act.app.registry.get(name);
  return alterRecord(act, object, idFrom(id), parseValues(object, values));
}
