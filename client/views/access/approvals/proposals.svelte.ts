import { untrack } from 'svelte';
import { SECOND_ms } from '../../../../shared/lib/time.ts';
import type { PolicySetting, ProposalAnswer } from '../../../../shared/protocol/proposals.ts';
import { readPolicySetting, readProposals } from '../../../stores/proposing.svelte.ts';
import { session } from '../../../stores/session.svelte.ts';
import { liveView } from '../../../stores/views.svelte.ts';

const AGAIN_ms = 15 * SECOND_ms;

/**
 * Changes that wait for somebody's yes. Read again with every word that comes to this person (a proposal, an answer),
 * whenever rights change, and from time to time while one looks.
 */
export class Proposals {
  list = $state.raw<readonly ProposalAnswer[] | null>(null);
  setting = $state.raw<PolicySetting | null>(null);
  error = $state.raw<Error | null>(null);

  /** Starts reading; for the life of the component that calls it. */
  constructor() {
    const told = liveView(() => ({ object: 'notification', sort: '-created_at', limit: 1 }));
    $effect(() => {
      void told.rows[0]?.id;
      if (session.me) untrack(() => void this.load());
    });
    $effect(() => {
      const look = () => document.visibilityState === 'visible' && void this.load();
      const timer = setInterval(look, AGAIN_ms);
      document.addEventListener('visibilitychange', look);
      return () => {
        clearInterval(timer);
        document.removeEventListener('visibilitychange', look);
      };
    });
  }

  async load(): Promise<void> {
    try {
      [this.list, this.setting] = await Promise.all([readProposals(), readPolicySetting()]);
      this.error = null;
    } catch (error) {
      this.error = error instanceof Error ? error : new Error(String(error));
    }
  }
}
