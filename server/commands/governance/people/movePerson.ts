import type { MaskedRecord } from '../../../../shared/access/index.ts';
import type { ErrandAnswer, MoveRequest } from '../../../../shared/protocol/index.ts';
import type { App, Caller } from '../../../lib/app.ts';
import { latestErrand } from '../../../records/latestErrand.ts';
import { startErrand } from '../../errands/start.ts';
import { once } from '../../idempotency.ts';
import { perform } from '../../perform.ts';
import { alterRecord } from '../../records/alterRecord.ts';
import { answer } from '../../records/answer.ts';
import { parseValues } from '../../records/request.ts';

export interface Moved {
  /** The person as they stand now. */
  record: MaskedRecord | null;
  /** How far their records have come, where they are taken along. */
  progress: ErrandAnswer | null;
}

/**
 * Places a person elsewhere: in another team, below another manager, in other territories. Their records stay where they
 * are unless they are taken along, which goes on in the background: each record of theirs that the mover may assign goes
 * to the new home team and territory. Other teams' people then see them, and the former ones no longer.
 * @throws ApiError `not_found`, `invalid`, `not_allowed`, `field_not_editable`, `already_done` (records of this person are
 * on their way already), `idempotency_conflict`, `session_ended`
 */
export async function movePerson(
  app: App,
  caller: Caller,
  id: string,
  { take_records, ...place }: MoveRequest,
  idempotencyKey?: string,
): Promise<Moved> {
  const object = app.registry.get('user');
  const values = parseValues(object, place);
  const content = ['move', id, values, take_records];
  return perform(app, caller, (act) =>
    once(
      act,
      { key: idempotencyKey, content, object: 'user', id, status: 200 },
      async () => {
        const { after } = await alterRecord(act, object, id, values);
        if (take_records) await act.mustHold('manage_users', [id]);
        const progress = take_records ? await startErrand(act, 'take_along', id) : null;
        const outcome = await answer(act, object, after, 200);
        return { record: 'record' in outcome ? outcome.record : null, progress };
      },
      async () => ({ record: null, progress: await latestErrand(act.tx, 'take_along', id) }),
    ),
  );
}
