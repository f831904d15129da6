import type { App, Caller } from '../../lib/app.ts';
import { lockImage } from '../../records/lockImage.ts';
import { restoreRecord as restore } from '../../records/write.ts';
import { once } from '../idempotency.ts';
import { perform } from '../perform.ts';
import { answer, answerAgain, type Outcome } from './answer.ts';
import { followUp, mustBeOthers } from './people.ts';
import { idFrom, objectNamed } from './request.ts';
import { mustMay, mustRead } from './rights.ts';

export interface RestoreRequest {
  object: string;
  id: string;
  idempotencyKey?: string;
}

/**
 * Takes a record out of the bin, with the parts that went there with it: for whoever could have put it there. A record
 * that is not in the bin is answered as it is.
 * @throws ApiError `not_found`, `not_allowed`, `invalid` (its parent is in the bin), `idempotency_conflict`,
 * `session_ended`
 */
export async function restoreRecord(app: App, caller: Caller, request: RestoreRequest): Promise<Outcome> {
  const object = objectNamed(app, request.object);
  const id = idFrom(request.id);
  const asked = {
    key: request.idempotencyKey,
    content: ['restore', id],
    object: object.name,
    id,
    status: 200,
  };

  return perform(app, caller, (act) =>
    once(
      act,
      asked,
      async () => {
        const image = await lockImage(act.tx, app.registry, object, id);
        const out = image && { ...image, deleted_at: null };
        mustMay(mustRead(await act.actor(), app.registry, object, out), object, 'delete');
        await mustBeOthers(act, object, id, { active: true });
        const { before, after } = await restore(act.tx, app, act.ctx, object, id);
        await followUp(act, object, before, after);
        return answer(act, object, after, 200);
      },
      (known, status) => answerAgain(act, object, known, status),
    ),
  );
}
