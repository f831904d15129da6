import type { JSONValue } from 'postgres';
import {
  FILTER_LIMITS,
  fieldsOf,
  invalid,
  notFound,
  parseFilter,
  tooLarge,
} from '../../../../shared/protocol/index.ts';
import { mustBeCriteria } from '../../../access/criteria.ts';
import type { App, Caller } from '../../../lib/app.ts';
import { audit } from '../../../identity/audit.ts';
import { toJson } from '../../../db/json.ts';
import { holdTerritoryRules } from '../../../records/behaviours/placing.ts';
import { perform, type Act } from '../../perform.ts';

/** As in the filter of a list of companies; null: no rule. */
export type Criteria = Record<string, unknown> | null;

/**
 * Says which companies belong to a territory, or that none do by a rule (null). It holds for every company written from
 * now on; `fillTerritories` brings those that are there. Needs `manage_users`; whoever works in the territory, or above
 * it, would open records to themselves by it, and must hold `manage_roles` too.
 * @throws ApiError `not_found`, `not_allowed`, `bad_filter`, `invalid` (it would be every company), `field_not_readable`, `too_large`,
 * `approval_required`, `session_ended`
 */
export async function setTerritoryRule(
  app: App,
  caller: Caller,
  id: string,
  criteria: Criteria,
): Promise<{ criteria: Criteria }> {
  return perform(app, caller, (act) => putRule(act, id, criteria));
}

/** The same within work that is under way. @throws ApiError as above */
export async function putRule(act: Act, id: string, criteria: Criteria): Promise<{ criteria: Criteria }> {
  const { tx, app } = act;
  const company = app.registry.get('company');
  const filter = criteria && parseFilter(company, criteria);
  if (criteria && JSON.stringify(criteria).length > FILTER_LIMITS.bytes)
    throw tooLarge('The rule is too long');
  if (filter && fieldsOf(filter).length === 0) throw invalid({ criteria: 'Say what its companies are like' });
  if (!act.isTrial) await holdTerritoryRules(tx, 'alone');
  const actor = await act.actor();
  await act.mustHold('manage_users');
  const before = await ruleOf(act, id);
  if (actor.sets.territories.has(id)) await act.mustHold('manage_roles');
  // Which territory a company is in is seen by more people than what it was placed by.
  if (criteria) mustBeCriteria(actor, app.registry, company, criteria);
  if (await act.awaitsApproval()) act.waitForApproval();
  if (criteria === null) await tx`delete from territory_rule where territory_id = ${id}`;
  else
    await tx`
      insert into territory_rule (territory_id, filter) values (${id}, ${toJson(tx, criteria)})
      on conflict (territory_id) do update set filter = excluded.filter, updated_at = now()
    `;
  await audit(tx, {
    ...act.by,
    action: 'territory.rule',
    object: 'territory',
    targetId: id,
    before: { criteria: asJson(before) },
    after: { criteria: asJson(criteria) },
  });
  return { criteria };
}

/** The rule of a territory, which is held meanwhile. @throws ApiError `not_found` */
export async function ruleOf({ tx }: Act, id: string): Promise<Criteria> {
  const [territory] = await tx<{ filter: Criteria }[]>`
    select r.filter from territory t left join territory_rule r on r.territory_id = t.id
    where t.id = ${id} and t.deleted_at is null for no key update of t
  `;
  if (!territory) throw notFound();
  return territory.filter;
}

// It came as JSON.
const asJson = (criteria: Criteria): JSONValue => criteria as JSONValue;
