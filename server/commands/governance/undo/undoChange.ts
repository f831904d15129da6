import { holds, type Actor } from '../../../../shared/access/index.ts';
import { newId } from '../../../../shared/lib/ids.ts';
import { must } from '../../../../shared/lib/must.ts';
import { alreadyDone, notFound, type PolicyChangeEntry } from '../../../../shared/protocol/index.ts';
import { readTrail, tellTrail, type TrailEntry } from '../../../identity/policyTrail.ts';
import type { App, Caller } from '../../../lib/app.ts';
import { once } from '../../idempotency.ts';
import { perform, type Act } from '../../perform.ts';
import { fillNow } from '../rules/fill.ts';
import { takeBack } from './opposite.ts';

/**
 * Takes a change of policy back, by the opposite change; which can be taken back like any other. Answers the change as it
 * stands then.
 * @throws ApiError `not_found`, `already_done` (it was taken back), `version_conflict` (something was changed since), and
 * as the opposite change: `not_allowed`, `invalid` …; `idempotency_conflict`, `session_ended`
 */
export async function undoChange(
  app: App,
  caller: Caller,
  { id, idempotencyKey: key }: { id: number; idempotencyKey?: string | undefined },
): Promise<PolicyChangeEntry> {
  const asked = { key, content: ['undo', id], object: 'policy_change', id: newId(), status: 200 };
  const entry = await perform(app, caller, (act) =>
    once(
      act,
      asked,
      async () => {
        await undo(act, id);
        return entryOf(act, id);
      },
      () => entryOf(act, id),
    ),
  );
  const { target_id } = entry;
  if (target_id !== null && /^(sharing_rule|restriction)\./.test(entry.action)) await fillNow(app, target_id);
  const [told] = await tellTrail(app.sql, [entry], tellingTo(caller.actor));
  return must(told, 'the change');
}

/** The same within work that is under way. @throws ApiError as above */
export async function undo(act: Act, id: number): Promise<void> {
  const { tx, ctx } = act;
  // One after the other for each change: the second finds it taken back.
  await tx`select pg_advisory_xact_lock(${LOCK}, hashint8(${id}))`;
  const entry = await entryOf(act, id);
  if (entry.undone) throw alreadyDone('This was taken back already');
  await takeBack(act, entry);
  const [written] = await tx<{ id: number }[]>`
    select id from audit_entry
    where id > ${id} and target_id is not distinct from ${entry.target_id} and actor_id = ${ctx.actorId} and request_id = ${ctx.requestId}
      and action ~ '^(role|user|team|territory|queue|sharing_rule|restriction|share)[.]'
    order by id desc limit 1
  `;
  // Nothing was written where nothing had to be changed.
  if (!written) throw alreadyDone('There is nothing left of this change');
  await tx`insert into policy_undo (by_entry_id, entry_id) values (${written.id}, ${id})`;
}
const LOCK = 7_102;

/** @throws ApiError `not_found` */
async function entryOf(act: Act, id: number): Promise<TrailEntry> {
  const [entry] = await readTrail(act.tx, { id, limit: 1, by: seenBy(await act.actor()) });
  if (!entry) throw notFound();
  return entry;
}

/** Whose changes somebody sees: everyone's (null), or their own. */
export const seenBy = (actor: Actor): string | null =>
  holds(actor, 'manage_roles') || holds(actor, 'read_audit') ? null : actor.userId;

/** Rules are for those who manage them, and may tell of values that others do not read. */
export const tellingTo = (actor: Actor): { withCriteria: boolean } => ({
  withCriteria: holds(actor, 'manage_roles'),
});
