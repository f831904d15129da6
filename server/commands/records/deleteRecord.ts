import type { App, Caller } from '../../lib/app.ts';
import { once } from '../idempotency.ts';
import { perform } from '../perform.ts';
import { answerAgain, type Outcome } from './answer.ts';
import { idFrom, objectNamed } from './request.ts';
import { takeAway } from './takeAway.ts';

export interface DeleteRequest {
  object: string;
  id: string;
  /** Then only if nothing has been changed since. */
  version?: number;
  idempotencyKey?: string;
}

/**
 * Puts a record into the bin, with its parts; for everyone it is gone. `restoreRecord` takes it out again.
 * @throws ApiError `not_found`, `not_allowed`, `version_conflict`, `already_done` (something still needs it), `invalid`,
 * `idempotency_conflict`, `session_ended`
 */
export async function deleteRecord(app: App, caller: Caller, request: DeleteRequest): Promise<Outcome> {
  const object = objectNamed(app, request.object);
  const id = idFrom(request.id);
  const { version } = request;
  const content = ['delete', id, version ?? null];
  const asked = { key: request.idempotencyKey, content, object: object.name, id, status: 200 };

  return perform(app, caller, (act) =>
    once(
      act,
      asked,
      async () => {
        const after = await takeAway(act, object, id, version);
        return { status: 200, gone: { id, version: after.version, gone: true } };
      },
      (known, status) => answerAgain(act, object, known, status),
    ),
  );
}
