import { ApiError, notFound } from '../../../shared/protocol/index.ts';
import type { DraftKind } from '../../conversations/drafts.ts';
import type { App, Caller } from '../../lib/app.ts';
import { findMasked } from '../../records/readView.ts';
import type { Outcome } from '../records/answer.ts';
import { createRecord } from '../records/createRecord.ts';

export interface SendRequest {
  ticket: string;
  kind: DraftKind;
  body: string;
  /** People who are to see a note. */
  mentions?: string[];
  idempotencyKey?: string;
}

/**
 * Answers a customer, or notes something that stays among us. A message is a record like others: this says only where
 * it belongs. Sent again with its key, it is answered as sent, also where the ticket is out of reach by now.
 * @throws ApiError `not_found` (no such ticket, or not theirs), `not_allowed`, `invalid`, `field_not_editable`,
 * `idempotency_conflict`, `session_ended`
 */
export async function sendMessage(app: App, caller: Caller, request: SendRequest): Promise<Outcome> {
  const { ticket, kind, body, mentions, idempotencyKey } = request;
  const object = kind === 'note' ? 'note' : 'message';
  const values = { ticket, body, ...(mentions ? { mentions } : {}) };
  try {
    return await createRecord(app, caller, { object, values, idempotencyKey });
  } catch (error) {
    // Whatever it was refused for, of a ticket that one may not see there is nothing else to say.
    if (isAboutTheTicket(error) && !(await canSee(app, caller, ticket))) throw notFound();
    throw error;
  }
}

const canSee = async (app: App, { actor }: Caller, ticket: string): Promise<boolean> =>
  (await findMasked(app.sql, actor, app.registry, app.registry.get('ticket'), ticket)) !== null;

const isAboutTheTicket = (error: unknown): boolean =>
  error instanceof ApiError && [403, 422].includes(error.status);
