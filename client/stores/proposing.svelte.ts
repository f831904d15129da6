import { ApiError } from '../../shared/protocol/errors.ts';
import type { PolicyChange } from '../../shared/protocol/preview.ts';
import type { PolicySetting, ProposalAnswer } from '../../shared/protocol/proposals.ts';
import { api } from '../net/http.ts';
import { session } from './session.svelte.ts';

/** What became of a change that was to be made: made, now waiting for somebody's yes, or given up. */
export type Made<T> = { done: T } | 'proposed' | 'dropped';

/** The change that is about to be proposed; the frame around all pages asks for its reason. */
class Proposing {
  change = $state.raw<PolicyChange | null>(null);
  #settle: ((outcome: 'proposed' | 'dropped') => void) | null = null;

  /** Asks for a reason and proposes it. */
  ask(change: PolicyChange): Promise<'proposed' | 'dropped'> {
    this.close('dropped');
    this.change = change;
    return new Promise((resolve) => (this.#settle = resolve));
  }

  close(outcome: 'proposed' | 'dropped'): void {
    this.change = null;
    this.#settle?.(outcome);
    this.#settle = null;
  }
}

export const proposing = new Proposing();

session.onLeave(() => {
  proposing.close('dropped');
  return 0;
});

/**
 * Makes a change of policy; where such changes wait for somebody else's approval it is proposed, with a reason.
 * @throws ApiError (but `approval_required`) · OfflineError
 */
export async function makeOrPropose<T>(change: PolicyChange, make: () => Promise<T>): Promise<Made<T>> {
  try {
    return { done: await make() };
  } catch (error) {
    if (error instanceof ApiError && error.code === 'approval_required') return proposing.ask(change);
    throw error;
  }
}

/** @throws ApiError · OfflineError */
export const propose = (change: PolicyChange, reason: string): Promise<unknown> =>
  api.post('/api/policy-proposals', { change, reason });

/** Changes that wait, and those answered last. @throws ApiError · OfflineError */
export const readProposals = async (): Promise<ProposalAnswer[]> =>
  (await api.get<{ rows: ProposalAnswer[] }>('/api/policy-proposals')).rows;

/** @throws ApiError · OfflineError */
export const answerProposal = (
  id: string,
  answer: 'approve' | 'decline' | 'withdraw',
  words = '',
): Promise<unknown> =>
  api.post(`/api/policy-proposals/${id}/${answer}`, words.trim() === '' ? {} : { words: words.trim() });

/** Whether changes wait at all. @throws ApiError · OfflineError */
export const readPolicySetting = (): Promise<PolicySetting> => api.get('/api/policy-setting');
export const putPolicySetting = (setting: PolicySetting): Promise<PolicySetting> =>
  api.put('/api/policy-setting', setting);
