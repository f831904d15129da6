import { invalid, type PolicySetting } from '../../../../shared/protocol/index.ts';
import { approvalsHold, approvers } from '../../../access/approvals.ts';
import type { App, Caller } from '../../../lib/app.ts';
import { perform, type Act } from '../../perform.ts';
import { changePolicy } from '../policy.ts';

/**
 * Says whether changes of policy wait for somebody else's approval. To switch it off is such a change.
 * @throws ApiError `not_allowed`, `invalid` (nobody else could approve), `approval_required`, `session_ended`
 */
export const setApprovals = (
  app: App,
  caller: Caller,
  { approvals }: PolicySetting,
): Promise<PolicySetting> => perform(app, caller, (act) => putApprovals(act, approvals));

/** The same within work that is under way. @throws ApiError as above */
export const putApprovals = (act: Act, approvals: boolean): Promise<PolicySetting> =>
  changePolicy(act, async () => {
    const { tx, caller } = act;
    const before = await approvalsHold(tx);
    const others = (await approvers(tx)).filter((id) => id !== caller.actor.userId);
    if (approvals && others.length === 0)
      throw invalid({ approvals: 'Nobody else may approve: give somebody that permission first' });
    await tx`update policy_setting set approvals = ${approvals}, updated_at = now()`;
    return {
      result: { approvals },
      users: [],
      field: 'approvals',
      action: 'role.approvals',
      object: 'setting',
      before: { approvals: before },
      after: { approvals },
    };
  });
