import { newId } from '../../../../shared/lib/ids.ts';
import { invalid, type PolicyChange } from '../../../../shared/protocol/index.ts';
import { roleSchema, type RolePolicy } from '../../../../shared/access/index.ts';
import type { Act } from '../../perform.ts';
import { giveRole } from '../assignRole.ts';
import { openedObject, putBaseline } from '../setBaseline.ts';
import { addRole } from '../createRole.ts';
import { dropRole } from '../deleteRole.ts';
import { putApprovals } from '../approvals/setApprovals.ts';
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
 * Makes a change by the command that its own door calls, within work that is under way. `asBegun`: what would begin later
 * begins at once, so that one sees what it comes to.
 * @throws ApiError as that command
 */
export async function make(
  act: Act,
  change: PolicyChange,
  { asBegun = false }: { asBegun?: boolean } = {},
): Promise<unknown> {
  switch (change.kind) {
    case 'role':
      return makeRole(act, change);
    case 'assign':
      return assign(act, change, asBegun);
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
      return makeRule(act, change, asBegun);
    case 'restriction':
      return makeRestriction(act, change, asBegun);
    case 'baseline':
      return putBaseline(act, openedObject(act.app.registry, change.object), change.baseline);
    case 'approvals':
      return putApprovals(act, change.approvals);
    case 'undo':
      return undo(act, change.id);
  }
}

/** What of people's rights such a change can touch. */
export function touches(change: PolicyChange): Touches {
  if (change.kind === 'role' && change.id !== undefined && change.policy !== null)
    return { kind: 'role', id: idFrom(change.id) };
  return { kind: change.kind === 'sharing_rule' || change.kind === 'restriction' ? 'rules' : 'all' };
}

async function makeRole(act: Act, { id, policy }: Extract<PolicyChange, { kind: 'role' }>): Promise<unknown> {
  if (id === undefined) return policy && addRole(act, newId(), whole(policy));
  return policy === null ? dropRole(act, idFrom(id)) : changeRole(act, idFrom(id), policy);
}

/** As it would be refused with its own dates, but as it will be once it has begun. */
async function assign(
  act: Act,
  change: Extract<PolicyChange, { kind: 'assign' }>,
  asBegun: boolean,
): Promise<unknown> {
  const { kind: _, ...giving } = change;
  if (!asBegun) return giveRole(act, giving);
  await takenBack(act, (part) => giveRole(part, giving));
  return giveRole(act, { ...giving, starts_at: null, ends_at: null });
}

async function makeRule(
  act: Act,
  { id, rule }: Extract<PolicyChange, { kind: 'sharing_rule' }>,
  asBegun: boolean,
) {
  if (id === undefined) return rule && addSharingRule(act, newId(), { ...rule, name: nameOf(rule, asBegun) });
  if (rule === null) return dropSharingRule(act, id);
  const { version } = await sharingRuleAnswer(act, id);
  const { object: _, ...patch } = rule;
  return alterSharingRule(act, id, { ...patch, version });
}

async function makeRestriction(
  act: Act,
  { id, restriction }: Extract<PolicyChange, { kind: 'restriction' }>,
  asBegun: boolean,
) {
  if (id === undefined)
    return (
      restriction && addRestriction(act, newId(), { ...restriction, name: nameOf(restriction, asBegun) })
    );
  if (restriction === null) return dropRestriction(act, id);
  const { version } = await restrictionAnswer(act, id);
  const { object: _, ...patch } = restriction;
  return alterRestriction(act, id, { ...patch, version });
}

/** One may look at what it comes to before it has a name. @throws ApiError `invalid` */
function nameOf({ name }: { name?: string | undefined }, asBegun: boolean): string {
  if (name === undefined && !asBegun) throw invalid({ name: 'Required' });
  return name ?? newId();
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
