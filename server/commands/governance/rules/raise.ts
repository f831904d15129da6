import { maskOf, type Actor } from '../../../../shared/access/index.ts';
import type { ObjectDef } from '../../../../shared/objects/index.ts';
import { notForOneself, type ShareLevel, type Target } from '../../../../shared/protocol/index.ts';
import { isEverReached, isWidenedBy } from '../../../access/reaches.ts';
import { peopleMeant } from '../../../access/rules.ts';
import type { Act } from '../../perform.ts';

// Nobody raises their own rights: not by a rule that means them, nor by taking away what hides something from them.

/** @throws ApiError `not_allowed` for a rule that means its author, unless there is nothing more it could open to them */
export async function mustNotOpenToOneself(
  act: Act,
  object: ObjectDef,
  to: Target,
  level: ShareLevel,
): Promise<void> {
  const actor = await act.actor();
  const ways = maskOf(level === 'edit' ? ['shared', 'shared_edit'] : ['shared']);
  if (!isWidenedBy(actor, act.app.registry, object, ways)) return;
  const isMeant =
    (await peopleMeant(act.tx, [to])).includes(actor.userId) || (await willHold(act, actor.userId, to.id));
  if (isMeant) throw notForOneself('It would open records to you: someone else has to do this');
}

/** Whether somebody is to hold a role, if not yet. */
async function willHold({ tx }: Act, userId: string, roleId: string): Promise<boolean> {
  const [held] = await tx`
    select 1 from held_role
    where user_id = ${userId} and role_id = ${roleId} and (ends_at is null or ends_at > now())
  `;
  return held !== undefined;
}

interface Hiding {
  active: boolean;
  criteria_id: string;
  except_roles: readonly string[];
  /** Who last said what it hides, and from whom. */
  said_by: string | null;
}

/**
 * @throws ApiError `not_allowed` where a restriction hides something from the caller, and would hide less (`after`: as it
 * would be; null: gone), unless it was their own word
 */
export async function mustNotShowToOneself(
  act: Act,
  object: ObjectDef,
  before: Hiding,
  after: Hiding | null,
): Promise<void> {
  const actor = await act.actor();
  if (before.said_by === actor.userId || !isHiddenFrom(actor, before)) return;
  if (after && isHiddenFrom(actor, after) && after.criteria_id === before.criteria_id) return;
  if (isEverReached(actor, act.app.registry, object, 'read'))
    throw notForOneself('It hides records from you: someone else has to do this');
}

/** Whether a restriction is one for this person, whatever it hides. */
export const isHiddenFrom = (
  { roles }: Actor,
  { active, except_roles }: Pick<Hiding, 'active' | 'except_roles'>,
): boolean => active && !roles.some(({ id }) => except_roles.includes(id));
