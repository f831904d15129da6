import { draftsOf, type StoredDraft } from '../conversations/drafts.ts';
import type { App, Caller } from '../lib/app.ts';

/** What the caller is writing, the newest first; of tickets out of their reach, too. It is nobody's but theirs to see. */
export const ownDrafts = async ({ sql }: App, { actor, seeing }: Caller): Promise<StoredDraft[]> =>
  seeing ? [] : draftsOf(sql, actor.userId);
