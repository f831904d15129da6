import type { Image } from '../../../shared/access/index.ts';
import type { ObjectDef } from '../../../shared/objects/index.ts';
import type { Values } from '../../records/columns.ts';
import { lockImage } from '../../records/lockImage.ts';
import { changeRecord } from '../../records/write.ts';
import type { Act } from '../perform.ts';
import { followUp, mustBeOthers } from './people.ts';
import { mustBeReadableByHolders, mustKnow } from './relations.ts';
import { chosenByHand } from './chosenByHand.ts';
import { mustEdit, mustRead, mustStayInReach } from './rights.ts';

/**
 * Gives fields of a record other values, on behalf of the caller; answers the record as it is then.
 * @throws ApiError `not_found`, `invalid`, `not_allowed`, `field_not_editable`, `version_conflict`, `out_of_reach`
 */
export async function alterRecord(
  act: Act,
  object: ObjectDef,
  id: string,
  given: Values,
  version?: number,
): Promise<{ before: Image; after: Image }> {
  const { tx, app, ctx } = act;
  const image = await lockImage(tx, app.registry, object, id);
  const actor = await act.actor();
  mustEdit(mustRead(actor, app.registry, object, image), object, given);
  const values = chosenByHand(object, given);
  await mustBeOthers(act, object, id, values);
  await mustKnow(act, object, [{ before: image, values }]);
  const { before, after } = await changeRecord(tx, app, ctx, object, id, values, { version, viewer: actor });
  const handsOver = Object.keys(values).some((name) => object.fields[name]?.assigns);
  if (!handsOver && after.version !== before.version) mustStayInReach(actor, app.registry, object, after);
  await mustBeReadableByHolders(act, object, [{ before, after }]);
  await followUp(act, object, before, after);
  return { before, after };
}
