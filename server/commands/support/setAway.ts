import { must } from '../../../shared/lib/must.ts';
import type { App, Caller } from '../../lib/app.ts';
import { changeRecord } from '../../records/write.ts';
import { perform } from '../perform.ts';

/** So many tickets are given back in one transaction; whoever holds more is asked again by the next call. */
const RETURNED_MAX = 500;

/**
 * Says that the caller is away, or back. Going away gives their unsolved tickets back to the queue, each with its line
 * in history; answers how many.
 * @throws ApiError `session_ended`
 */
export async function setAway(
  app: App,
  caller: Caller,
  away: boolean,
): Promise<{ away: boolean; returned: number }> {
  return perform(app, caller, async ({ tx, ctx }) => {
    const { userId } = caller.actor;
    await changeRecord(tx, app, ctx, app.registry.get('user'), userId, { away });
    if (!away) return { away, returned: 0 };
    const held = await tx<{ id: string }[]>`
      select id from ticket
      where assignee_id = ${userId} and status <> 'resolved' and deleted_at is null
      order by id limit ${RETURNED_MAX}
      -- Whoever is given one of them meanwhile keeps it: the condition is asked again once the row is ours.
      for no key update
    `;
    const ticket = must(app.registry.find('ticket'), 'tickets');
    for (const { id } of held) await changeRecord(tx, app, ctx, ticket, id, { assignee: null });
    return { away, returned: held.length };
  });
}
