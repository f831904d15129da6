import type { JSONValue } from 'postgres';
import { newId } from '../../../../shared/lib/ids.ts';
import {
  alreadyDone,
  PROPOSAL_LIMITS,
  type PolicyChange,
  type PreviewAnswer,
} from '../../../../shared/protocol/index.ts';
import { approvers } from '../../../access/approvals.ts';
import { toJson } from '../../../db/json.ts';
import { audit } from '../../../identity/audit.ts';
import type { App, Caller } from '../../../lib/app.ts';
import { insertRecords } from '../../../records/write.ts';
import { once } from '../../idempotency.ts';
import { perform, type Act } from '../../perform.ts';
import { make } from '../preview/make.ts';
import { previewChange } from '../preview/previewChange.ts';
import { takenBack } from '../preview/trial.ts';
import { lineOf, type Line } from './lines.ts';

/** As many approvers are told of one; the others find it in their list. */
const TOLD = 20;

export interface Proposed {
  id: string;
  status: 'open';
}

/**
 * Has a change of policy wait for somebody else's yes, with a reason and with what it would come to. What would be refused
 * if it were made is refused.
 * @throws ApiError as the change itself, `already_done` (it needs nobody's approval, or too many of theirs wait),
 * `idempotency_conflict`, `session_ended`
 */
export async function proposeChange(
  app: App,
  counting: { sql?: App['sql'] },
  caller: Caller,
  { change, reason, idempotencyKey: key }: Proposal & { idempotencyKey?: string | undefined },
): Promise<Proposed> {
  const preview = await previewChange(app, counting, caller, change);
  const asked = {
    key,
    content: ['propose', change, reason],
    object: 'policy_proposal',
    id: newId(),
    status: 201,
  };
  return perform(app, caller, (act) =>
    once(
      act,
      asked,
      () => keep(act, asked.id, { change, reason, preview }),
      (id) => Promise.resolve({ id, status: 'open' }),
    ),
  );
}

interface Proposal {
  change: PolicyChange;
  reason: string;
}

async function keep(
  act: Act,
  id: string,
  { change, reason, preview }: Proposal & { preview: PreviewAnswer },
): Promise<Proposed> {
  const { tx, app, ctx, caller } = act;
  const line = await lineIfMade(act, change);
  const { userId } = caller.actor;
  await tx`
    insert into policy_proposal (id, proposer_id, change, reason, line, preview)
    values (${id}, ${userId}, ${toJson(tx, change)}, ${reason}, ${toJson(tx, line)}, ${toJson(tx, preview)})
  `;
  const [open] = await tx<{ many: number }[]>`
    select count(*)::int as many from policy_proposal where proposer_id = ${userId} and status = 'open'
  `;
  if ((open?.many ?? 0) > PROPOSAL_LIMITS.open)
    throw alreadyDone(`${PROPOSAL_LIMITS.open} changes of yours wait: let some be answered first`);
  await audit(tx, {
    ...act.by,
    action: 'proposal.create',
    object: line.object,
    targetId: line.target_id,
    // As it came in: JSON.
    after: { id, reason, change: change as unknown as JSONValue },
  });
  const others = (await approvers(tx)).filter((one) => one !== userId).slice(0, TOLD);
  const words = others.map((user) => ({ values: { user, kind: 'proposal_asked', author: userId } }));
  if (words.length > 0) await insertRecords(tx, app, ctx, app.registry.get('notification'), words);
  return { id, status: 'open' };
}

/** Makes it and takes it back. @throws ApiError `already_done` where nobody's approval is asked for */
async function lineIfMade(act: Act, change: PolicyChange): Promise<Line> {
  act.isTrial = true;
  const { line, waits } = await takenBack(act, async (part) => {
    await make(part, change);
    return { line: await lineOf(part), waits: part.needsApproval };
  });
  act.isTrial = false;
  if (!waits) throw alreadyDone('This needs nobody’s approval: make it');
  return line;
}
