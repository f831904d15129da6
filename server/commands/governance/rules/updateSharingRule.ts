import {
  notFound,
  versionConflict,
  type ShareLevel,
  type SharingRuleAnswer,
  type SharingRulePatch,
} from '../../../../shared/protocol/index.ts';
import type { ObjectDef } from '../../../../shared/objects/index.ts';
import { peopleMeant } from '../../../access/rules.ts';
import type { App, Caller } from '../../../lib/app.ts';
import { once } from '../../idempotency.ts';
import { perform, type Act } from '../../perform.ts';
import type { PolicyChange } from '../policy.ts';
import { sharingRuleAnswer, sharingRuleNow, trailOfRule } from './answers.ts';
import { mustBeCriteria } from '../../../access/criteria.ts';
import { fillNow } from './fill.ts';
import { addCriteria, changeRule, isSameCriteria, mustBeNewName, retireCriteria } from './frame.ts';
import { mustNotOpenToOneself } from './raise.ts';
import { mustBeTarget } from './targets.ts';

/**
 * Changes a rule. What other criteria do not open any more is closed at once, and what they open comes after that. An
 * inactive rule opens nothing, and nothing is brought under it; active again, it opens at once what it had opened.
 * @throws ApiError as createSharingRule, and `not_found`, `version_conflict`
 */
export async function updateSharingRule(
  app: App,
  caller: Caller,
  { id, patch, idempotencyKey: key }: { id: string; patch: SharingRulePatch; idempotencyKey?: string },
): Promise<SharingRuleAnswer> {
  const asked = { key, content: ['update', id, patch], object: 'sharing_rule', id, status: 200 };
  const changed = await perform(app, caller, (act) =>
    once(
      act,
      asked,
      () => alterSharingRule(act, id, patch),
      async () => {
        await act.mustHold('manage_roles');
        return sharingRuleAnswer(act, id);
      },
    ),
  );
  await fillNow(app, id);
  return sharingRuleNow(app, changed);
}

/** The same within work that is under way. @throws ApiError as above */
export const alterSharingRule = (act: Act, id: string, patch: SharingRulePatch): Promise<SharingRuleAnswer> =>
  changeRule(act, 'sharing_rule', id, (object) => alter(act, object, id, patch));

/** Takes a rule away. @throws ApiError `not_allowed`, `not_found`, `version_conflict` */
export const dropSharingRule = (act: Act, id: string, version?: number): Promise<void> =>
  changeRule(act, 'sharing_rule', id, async () => {
    const { tx } = act;
    const { criteriaId, rule } = await lockRule(act, id, version);
    await tx`delete from sharing_rule where id = ${id}`;
    await retireCriteria(act, [criteriaId]);
    return {
      result: undefined,
      users: rule.active ? await peopleMeant(tx, [rule.to]) : [],
      field: 'to',
      action: 'sharing_rule.delete',
      object: 'sharing_rule',
      targetId: id,
      before: trailOfRule(rule),
    };
  });

async function alter(
  act: Act,
  object: ObjectDef,
  id: string,
  patch: SharingRulePatch,
): Promise<PolicyChange & { result: SharingRuleAnswer }> {
  const { tx, app } = act;
  const { criteriaId, rule: before } = await lockRule(act, id, patch.version);
  const { name, to, level, active, criteria } = { ...before, ...patch };
  await mustBeNewName(act, 'sharing_rule', { object: object.name, name, id });
  if (to.id !== before.to.id || to.kind !== before.to.kind) await mustBeTarget(act, to);
  const isOther = !(await isSameCriteria(act, criteriaId, criteria));
  if (isOther) mustBeCriteria(await act.actor(), app.registry, object, criteria);
  if (active && (isOther || !before.active || to.id !== before.to.id || isMore(level, before.level)))
    await mustNotOpenToOneself(act, object, to, level);

  const next = isOther ? await addCriteria(act, object.name, criteria) : criteriaId;
  await tx`
    update sharing_rule set name = ${name}, criteria_id = ${next}, to_kind = ${to.kind}, to_id = ${to.id},
      level = ${level}, active = ${active}, version = version + 1, updated_at = now()
    where id = ${id}
  `;
  if (isOther) await retireCriteria(act, [criteriaId]);
  const result = await sharingRuleAnswer(act, id);
  const meant = [...(before.active ? [before.to] : []), ...(active ? [to] : [])];
  const isSame = !isOther && active === before.active && to.id === before.to.id && level === before.level;
  return {
    result,
    users: isSame ? [] : await peopleMeant(tx, meant),
    field: 'to',
    action: 'sharing_rule.update',
    object: 'sharing_rule',
    targetId: id,
    before: trailOfRule(before),
    after: trailOfRule(result),
  };
}

const isMore = (level: ShareLevel, before: ShareLevel): boolean => level === 'edit' && before === 'read';

/** @throws ApiError `not_found`, `version_conflict` */
async function lockRule(
  act: Act,
  id: string,
  version: number | undefined,
): Promise<{ criteriaId: string; rule: SharingRuleAnswer }> {
  const [row] = await act.tx<{ criteria_id: string }[]>`
    select criteria_id from sharing_rule where id = ${id} for no key update
  `;
  if (!row) throw notFound();
  const rule = await sharingRuleAnswer(act, id);
  if (version !== undefined && version !== rule.version) throw versionConflict(rule);
  return { criteriaId: row.criteria_id, rule };
}
