import { changes, type Behaviour } from './behaviour.ts';
import { mustBeOpen } from './queue.ts';

/** A channel leads to a queue that there is. */
export const channel: Behaviour = {
  async prepare({ tx }, drafts) {
    for (const draft of drafts) if (changes(draft, 'queue')) await mustBeOpen(tx, draft.values['queue']);
  },
  restore: ({ tx }, record) => mustBeOpen(tx, record['queue']),
};
