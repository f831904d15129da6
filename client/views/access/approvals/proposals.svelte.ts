import type { PolicySetting, ProposalAnswer } from '../../../../shared/protocol/proposals.ts';
import { readPolicySetting, readProposals } from '../../../stores/proposing.svelte.ts';
import { Worklist } from '../worklist.svelte.ts';

/** Changes that wait for somebody's yes, and whether changes have to. */
export class Proposals extends Worklist {
  list = $state.raw<readonly ProposalAnswer[] | null>(null);
  setting = $state.raw<PolicySetting | null>(null);

  protected async read(): Promise<void> {
    [this.list, this.setting] = await Promise.all([readProposals(), readPolicySetting()]);
  }
}
