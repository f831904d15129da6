import { factIds } from '../../../../shared/access/index.ts';
import { must } from '../../../../shared/lib/must.ts';
import type { ObjectDef } from '../../../../shared/objects/index.ts';
import { fetchImage } from '../../../records/imageSql.ts';
import { changeRecord } from '../../../records/write.ts';
import type { Act } from '../../perform.ts';

/** Writes onto a record, which is locked, that one share of it is there and another is not. */
export async function putShares(
  { tx, app, ctx }: Act,
  object: ObjectDef,
  recordId: string,
  { add, remove }: { add: string | null; remove: string | null },
): Promise<void> {
  const image = must(await fetchImage(tx, object, recordId, { lock: false }), 'the shared record');
  const field = must(object.facts.policies, 'a field for shares');
  const kept = factIds(object, image, 'policies').filter((id) => id !== remove);
  await changeRecord(
    tx,
    app,
    ctx,
    object,
    recordId,
    { [field]: add === null ? kept : [...kept, add] },
    { keep: false },
  );
}
