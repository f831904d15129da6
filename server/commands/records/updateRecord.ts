import type { App, Caller } from '../../lib/app.ts';
import { once } from '../idempotency.ts';
import { perform } from '../perform.ts';
import { alterRecord } from './alterRecord.ts';
import { answer, answerAgain, type Outcome } from './answer.ts';
import { idFrom, objectNamed, parseValues } from './request.ts';

export interface UpdateRequest {
  object: string;
  id: string;
  /** Fields by name, as they came in. */
  values: Readonly<Record<string, unknown>>;
  /** The version they were meant for: then a field that someone changed since is not overwritten. */
  version?: number;
  idempotencyKey?: string;
}

/**
 * Gives fields of a record other values. `gone` where it was handed over to where the caller cannot see it.
 * @throws ApiError `not_found`, `unknown_field`, `invalid`, `not_allowed`, `field_not_editable`, `version_conflict`,
 * `out_of_reach`, `idempotency_conflict`, `session_ended`
 */
export async function updateRecord(app: App, caller: Caller, request: UpdateRequest): Promise<Outcome> {
  const object = objectNamed(app, request.object);
  const id = idFrom(request.id);
  const values = parseValues(object, request.values);
  const { version } = request;
  const content = ['update', id, values, version ?? null];
  const asked = { key: request.idempotencyKey, content, object: object.name, id, status: 200 };

  return perform(app, caller, (act) =>
    once(
      act,
      asked,
      async () => {
        const { after } = await alterRecord(act, object, id, values, version);
        return answer(act, object, after, 200);
      },
      (known, status) => answerAgain(act, object, known, status),
    ),
  );
}
