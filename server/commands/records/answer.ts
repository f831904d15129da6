import { mask, type Image, type MaskedRecord } from '../../../shared/access/index.ts';
import type { ObjectDef } from '../../../shared/objects/index.ts';
import { notFound } from '../../../shared/protocol/index.ts';
import { fetchImage } from '../../records/imageSql.ts';
import type { Act } from '../perform.ts';

/** A record that is no longer the caller's to see: nothing of it but that it is gone. */
export interface Gone {
  id: string;
  version: number;
  gone: true;
}

/** What a command on a record answers; `status` is the HTTP one. */
export type Outcome = { status: number; record: MaskedRecord } | { status: number; gone: Gone };

/** The record as the caller may see it now. */
export async function answer(act: Act, object: ObjectDef, image: Image, status: number): Promise<Outcome> {
  const record = mask(await act.actor(), act.app.registry, object, image);
  return record ? { status, record } : { status, gone: { id: image.id, version: image.version, gone: true } };
}

/** The answer to a request that was done before: the record as it is by now, with the rights of now. */
export async function answerAgain(act: Act, object: ObjectDef, id: string, status: number): Promise<Outcome> {
  const image = await fetchImage(act.tx, object, id, { lock: false });
  if (!image) throw notFound();
  return answer(act, object, image, status);
}
