import { maskOf, waysTo, type Image } from '../../../../shared/access/index.ts';
import { newId } from '../../../../shared/lib/ids.ts';
import type { ObjectDef } from '../../../../shared/objects/index.ts';
import {
  invalid,
  notAllowed,
  notForOneself,
  notFound,
  POLICY_LIMITS,
  type ShareAnswer,
  type ShareInput,
} from '../../../../shared/protocol/index.ts';
import { logAccess } from '../../../access/accessLog.ts';
import { ruledObject } from '../../../access/criteria.ts';
import { mayShare } from '../../../access/mayShare.ts';
import { opensMore } from '../../../access/reaches.ts';
import { peopleMeant, readShares } from '../../../access/rules.ts';
import { audit } from '../../../identity/audit.ts';
import type { App, Caller } from '../../../lib/app.ts';
import { lockImage } from '../../../records/lockImage.ts';
import { once } from '../../idempotency.ts';
import { perform, type Act } from '../../perform.ts';
import { mustRead } from '../../records/rights.ts';
import { mustBeTarget } from '../rules/targets.ts';
import { putShares } from './putShares.ts';

/**
 * Opens one record to a person, team, role or territory, until a time or until it is taken back; in place of a share
 * that they have of it already.
 * @throws ApiError `invalid`, `not_found`, `not_allowed`, `idempotency_conflict`, `session_ended`
 */
export async function giveShare(
  app: App,
  caller: Caller,
  { share, idempotencyKey: key }: { share: ShareInput; idempotencyKey?: string },
): Promise<ShareAnswer> {
  const object = ruledObject(app.registry, share.object);
  const id = newId();
  const asked = { key, content: ['give', share], object: 'share', id, status: 201 };
  return perform(app, caller, (act) =>
    once(
      act,
      asked,
      () => give(act, object, id, share),
      async (known) => {
        mustRead(
          await act.actor(),
          app.registry,
          object,
          await lockImage(act.tx, app.registry, object, share.id),
        );
        return shareAnswer(act, known);
      },
    ),
  );
}

/** The same within work that is under way. @throws ApiError as above */
export async function give(act: Act, object: ObjectDef, id: string, share: ShareInput): Promise<ShareAnswer> {
  const { tx, app, ctx } = act;
  const { to, level, ends_at = null } = share;
  const image = await lockImage(tx, app.registry, object, share.id);
  await mustBeTheirs(act, object, image, share);
  await mustBeTarget(act, to);
  const [before] = await tx<{ id: string; level: string; ends_at: string | null }[]>`
    delete from share where object = ${object.name} and record_id = ${share.id} and to_id = ${to.id}
    returning id, level, ends_at
  `;
  await mustBeFew(act, object, share);
  const [isToCome] =
    await tx`select where ${ends_at}::timestamptz > clock_timestamp() or ${ends_at === null}`;
  if (!isToCome) throw invalid({ ends_at: 'This is over already' });
  await tx`
    insert into share (id, object, record_id, to_kind, to_id, level, ends_at, given_by)
    values (${id}, ${object.name}, ${share.id}, ${to.kind}, ${to.id}, ${level}, ${ends_at}, ${ctx.actorId})
  `;
  await putShares(act, object, share.id, { add: id, remove: before?.id ?? null });
  const answer = await shareAnswer(act, id);
  const { to: _, object: __, record: ___, ...rest } = answer;
  await audit(tx, {
    ...act.by,
    action: 'share.give',
    object: object.name,
    targetId: share.id,
    ...(before ? { before: { ...before, to } } : {}),
    after: { ...rest, to },
  });
  await logAccess(tx, { users: await peopleMeant(tx, [to]), cause: 'share.give', actorId: ctx.actorId });
  act.pokes.add('access');
  return answer;
}

/** @throws ApiError `not_found`, `not_allowed` */
async function mustBeTheirs(
  act: Act,
  object: ObjectDef,
  image: Image | null,
  { to, level }: ShareInput,
): Promise<void> {
  const { registry } = act.app;
  const actor = await act.actor();
  mustRead(actor, registry, object, image);
  if (!image || !mayShare(actor, registry, object, image, level))
    throw notAllowed(`${object.name}.${level === 'edit' ? 'update' : 'assign'}`);
  if (to.id === actor.userId) throw notForOneself('Someone else has to share it with you');
  // What comes to a team comes to whoever is in it.
  const had = waysTo(actor, object, image);
  const has = had | maskOf(level === 'edit' ? ['shared', 'shared_edit'] : ['shared']);
  if (!opensMore(actor, registry, object, { had, has })) return;
  if ((await peopleMeant(act.tx, [to])).includes(actor.userId))
    throw notForOneself('It would open more of it to you: someone else has to do this');
}

/** @throws ApiError `invalid` */
async function mustBeFew({ tx }: Act, object: ObjectDef, { id, to }: ShareInput): Promise<void> {
  const [row] = await tx<[{ of_it: number; to_them: number }]>`
    select
      (select count(*) from share where object = ${object.name} and record_id = ${id}
        and (ends_at is null or ends_at > now()))::int as of_it,
      (select count(*) from share where to_id = ${to.id} and (ends_at is null or ends_at > now()))::int as to_them
  `;
  if (row.of_it >= POLICY_LIMITS.shares)
    throw invalid({ id: `It is shared ${POLICY_LIMITS.shares} times already` });
  if (row.to_them >= POLICY_LIMITS.sharesTo)
    throw invalid({ to: `${POLICY_LIMITS.sharesTo} records are shared with them already: a rule does more` });
}

/** @throws ApiError `not_found` */
async function shareAnswer({ tx }: Act, id: string): Promise<ShareAnswer> {
  const [share] = await readShares(tx, { id });
  if (!share) throw notFound();
  return share;
}
