import { untrack } from 'svelte';
import { SECOND_ms } from '../../../shared/lib/time.ts';
import { session } from '../../stores/session.svelte.ts';
import { liveView } from '../../stores/views.svelte.ts';

/** Whoever is not told of something themselves finds it after so long. */
const AGAIN_ms = 15 * SECOND_ms;

/**
 * What waits for somebody's answer. Read again with every word that comes to this person (a request, an answer), whenever
 * rights change, and from time to time while one looks.
 */
export abstract class Worklist {
  error = $state.raw<Error | null>(null);

  /** Reads what is listed. */
  protected abstract read(): Promise<void>;

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
      await this.read();
      this.error = null;
    } catch (error) {
      this.error = error instanceof Error ? error : new Error(String(error));
    }
  }
}
