import { draftsOf, type StoredDraft } from '../conversations/drafts.ts';
import type { App, Caller } from '../lib/app.ts';

/** What the caller is writing, the newest first; of tickets out of their reach, too. */
export const ownDrafts = ({ sql }: App, { actor }: Caller): Promise<StoredDraft[]> =>
  draftsOf(sql, actor.userId);
