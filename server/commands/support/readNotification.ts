import { must } from '../../../shared/lib/must.ts';
import { notFound } from '../../../shared/protocol/index.ts';
import type { App, Caller } from '../../lib/app.ts';
import { lockImage } from '../../records/lockImage.ts';
import { changeRecord } from '../../records/write.ts';
import { perform, type Act } from '../perform.ts';
import { idFrom } from '../records/request.ts';
import { mustRead } from '../records/rights.ts';

/** As many as are read at once; whoever has more asks again. */
const MOST = 500;

/** The caller has taken note of one of their notifications. @throws ApiError `not_found`, `session_ended` */
export async function readNotification(app: App, caller: Caller, notificationId: string): Promise<void> {
  const id = idFrom(notificationId);
  const object = app.registry.get('notification');
  await perform(app, caller, async (act) => {
    const image = await lockImage(act.tx, app.registry, object, id);
    mustRead(await act.actor(), app.registry, object, image);
    // A role may show the notifications of others; taking note of them is theirs.
    if (image?.['user'] !== caller.actor.userId) throw notFound();
    if ((image['read_at'] ?? null) === null) await read(act, [id]);
  });
}

/** The caller has taken note of all of them, the latest 500 at a time. @throws ApiError `session_ended` */
export async function readNotifications(app: App, caller: Caller): Promise<void> {
  await perform(app, caller, async (act) => {
    const unread = await act.tx<{ id: string }[]>`
      select id from notification
      where user_id = ${caller.actor.userId} and read_at is null and deleted_at is null
      order by created_at desc, id limit ${MOST}
    `;
    await read(
      act,
      unread.map(({ id }) => id),
    );
  });
}

/** In one order for all, so that two who do it at once do not wait for each other. */
async function read({ tx, app, ctx }: Act, ids: readonly string[]): Promise<void> {
  if (ids.length === 0) return;
  const object = app.registry.get('notification');
  const [clock] = await tx<{ now: string }[]>`select clock_timestamp() as now`;
  const read_at = must(clock, 'a time').now;
  for (const id of [...ids].sort())
    await changeRecord(tx, app, ctx, object, id, { read_at }, { keep: false });
}
