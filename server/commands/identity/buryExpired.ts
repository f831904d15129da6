import type { EndReason } from '../../../shared/protocol/index.ts';
import { transaction } from '../../db/transaction.ts';
import type { App } from '../../lib/app.ts';
import { changeRecord } from '../../records/write.ts';

const BATCH = 200;

/**
 * Puts the tombstone on sessions that ran out by themselves, so that the lists tell; they have opened nothing since.
 * Several nodes may do it at once, each its own. Answers how many.
 */
export async function buryExpired(app: App): Promise<number> {
  const buried = await transaction(app.sql, async (tx) => {
    const over = await tx<{ id: string; at: string; reason: EndReason }[]>`
      select id, least(idle_expires_at, expires_at) as at,
        case when expires_at <= idle_expires_at then 'expired' else 'idle' end as reason
      from session
      where ended_at is null and least(idle_expires_at, expires_at) <= clock_timestamp()
      order by id limit ${BATCH} for no key update skip locked
    `;
    const ctx = { actorId: null, requestId: 'bury-expired' };
    for (const { id, at, reason } of over) {
      const tombstone = { ended_at: at, end_reason: reason, sockets: 0 };
      await changeRecord(tx, app, ctx, app.registry.get('session'), id, tombstone);
    }
    return over.length;
  });
  if (buried > 0) app.poke('log');
  return buried;
}
