import { parentOf, type Image } from '../../shared/access/index.ts';
import type { ObjectDef, Registry } from '../../shared/objects/index.ts';
import type { Tx } from '../db/transaction.ts';
import { fetchImage } from './imageSql.ts';

/**
 * The record as it is, those in the bin too, held until the transaction is over; null if nobody has that id. A part's
 * parent is locked before it, as by everyone who changes a parent together with its parts.
 */
export async function lockImage(
  tx: Tx,
  registry: Registry,
  object: ObjectDef,
  id: string,
): Promise<Image | null> {
  if (object.parents.length > 0) {
    const part = await fetchImage(tx, object, id, { lock: false });
    const parent = part && parentOf(object, part);
    if (parent) await fetchImage(tx, registry.get(parent.object), parent.id, { lock: true });
  }
  return fetchImage(tx, object, id, { lock: true });
}
