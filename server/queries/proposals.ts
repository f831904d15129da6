import { holds, type Actor } from '../../shared/access/index.ts';
import {
  policyChangeSchema,
  PROPOSAL_LIMITS,
  type PolicySetting,
  type ProposalAnswer,
} from '../../shared/protocol/index.ts';
import { approvalsHold } from '../access/approvals.ts';
import { transaction } from '../db/transaction.ts';
import { tellTrail, type TrailEntry } from '../identity/policyTrail.ts';
import type { App } from '../lib/app.ts';

interface Row extends Omit<ProposalAnswer, 'what' | 'change'> {
  change: unknown;
  line: Pick<TrailEntry, 'action' | 'object' | 'target_id' | 'before' | 'after'>;
}

/**
 * Changes of policy that wait for somebody's yes, and those that were answered last: everyone's for those who may approve
 * or look after roles, else one's own.
 */
export const listProposals = ({ sql }: App, actor: Actor): Promise<ProposalAnswer[]> =>
  transaction(
    sql,
    async (tx) => {
      const all = holds(actor, 'approve_roles') || holds(actor, 'manage_roles');
      const rows = await tx<Row[]>`
        select id, proposer_id as by, reason, status, created_at, answered_at, answered_by, words, line, preview, change
        from policy_proposal
        where ${all ? tx`true` : tx`proposer_id = ${actor.userId}`}
        order by status = 'open' desc, created_at desc, id desc limit ${PROPOSAL_LIMITS.listed}
      `;
      const entries = rows.map(({ line, by, created_at }, id): TrailEntry => ({
        ...line,
        id,
        at: created_at,
        actor_id: by,
        undoes: null,
        undone: null,
      }));
      const told = await tellTrail(tx, entries, { withCriteria: true });
      return rows.flatMap(({ line: _, change, ...row }, i) => {
        const entry = told[i];
        if (!entry) return [];
        const { action, object, target, about, changes, names } = entry;
        const what = { action, object, target, about, changes, names };
        return [{ ...row, what, change: policyChangeSchema.parse(change) }];
      });
    },
    { isolation: 'snapshot' },
  );

/** Whether changes of policy wait at all: everyone may know. */
export const policySetting = ({ sql }: App): Promise<PolicySetting> =>
  transaction(sql, async (tx) => ({ approvals: await approvalsHold(tx) }), { isolation: 'snapshot' });
