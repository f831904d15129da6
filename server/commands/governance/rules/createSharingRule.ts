import { newId } from '../../../../shared/lib/ids.ts';
import {
  POLICY_LIMITS,
  type SharingRuleAnswer,
  type SharingRuleInput,
} from '../../../../shared/protocol/index.ts';
import { peopleMeant } from '../../../access/rules.ts';
import type { App, Caller } from '../../../lib/app.ts';
import { once } from '../../idempotency.ts';
import { perform, type Act } from '../../perform.ts';
import { sharingRuleAnswer, sharingRuleNow, trailOfRule } from './answers.ts';
import { mustBeCriteria, ruledObject } from '../../../access/criteria.ts';
import { fillNow } from './fill.ts';
import { addCriteria, changeRules, mustBeFewer, mustBeNewName } from './frame.ts';
import { mustNotOpenToOneself } from './raise.ts';
import { mustBeTarget } from './targets.ts';

/**
 * Opens the records that fulfil criteria, those of now and all to come, to a person, team, role or territory. Where
 * there are many it is answered before all of them are: `progress` tells.
 * @throws ApiError `not_allowed`, `invalid`, `bad_filter`, `field_not_readable`, `idempotency_conflict`, `session_ended`
 */
export async function createSharingRule(
  app: App,
  caller: Caller,
  { rule, idempotencyKey: key }: { rule: SharingRuleInput; idempotencyKey?: string },
): Promise<SharingRuleAnswer> {
  const id = newId();
  const asked = { key, content: ['create', rule], object: 'sharing_rule', id, status: 201 };
  const made = await perform(app, caller, (act) =>
    once(
      act,
      asked,
      () => addSharingRule(act, id, rule),
      async (known) => {
        await act.mustHold('manage_roles');
        return sharingRuleAnswer(act, known);
      },
    ),
  );
  await fillNow(app, made.id);
  return sharingRuleNow(app, made);
}

/** The same within work that is under way; what was there before is gone through later. @throws ApiError as above */
export function addSharingRule(act: Act, id: string, rule: SharingRuleInput): Promise<SharingRuleAnswer> {
  const { tx, app, ctx } = act;
  const { name, criteria, to, level, active = true } = rule;
  return changeRules(act, rule.object, async () => {
    const object = ruledObject(app.registry, rule.object);
    mustBeCriteria(await act.actor(), app.registry, object, criteria);
    await mustBeTarget(act, to);
    await mustBeFewer(act, 'sharing_rule', object.name, POLICY_LIMITS.rules);
    await mustBeNewName(act, 'sharing_rule', { object: object.name, name, id });
    if (active) await mustNotOpenToOneself(act, object, to, level);
    await tx`
      insert into sharing_rule (id, name, object, criteria_id, to_kind, to_id, level, active, created_by)
      values (${id}, ${name}, ${object.name}, ${await addCriteria(act, object.name, criteria)}, ${to.kind}, ${to.id},
        ${level}, ${active}, ${ctx.actorId})
    `;
    const result = await sharingRuleAnswer(act, id);
    return {
      result,
      users: active ? await peopleMeant(tx, [to]) : [],
      field: 'to',
      action: 'sharing_rule.create',
      object: 'sharing_rule',
      targetId: id,
      after: trailOfRule(result),
    };
  });
}
