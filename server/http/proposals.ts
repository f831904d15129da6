import { Router } from 'express';
import {
  policySettingSchema,
  proposalAnswerBodySchema,
  proposalSchema,
  tooManyRequests,
} from '../../shared/protocol/index.ts';
import {
  approveProposal,
  declineProposal,
  withdrawProposal,
  type AnswerProposal,
  type AnsweredProposal,
} from '../commands/governance/approvals/answer.ts';
import { proposeChange } from '../commands/governance/approvals/propose.ts';
import { setApprovals } from '../commands/governance/approvals/setApprovals.ts';
import type { App, Caller } from '../lib/app.ts';
import type { Turns } from '../lib/turns.ts';
import { listProposals, policySetting } from '../queries/proposals.ts';
import type { HttpDeps } from './deps.ts';
import type { Doors } from './door.ts';
import { idIn, nothing } from './query.ts';

const RETRY_s = 2;

/** Changes of policy that wait for somebody else's yes. `turns`: of those that count over whole tables. */
export function proposalRoutes({ countSql }: HttpDeps, { read, write }: Doors, turns: Turns): Router {
  const router = Router();

  router.get(
    '/policy-setting',
    read(async ({ app, query }) => {
      nothing.parse(query);
      return policySetting(app);
    }),
  );
  router.put(
    '/policy-setting',
    write(async ({ app, caller, query, body }) => {
      nothing.parse(query);
      return { status: 200, body: await setApprovals(app, caller, policySettingSchema.parse(body)) };
    }),
  );
  router.get(
    '/policy-proposals',
    read(async ({ app, caller, query }) => {
      nothing.parse(query);
      return { rows: await listProposals(app, caller.actor), next: null };
    }),
  );
  router.post(
    '/policy-proposals',
    write(async ({ app, caller, query, body, idempotencyKey }) => {
      nothing.parse(query);
      const proposal = { ...proposalSchema.parse(body), idempotencyKey };
      const answer = await turns.take(() => proposeChange(app, { sql: countSql }, caller, proposal));
      if (answer === null) throw tooManyRequests(RETRY_s);
      return { status: 201, body: answer };
    }),
  );
  const answerBy = (
    answer: (app: App, caller: Caller, request: AnswerProposal) => Promise<AnsweredProposal>,
  ) =>
    write(async ({ app, caller, params, query, body, idempotencyKey }) => {
      nothing.parse(query);
      const { words } = proposalAnswerBodySchema.parse(body ?? {});
      return { status: 200, body: await answer(app, caller, { id: idIn(params), words, idempotencyKey }) };
    });
  router.post('/policy-proposals/:id/approve', answerBy(approveProposal));
  router.post('/policy-proposals/:id/decline', answerBy(declineProposal));
  router.post('/policy-proposals/:id/withdraw', answerBy(withdrawProposal));
  return router;
}
