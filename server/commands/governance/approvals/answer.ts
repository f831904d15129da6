import { isDeepStrictEqual } from 'node:util';
import {
  alreadyDone,
  notForOneself,
  notFound,
  policyChangeSchema,
  versionConflict,
  type ProposalAnswer,
} from '../../../../shared/protocol/index.ts';
import { loadActor } from '../../../access/loadActor.ts';
import { raises, type Holding, type Standing } from '../../../access/raises.ts';
import { audit } from '../../../identity/audit.ts';
import type { App, Caller } from '../../../lib/app.ts';
import { insertRecord } from '../../../records/write.ts';
import { once } from '../../idempotency.ts';
import { Act, perform } from '../../perform.ts';
import { idFrom } from '../../records/request.ts';
import { make } from '../preview/make.ts';
import { lineOf, type Line } from './lines.ts';

type Status = ProposalAnswer['status'];
export interface AnsweredProposal {
  id: string;
  status: Status;
}
export interface AnswerProposal {
  id: string;
  words?: string | undefined;
  idempotencyKey?: string | undefined;
}

/**
 * Has a proposed change made: by the very command that makes such changes, with the rights that its proposer has at this
 * moment. Never by whoever proposed it, nor by somebody who would have more by it.
 * @throws ApiError `not_found`, `not_allowed`, `already_done` (answered already, or the proposer has left),
 * `version_conflict` (policy has moved on), as the change itself, `idempotency_conflict`, `session_ended`
 */
export const approveProposal = (
  app: App,
  caller: Caller,
  request: AnswerProposal,
): Promise<AnsweredProposal> =>
  answering(app, caller, request, 'made', async (act, proposal) => {
    await mustBeAnothers(act, proposal);
    const proposer = await loadActor(act.tx, proposal.proposer);
    if (proposer?.kind !== 'person') throw alreadyDone('Whoever proposed it is not active any more');
    const before = await standingOf(act);
    const theirs = new Act(act.tx, app, { ...caller, actor: proposer });
    theirs.isApproved = true;
    await make(theirs, policyChangeSchema.parse(proposal.change));
    for (const poke of theirs.pokes) act.pokes.add(poke);
    const line = await lineOf(theirs);
    const then = ({ before: was, role_version }: Line) => [was, role_version];
    if (!isDeepStrictEqual(then(line), then(proposal.line))) throw versionConflict(line.before);
    if (raises(app.registry, before, await standingOf(act)))
      throw notForOneself('It would give you more than you have: someone else has to approve it');
  });

/** Says no, with words for its proposer if one likes. @throws ApiError as above */
export const declineProposal = (
  app: App,
  caller: Caller,
  request: AnswerProposal,
): Promise<AnsweredProposal> => answering(app, caller, request, 'declined', mustBeAnothers);

/** The proposer thinks better of it. @throws ApiError `not_found`, `already_done` … */
export const withdrawProposal = (
  app: App,
  caller: Caller,
  request: AnswerProposal,
): Promise<AnsweredProposal> =>
  answering(app, caller, request, 'withdrawn', (act, { proposer }) => {
    if (proposer !== act.caller.actor.userId) throw notFound();
    return Promise.resolve();
  });

interface Proposal {
  id: string;
  proposer: string;
  change: unknown;
  line: Line;
  status: Status;
}

async function answering(
  app: App,
  caller: Caller,
  { id: given, words = '', idempotencyKey: key }: AnswerProposal,
  status: Exclude<Status, 'open'>,
  work: (act: Act, proposal: Proposal) => Promise<void>,
): Promise<AnsweredProposal> {
  const id = idFrom(given);
  const answer = { id, status };
  return perform(app, caller, (act) =>
    once(
      act,
      { key, content: [id, status, words], object: 'policy_proposal', id, status: 200 },
      async () => {
        const proposal = await lockProposal(act, id);
        await work(act, proposal);
        await close(act, proposal, { status, words });
        return answer;
      },
      () => Promise.resolve(answer),
    ),
  );
}

/** It is there for whoever proposed it and for those who may approve. @throws ApiError `not_found`, `already_done` */
async function lockProposal(act: Act, id: string): Promise<Proposal> {
  const [proposal] = await act.tx<Proposal[]>`
    select id, proposer_id as proposer, change, line, status from policy_proposal where id = ${id} for update
  `;
  if (proposal?.proposer !== act.caller.actor.userId) await act.mustHold('approve_roles');
  if (!proposal) throw notFound();
  if (proposal.status !== 'open') throw alreadyDone('This was answered already');
  return proposal;
}

async function mustBeAnothers(act: Act, { proposer }: Proposal): Promise<void> {
  if (proposer === act.caller.actor.userId)
    throw notForOneself('You have proposed it: someone else has to answer');
  await act.mustHold('approve_roles');
}

async function close(
  act: Act,
  { id, proposer, line }: Proposal,
  { status, words }: { status: Exclude<Status, 'open'>; words: string },
): Promise<void> {
  const { tx, app, ctx, caller } = act;
  const said = words === '' ? null : words;
  await tx`
    update policy_proposal set status = ${status}, words = ${said}, answered_at = now(),
      answered_by = ${caller.actor.userId}
    where id = ${id}
  `;
  await audit(tx, {
    ...act.by,
    action: `proposal.${ACTS[status]}`,
    object: line.object,
    targetId: line.target_id,
    after: { id, proposer, words: said },
  });
  if (status === 'withdrawn') return;
  const word = { user: proposer, kind: `proposal_${status}`, author: ctx.actorId };
  await insertRecord(tx, app, ctx, app.registry.get('notification'), word);
}

const ACTS = { made: 'approve', declined: 'decline', withdrawn: 'withdraw' };

/** The caller as they are in this transaction, with what they are to hold later. */
async function standingOf({ tx, caller }: Act): Promise<Standing> {
  const { userId } = caller.actor;
  const actor = await loadActor(tx, userId);
  if (!actor) throw notFound();
  const held = await tx<Holding[]>`
    select role_id as role, within_id as within, starts_at, ends_at from held_role
    where user_id = ${userId} and (ends_at is null or ends_at > now())
  `;
  return { actor, held };
}
