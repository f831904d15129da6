import { newId } from '../../../shared/lib/ids.ts';
import type { EndReason, Receipt } from '../../../shared/protocol/index.ts';
import { transaction, type Tx } from '../../db/transaction.ts';
import { endSessionsIn, knownEnd, receiptOf, type Which } from '../../identity/endSessions.ts';
import type { App, Caller } from '../../lib/app.ts';
import { once } from '../idempotency.ts';
import { enderOf } from './mayEnd.ts';

/** Which sessions end, and why; `meant` refuses those who may not, whether or not there is anything to end. */
export interface EndRequest {
  meant(tx: Tx): Promise<{ which: Which; reason: EndReason }>;
  /** What was asked for, to tell two requests with one key apart. */
  content: unknown;
  idempotencyKey: string | undefined;
}

/**
 * The frame of every end of sessions by hand: rights, the end, the receipt. Asked again with its key it ends nothing
 * more, and the receipt is that of the first time.
 * @throws ApiError `idempotency_conflict`, `session_ended`, and what `meant` throws
 */
export async function endOnce(
  app: App,
  caller: Caller,
  { meant, content, idempotencyKey: key }: EndRequest,
): Promise<Receipt> {
  const id = newId();
  const end = await transaction(app.sql, async (tx) => {
    const { which, reason } = await meant(tx);
    return once(
      { tx, caller },
      { key, content, object: 'session_end', id, status: 200 },
      () => endSessionsIn(tx, app, enderOf(caller), which, reason, { held: caller.sessionId, id }),
      (known) => knownEnd(tx, known),
    );
  });
  return receiptOf(app, end);
}
