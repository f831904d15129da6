import { newId } from '../../../shared/lib/ids.ts';
import { must } from '../../../shared/lib/must.ts';
import { invalid, type SeeAs, type SeeAsAnswer } from '../../../shared/protocol/index.ts';
import { logAccess } from '../../access/accessLog.ts';
import { maySeeAs } from '../../access/seeAs.ts';
import { audit } from '../../identity/audit.ts';
import type { App, Caller } from '../../lib/app.ts';
import { perform, type Act } from '../perform.ts';

/**
 * Lets the caller look as somebody else, or as a role, on this session: for reading only, and noted with who, as whom,
 * why and from where.
 * @throws ApiError `not_allowed`, `not_found` (nobody active, no such role), `invalid` (as themselves), `session_ended`
 */
export async function beginSeeAs(
  app: App,
  caller: Caller,
  { as, why }: { as: SeeAs; why?: string },
): Promise<SeeAsAnswer> {
  return perform(app, caller, async (act) => {
    const { tx } = act;
    const viewer = caller.actor.userId;
    await maySeeAs(tx, await act.actor(), as);
    if (as.id === viewer) throw invalid({ user: 'You see as yourself already' });
    await close(act, { as });
    const [user, role] = as.kind === 'user' ? [as.id, null] : [null, as.id];
    const [row] = await tx<SeeAsAnswer[]>`
      insert into see_as (id, session_id, viewer_id, user_id, role_id, why)
      values (${newId()}, ${caller.sessionId}, ${viewer}, ${user}, ${role}, ${why ?? null})
      returning id, user_id as user, role_id as role, started_at, coalesce(
        (select name from user_account u where u.id = user_id), (select name from role r where r.id = role_id)) as name
    `;
    const begun = must(row, 'what was begun');
    const after = { id: begun.id, why: why ?? null };
    await audit(tx, { ...act.by, action: 'see_as.begin', object: as.kind, targetId: as.id, after });
    return begun;
  });
}

/** What is to be ended on a session; all there is where neither is said. */
interface Which {
  as?: SeeAs | null;
  /** As `beginSeeAs` has answered it. */
  id?: string | null;
}

/** Ends it. Answers how many there were. @throws ApiError `session_ended` */
export async function endSeeAs(app: App, caller: Caller, which: Which): Promise<{ ended: number }> {
  return perform(app, caller, async (act) => {
    const ended = await close(act, which);
    if (ended > 0) {
      // Sockets that look are asked anew, and close.
      await logAccess(act.tx, {
        users: [caller.actor.userId],
        cause: 'see_as.end',
        actorId: act.ctx.actorId,
      });
      act.pokes.add('access');
    }
    return { ended };
  });
}

async function close(act: Act, { as = null, id: one = null }: Which): Promise<number> {
  const { tx, caller } = act;
  const rows = await tx<{ id: string; kind: string; target: string }[]>`
    update see_as set ended_at = now()
    where session_id = ${caller.sessionId} and viewer_id = ${caller.actor.userId} and ended_at is null
      and ${as === null ? tx`true` : tx`coalesce(user_id, role_id) = ${as.id}`}
      and ${one === null ? tx`true` : tx`id = ${one}`}
    returning id, case when user_id is null then 'role' else 'user' end as kind, coalesce(user_id, role_id) as target
  `;
  for (const { id, kind, target } of rows)
    await audit(tx, { ...act.by, action: 'see_as.end', object: kind, targetId: target, before: { id } });
  return rows.length;
}
