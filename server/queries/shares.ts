import { mask, type Actor } from '../../shared/access/index.ts';
import { notFound, type ShareAnswer } from '../../shared/protocol/index.ts';
import { ruledObject } from '../access/criteria.ts';
import { mayShare } from '../access/mayShare.ts';
import { readShares } from '../access/rules.ts';
import { transaction } from '../db/transaction.ts';
import type { App } from '../lib/app.ts';
import { fetchImage } from '../records/imageSql.ts';
import { mayOversee } from './explain.ts';

/**
 * The shares of a record: all of them for who may share it or oversees rights, to everyone else who reads it those by
 * which it is open to them.
 * @throws ApiError `not_found`, `invalid` (an object that is not shared)
 */
export async function listShares(
  app: App,
  actor: Actor,
  { object: name, id }: { object: string; id: string },
): Promise<ShareAnswer[]> {
  const object = ruledObject(app.registry, name);
  return transaction(
    app.sql,
    async (tx) => {
      const image = await fetchImage(tx, object, id, { lock: false });
      if (!image || !mask(actor, app.registry, object, image)) throw notFound();
      const shares = await readShares(tx, { object: object.name, record: id });
      const seesAll = mayOversee(actor) || mayShare(actor, app.registry, object, image);
      return seesAll ? shares : shares.filter((share) => actor.sets.shared.has(share.id));
    },
    { isolation: 'snapshot' },
  );
}
