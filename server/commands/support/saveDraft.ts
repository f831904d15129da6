import { dropDraft, hasDraft, keepDraft, type DraftKind } from '../../conversations/drafts.ts';
import type { App, Caller } from '../../lib/app.ts';
import { fetchImage } from '../../records/imageSql.ts';
import { perform } from '../perform.ts';
import { parseValues } from '../records/request.ts';
import { mustRead } from '../records/rights.ts';

export interface DraftRequest {
  ticket: string;
  kind: DraftKind;
  /** Blank: there is no draft any more. */
  body: string;
  mentions: string[];
}

/**
 * Keeps what somebody is writing; answers when, null where it was taken away. One is begun for a ticket that they may
 * read. After that it stays theirs, wherever the ticket goes. Saved twice it is the same, so it needs no key.
 * @throws ApiError `not_found`, `invalid`, `session_ended`
 */
export async function saveDraft(app: App, caller: Caller, request: DraftRequest): Promise<string | null> {
  const { userId } = caller.actor;
  const isBlank = request.body.trim() === '';
  // What could not be sent is not kept either: too long, or with characters that no store takes.
  if (!isBlank) parseValues(app.registry.get('message'), { body: request.body });

  return perform(app, caller, async (act) => {
    // Nobody else is told of it.
    act.pokes.clear();
    if (!(await hasDraft(act.tx, userId, request))) {
      const object = app.registry.get('ticket');
      const image = await fetchImage(act.tx, object, request.ticket, { lock: false });
      mustRead(await act.actor(), app.registry, object, image);
    }
    if (!isBlank) return keepDraft(act.tx, userId, request);
    await dropDraft(act.tx, userId, request);
    return null;
  });
}
