import type { Image } from '../../../shared/access/index.ts';
import { must } from '../../../shared/lib/must.ts';
import type { ObjectDef } from '../../../shared/objects/index.ts';
import { lockImage } from '../../records/lockImage.ts';
import { lockImages } from '../../records/parts.ts';
import { removeRecords, type Leaving } from '../../records/write.ts';
import type { Act } from '../perform.ts';
import { followUp, mustBeOthers } from './people.ts';
import { mustMay, mustRead } from './rights.ts';

/**
 * Puts a record into the bin, on behalf of the caller; with `version` only if nothing has been changed since.
 * @throws ApiError `not_found`, `not_allowed`, `version_conflict`, `already_done`, `invalid`
 */
export async function takeAway(act: Act, object: ObjectDef, id: string, version?: number): Promise<Image> {
  const image = await lockImage(act.tx, act.app.registry, object, id);
  const [after] = await takeLocked(act, object, [{ id, version }], image ? [image] : []);
  return must(after, 'the record taken away');
}

/** The same for many of one object that is no part of others; if one is refused, all are. @throws ApiError as takeAway */
export async function takeAllAway(act: Act, object: ObjectDef, leaving: readonly Leaving[]): Promise<void> {
  const ids = leaving.map(({ id }) => id);
  await takeLocked(act, object, leaving, await lockImages(act.tx, object, ids));
}

async function takeLocked(
  act: Act,
  object: ObjectDef,
  leaving: readonly Leaving[],
  images: readonly Image[],
): Promise<Image[]> {
  const { tx, app, ctx } = act;
  const actor = await act.actor();
  const known = new Map(images.map((image) => [image.id, image]));
  for (const { id } of leaving) {
    mustMay(mustRead(actor, app.registry, object, known.get(id) ?? null), object, 'delete');
    await mustBeOthers(act, object, id, { active: false });
  }
  const written = await removeRecords(tx, app, ctx, object, leaving, actor);
  for (const { before, after } of written) await followUp(act, object, before, after);
  return written.map(({ after }) => after);
}
