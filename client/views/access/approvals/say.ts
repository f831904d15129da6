import type { PolicyChangeEntry } from '../../../../shared/protocol/policyChanges.ts';
import type { ProposalAnswer } from '../../../../shared/protocol/proposals.ts';

/** As the list of changes would have it. */
export const entryOf = ({ what, by, created_at: at }: ProposalAnswer): PolicyChangeEntry => ({
  ...what,
  id: 0,
  at,
  by,
  undoable: false,
  undone: null,
  undoes: null,
});
