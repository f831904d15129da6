import type { PolicyChangeEntry } from '../../../../shared/protocol/policyChanges.ts';
import { readPolicyChanges } from '../../../stores/policyChanges.ts';
import { session } from '../../../stores/session.svelte.ts';

/** The latest changes of policy; read again when rights change, and when one comes back. */
export class Changes {
  list = $state.raw<readonly PolicyChangeEntry[] | null>(null);
  error = $state.raw<Error | null>(null);

  /** Starts reading; for the life of the component that calls it. */
  constructor() {
    $effect(() => {
      if (session.me) void this.load();
    });
    $effect(() => {
      const again = () => document.visibilityState === 'visible' && void this.load();
      document.addEventListener('visibilitychange', again);
      return () => document.removeEventListener('visibilitychange', again);
    });
  }

  async load(): Promise<void> {
    try {
      this.list = await readPolicyChanges();
      this.error = null;
    } catch (error) {
      this.error = error instanceof Error ? error : new Error(String(error));
    }
  }
}
