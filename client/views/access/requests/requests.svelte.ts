import type { AskedFor, OwnRequest } from '../../../../shared/protocol/accessRequests.ts';
import { readOwnRequests, readRequestsToAnswer } from '../../../stores/asking.svelte.ts';
import { Worklist } from '../worklist.svelte.ts';

/** Requests of one's own, and those that wait for one's answer. */
export class Requests extends Worklist {
  own = $state.raw<readonly OwnRequest[] | null>(null);
  toAnswer = $state.raw<readonly AskedFor[] | null>(null);

  protected async read(): Promise<void> {
    [this.own, this.toAnswer] = await Promise.all([readOwnRequests(), readRequestsToAnswer()]);
  }
}
