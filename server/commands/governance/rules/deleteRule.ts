import type { App, Caller } from '../../../lib/app.ts';
import { once } from '../../idempotency.ts';
import { perform, type Act } from '../../perform.ts';
import { dropRestriction } from './updateRestriction.ts';
import { dropSharingRule } from './updateSharingRule.ts';

export interface DeleteRuleRequest {
  id: string;
  /** The version that it must still have. */
  version?: number | undefined;
  idempotencyKey?: string | undefined;
}

export interface Gone {
  id: string;
  gone: true;
}

/**
 * Takes a rule away: what only it opened is closed at once.
 * @throws ApiError `not_allowed`, `not_found`, `version_conflict`, `idempotency_conflict`, `session_ended`
 */
export const deleteSharingRule = (app: App, caller: Caller, request: DeleteRuleRequest): Promise<Gone> =>
  drop(app, caller, 'sharing_rule', request, dropSharingRule);

/** Takes a restriction away: what it hid is seen again. @throws ApiError the same */
export const deleteRestriction = (app: App, caller: Caller, request: DeleteRuleRequest): Promise<Gone> =>
  drop(app, caller, 'restriction', request, dropRestriction);

async function drop(
  app: App,
  caller: Caller,
  object: string,
  { id, version, idempotencyKey: key }: DeleteRuleRequest,
  work: (act: Act, id: string, version?: number) => Promise<void>,
): Promise<Gone> {
  const asked = { key, content: ['delete', id, version ?? null], object, id, status: 200 };
  await perform(app, caller, (act) =>
    once(
      act,
      asked,
      () => work(act, id, version),
      () => act.mustHold('manage_roles'),
    ),
  );
  return { id, gone: true };
}
