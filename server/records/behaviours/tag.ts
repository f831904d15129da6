import { invalid } from '../../../shared/protocol/index.ts';
import type { Tx } from '../../db/transaction.ts';
import { changes, type Behaviour } from './behaviour.ts';

/** Of every word there is one tag, however it is written. */
export const tag: Behaviour = {
  async prepare({ tx }, drafts) {
    for (const draft of drafts)
      if (changes(draft, 'name')) await mustBeFree(tx, draft.id, String(draft.values['name']));
  },
  restore: ({ tx }, record) => mustBeFree(tx, record.id, String(record['name'])),
};

async function mustBeFree(tx: Tx, id: string, name: string): Promise<void> {
  // Of two at once the second waits here, and then finds the first.
  await tx`select pg_advisory_xact_lock(hashtextextended(${`tag ${name.toLowerCase()}`}, 0))`;
  const [taken] = await tx`
    select 1 from tag where lower(name) = lower(${name}) and id <> ${id} and deleted_at is null
  `;
  if (taken) throw invalid({ name: 'There is a tag of this name' });
}
