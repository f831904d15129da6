import type { Image } from '../../shared/access/index.ts';
import type { ObjectDef } from '../../shared/objects/index.ts';
import type { Tx } from '../db/transaction.ts';
import { imageSql } from './imageSql.ts';

/** Whole records as they are now, those in the bin too; ids that nobody has are left out. */
export async function fetchImages(tx: Tx, object: ObjectDef, ids: readonly string[]): Promise<Image[]> {
  const rows = await tx<{ image: Image }[]>`
    select ${imageSql(tx, object, 'r')} as image from ${tx(object.table)} r where r.id = any (${[...ids]}::uuid[])
  `;
  return rows.map(({ image }) => image);
}
