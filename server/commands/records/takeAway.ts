import type { Image } from '../../../shared/access/index.ts';
import type { ObjectDef } from '../../../shared/objects/index.ts';
import { lockImage } from '../../records/lockImage.ts';
import { removeRecord } from '../../records/write.ts';
import type { Act } from '../perform.ts';
import { followUp, mustBeOthers } from './people.ts';
import { mustMay, mustRead } from './rights.ts';

/**
 * Puts a record into the bin, on behalf of the caller; with `version` only if nothing has been changed since.
 * @throws ApiError `not_found`, `not_allowed`, `version_conflict`, `already_done`, `invalid`
 */
export async function takeAway(act: Act, object: ObjectDef, id: string, version?: number): Promise<Image> {
  const { tx, app, ctx } = act;
  const image = await lockImage(tx, app.registry, object, id);
  const actor = await act.actor();
  mustMay(mustRead(actor, app.registry, object, image), object, 'delete');
  await mustBeOthers(act, object, id, { active: false });
  const { before, after } = await removeRecord(tx, app, ctx, object, id, { version, viewer: actor });
  await followUp(act, object, before, after);
  return after;
}
