import type { ObjectDef } from '../../../../shared/objects/index.ts';
import {
  notFound,
  versionConflict,
  type RestrictionAnswer,
  type RestrictionPatch,
} from '../../../../shared/protocol/index.ts';
import { peopleMeant } from '../../../access/rules.ts';
import type { App, Caller } from '../../../lib/app.ts';
import { once } from '../../idempotency.ts';
import { perform, type Act } from '../../perform.ts';
import type { PolicyChange } from '../policy.ts';
import { restrictionAnswer, restrictionNow, trailOfRestriction } from './answers.ts';
import { mustBeCriteria } from '../../../access/criteria.ts';
import { fillNow } from './fill.ts';
import { addCriteria, changeRule, isSameCriteria, mustBeNewName, retireCriteria } from './frame.ts';
import { isHiddenFrom, mustNotShowToOneself } from './raise.ts';
import { mustBeRoles } from './targets.ts';

/**
 * Changes a restriction. After other criteria what it hid stays hidden until all that it is to hide now is. An inactive
 * one hides nothing; active again, it hides at once what it had hidden.
 * @throws ApiError as createRestriction, and `not_found`, `version_conflict`
 */
export async function updateRestriction(
  app: App,
  caller: Caller,
  { id, patch, idempotencyKey: key }: { id: string; patch: RestrictionPatch; idempotencyKey?: string },
): Promise<RestrictionAnswer> {
  const asked = { key, content: ['update', id, patch], object: 'restriction', id, status: 200 };
  const changed = await perform(app, caller, (act) =>
    once(
      act,
      asked,
      () => alterRestriction(act, id, patch),
      async () => {
        await act.mustHold('manage_roles');
        return restrictionAnswer(act, id);
      },
    ),
  );
  await fillNow(app, id);
  return restrictionNow(app, changed);
}

/** The same within work that is under way. @throws ApiError as above */
export const alterRestriction = (act: Act, id: string, patch: RestrictionPatch): Promise<RestrictionAnswer> =>
  changeRule(act, 'restriction', id, (object) => alter(act, object, id, patch));

/** Takes a restriction away. @throws ApiError `not_allowed`, `not_found`, `version_conflict` */
export const dropRestriction = (act: Act, id: string, version?: number): Promise<void> =>
  changeRule(act, 'restriction', id, async (object) => {
    const { row, answer } = await lockRestriction(act, id, version);
    await mustNotShowToOneself(act, object, row, null);
    await act.tx`delete from restriction where id = ${id}`;
    await retireCriteria(act, [row.criteria_id, ...row.former_ids]);
    return {
      result: undefined,
      users: row.active ? null : [],
      field: 'except',
      action: 'restriction.delete',
      object: 'restriction',
      targetId: id,
      before: trailOfRestriction(answer),
    };
  });

async function alter(
  act: Act,
  object: ObjectDef,
  id: string,
  patch: RestrictionPatch,
): Promise<PolicyChange & { result: RestrictionAnswer }> {
  const { tx, app, ctx } = act;
  const { row, answer: before } = await lockRestriction(act, id, patch.version);
  const { name, criteria, active, ...rest } = { ...before, ...patch };
  const except = [...new Set(rest.except)];
  await mustBeNewName(act, 'restriction', { object: object.name, name, id });
  const added = except.filter((role) => !before.except.includes(role));
  await mustBeRoles(act, added);
  const isOther = !(await isSameCriteria(act, row.criteria_id, criteria));
  if (isOther) mustBeCriteria(await act.actor(), app.registry, object, criteria);

  const next = isOther ? await addCriteria(act, object.name, criteria) : row.criteria_id;
  await mustNotShowToOneself(act, object, row, { ...row, active, except_roles: except, criteria_id: next });
  // Until the new criteria are filled the old ones go on hiding: an inactive one has nothing to go on with.
  const former = !isOther ? row.former_ids : active && row.active ? [...row.former_ids, row.criteria_id] : [];
  const gone = [...row.former_ids, row.criteria_id].filter((one) => one !== next && !former.includes(one));
  const removed = before.except.filter((role) => !except.includes(role));
  const isSaid = isOther || added.length > 0 || removed.length > 0 || active !== before.active;
  // Whom it hides from may only make it hide more, and that does not make it theirs.
  const saidBy = isSaid && !isHiddenFrom(await act.actor(), row) ? ctx.actorId : row.said_by;
  await tx`
    update restriction set name = ${name}, criteria_id = ${next}, former_ids = ${former}::uuid[],
      except_roles = ${except}::uuid[], active = ${active}, said_by = ${saidBy},
      version = version + 1, updated_at = now()
    where id = ${id}
  `;
  await retireCriteria(act, gone);
  const result = await restrictionAnswer(act, id);
  return {
    result,
    users:
      isOther || active !== before.active
        ? null
        : active
          ? await peopleMeant(tx, [...added, ...removed].map((role) => ({ kind: 'role', id: role }))) // prettier-ignore
          : [],
    field: 'except',
    action: 'restriction.update',
    object: 'restriction',
    targetId: id,
    before: trailOfRestriction(before),
    after: trailOfRestriction(result),
  };
}

interface Row {
  criteria_id: string;
  former_ids: string[];
  except_roles: string[];
  active: boolean;
  said_by: string | null;
}

/** @throws ApiError `not_found`, `version_conflict` */
async function lockRestriction(
  act: Act,
  id: string,
  version: number | undefined,
): Promise<{ row: Row; answer: RestrictionAnswer }> {
  const [row] = await act.tx<Row[]>`
    select criteria_id, former_ids, except_roles, active, said_by from restriction where id = ${id} for no key update
  `;
  if (!row) throw notFound();
  const answer = await restrictionAnswer(act, id);
  if (version !== undefined && version !== answer.version) throw versionConflict(answer);
  return { row, answer };
}
