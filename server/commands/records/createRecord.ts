import { newId } from '../../../shared/lib/ids.ts';
import { must } from '../../../shared/lib/must.ts';
import type { App, Caller } from '../../lib/app.ts';
import { once } from '../idempotency.ts';
import { perform } from '../perform.ts';
import { addRecords } from './addRecords.ts';
import { answer, answerAgain, type Outcome } from './answer.ts';
import { objectNamed, parseValues } from './request.ts';

export interface CreateRequest {
  object: string;
  /** Fields by name, as they came in. */
  values: Readonly<Record<string, unknown>>;
  idempotencyKey?: string;
}

/**
 * Adds a record, the caller's own unless an owner is named, which asks for `assign`.
 * @throws ApiError `not_found` (no such object), `unknown_field`, `invalid`, `not_allowed`, `field_not_editable`,
 * `out_of_reach`, `idempotency_conflict`, `session_ended`
 */
export async function createRecord(app: App, caller: Caller, request: CreateRequest): Promise<Outcome> {
  const object = objectNamed(app, request.object);
  const values = parseValues(object, request.values);
  const id = newId();
  const asked = {
    key: request.idempotencyKey,
    content: ['create', values],
    object: object.name,
    id,
    status: 201,
  };

  return perform(app, caller, (act) =>
    once(
      act,
      asked,
      async () => {
        const [after] = await addRecords(act, object, [{ id, values }]);
        return answer(act, object, must(after, 'the record added'), 201);
      },
      (known, status) => answerAgain(act, object, known, status),
    ),
  );
}
