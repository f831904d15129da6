import type { Image } from '../../../../shared/access/index.ts';
import type { ObjectDef } from '../../../../shared/objects/index.ts';
import { notAllowed, notFound, type ShareAnswer } from '../../../../shared/protocol/index.ts';
import { logAccess } from '../../../access/accessLog.ts';
import { mayShare } from '../../../access/mayShare.ts';
import { peopleMeant, readShares } from '../../../access/rules.ts';
import { audit } from '../../../identity/audit.ts';
import type { App, Caller } from '../../../lib/app.ts';
import { lockImage } from '../../../records/lockImage.ts';
import { unmarkSome } from '../../../records/policies.ts';
import { once } from '../../idempotency.ts';
import { perform, type Act } from '../../perform.ts';
import { mustRead } from '../../records/rights.ts';
import { putShares } from './putShares.ts';

/**
 * Takes a share back, at once. So may whoever gave it, and everyone who may share the record now.
 * @throws ApiError `not_found`, `not_allowed`, `idempotency_conflict`, `session_ended`
 */
export async function takeShare(
  app: App,
  caller: Caller,
  { id, idempotencyKey: key }: { id: string; idempotencyKey?: string },
): Promise<{ id: string; gone: true }> {
  const asked = { key, content: ['take', id], object: 'share', id, status: 200 };
  await perform(app, caller, (act) =>
    once(
      act,
      asked,
      () => take(act, id),
      () => Promise.resolve(),
    ),
  );
  return { id, gone: true };
}

/** The same within work that is under way. @throws ApiError as above */
export async function take(act: Act, id: string): Promise<void> {
  const { tx, app, ctx } = act;
  const [known] = await readShares(tx, { id });
  const object = known && app.registry.find(known.object);
  if (!object) throw notFound();
  const image = await lockImage(tx, app.registry, object, known.record);
  await mustBeTheirs(act, object, image, known);
  const [gone] = await tx`delete from share where id = ${id} returning 1`;
  // Somebody else was first.
  if (!gone || !image) throw notFound();
  if (image.deleted_at === null) await putShares(act, object, image.id, { add: null, remove: id });
  else await unmarkSome(tx, app.registry, object, id, { after: null, limit: 1 });
  const { to, level, ends_at } = known;
  await audit(tx, {
    ...act.by,
    action: 'share.take',
    object: object.name,
    targetId: image.id,
    before: { id, to, level, ends_at },
  });
  await logAccess(tx, { users: await peopleMeant(tx, [to]), cause: 'share.take', actorId: ctx.actorId });
  act.pokes.add('access');
}

/** @throws ApiError `not_found`, `not_allowed` */
async function mustBeTheirs(
  act: Act,
  object: ObjectDef,
  image: Image | null,
  share: ShareAnswer,
): Promise<void> {
  const actor = await act.actor();
  if (share.given_by === actor.userId) return;
  mustRead(actor, act.app.registry, object, image);
  if (!image || !mayShare(actor, act.app.registry, object, image)) throw notAllowed(`${object.name}.assign`);
}
