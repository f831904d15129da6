import { newId } from '../../../../shared/lib/ids.ts';
import {
  POLICY_LIMITS,
  type RestrictionAnswer,
  type RestrictionInput,
} from '../../../../shared/protocol/index.ts';
import type { App, Caller } from '../../../lib/app.ts';
import { once } from '../../idempotency.ts';
import { perform, type Act } from '../../perform.ts';
import { restrictionAnswer, restrictionNow, trailOfRestriction } from './answers.ts';
import { mustBeCriteria, ruledObject } from '../../../access/criteria.ts';
import { fillNow } from './fill.ts';
import { addCriteria, changeRules, mustBeFewer, mustBeNewName } from './frame.ts';
import { mustBeRoles } from './targets.ts';

/**
 * Hides the records that fulfil criteria, those of now and all to come, from everyone but the holders of some roles.
 * Where there are many it is answered before all of them are hidden: `progress` tells.
 * @throws ApiError `not_allowed`, `invalid`, `bad_filter`, `field_not_readable`, `idempotency_conflict`, `session_ended`
 */
export async function createRestriction(
  app: App,
  caller: Caller,
  { restriction, idempotencyKey: key }: { restriction: RestrictionInput; idempotencyKey?: string },
): Promise<RestrictionAnswer> {
  const id = newId();
  const asked = { key, content: ['create', restriction], object: 'restriction', id, status: 201 };
  const made = await perform(app, caller, (act) =>
    once(
      act,
      asked,
      () => addRestriction(act, id, restriction),
      async (known) => {
        await act.mustHold('manage_roles');
        return restrictionAnswer(act, known);
      },
    ),
  );
  await fillNow(app, made.id);
  return restrictionNow(app, made);
}

/** The same within work that is under way; what was there before is gone through later. @throws ApiError as above */
export function addRestriction(
  act: Act,
  id: string,
  restriction: RestrictionInput,
): Promise<RestrictionAnswer> {
  const { tx, app, ctx } = act;
  const { name, criteria, active = true } = restriction;
  const except = [...new Set(restriction.except)];
  return changeRules(act, restriction.object, async () => {
    const object = ruledObject(app.registry, restriction.object);
    mustBeCriteria(await act.actor(), app.registry, object, criteria);
    await mustBeRoles(act, except);
    await mustBeFewer(act, 'restriction', object.name, POLICY_LIMITS.restrictions);
    await mustBeNewName(act, 'restriction', { object: object.name, name, id });
    await tx`
      insert into restriction (id, name, object, criteria_id, except_roles, active, created_by, said_by)
      values (${id}, ${name}, ${object.name}, ${await addCriteria(act, object.name, criteria)}, ${except}::uuid[],
        ${active}, ${ctx.actorId}, ${ctx.actorId})
    `;
    const result = await restrictionAnswer(act, id);
    return {
      result,
      users: active ? null : [],
      field: 'except',
      action: 'restriction.create',
      object: 'restriction',
      targetId: id,
      after: trailOfRestriction(result),
    };
  });
}
