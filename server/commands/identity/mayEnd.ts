import { holds } from '../../../shared/access/index.ts';
import { notFound, sessionEnded } from '../../../shared/protocol/index.ts';
import { loadActor } from '../../access/loadActor.ts';
import { mayAdminister } from '../../access/parts.ts';
import type { Tx } from '../../db/transaction.ts';
import type { Ender } from '../../identity/endSessions.ts';
import type { Caller } from '../../lib/app.ts';

/**
 * Lets pass whose sessions they are, and who may end other people's, by their rights of this moment; in a part of the
 * organisation, those of the people there. `userId` null: nobody's, or those of a whole role.
 * @throws ApiError `not_found`, whether or not there is such a person
 */
export async function mustMayEnd(tx: Tx, caller: Caller, userId: string | null): Promise<void> {
  if (userId === caller.actor.userId) return;
  const actor = await loadActor(tx, caller.actor.userId);
  if (!actor) throw sessionEnded();
  const may =
    userId === null ? holds(actor, 'end_sessions') : await mayAdminister(tx, actor, 'end_sessions', [userId]);
  if (!may) throw notFound();
}

export const enderOf = (caller: Caller): Ender => ({
  actorId: caller.actor.userId,
  requestId: caller.requestId,
  address: caller.address,
});

/** Why it ended, as the person who was signed in will read it. */
export const reasonFor = (caller: Caller, userId: string | null) =>
  userId === caller.actor.userId ? ('ended_by_self' as const) : ('ended_by_admin' as const);
