import { holds } from '../../../../shared/access/index.ts';
import { newId } from '../../../../shared/lib/ids.ts';
import type { ObjectDef } from '../../../../shared/objects/index.ts';
import { invalid, notAllowed, notFound, type CriteriaJson } from '../../../../shared/protocol/index.ts';
import { toJson } from '../../../db/json.ts';
import { holdCriteria } from '../../../records/policies.ts';
import type { Act } from '../../perform.ts';
import { changePolicy, type PolicyChange } from '../policy.ts';

/** What rules and restrictions are kept in. */
export type RuleTable = 'sharing_rule' | 'restriction';

/**
 * The frame of all changes of rules and restrictions of an object: what `changePolicy` does, with its criteria held
 * first, so that no record is written while what it falls under changes.
 * @throws ApiError `not_allowed`
 */
export async function changeRules<T>(
  act: Act,
  object: string,
  work: () => Promise<PolicyChange & { result: T }>,
): Promise<T> {
  mustManage(act);
  if (!act.isTrial) await holdCriteria(act.tx, object, 'alone');
  return changePolicy(act, work);
}

/**
 * The same for one that is there. What brings its criteria to the records is waited for first, with nothing held: it
 * waits for writers, and these would wait for us.
 * @throws ApiError `not_allowed`, `not_found`
 */
export async function changeRule<T>(
  act: Act,
  table: RuleTable,
  id: string,
  work: (object: ObjectDef) => Promise<PolicyChange & { result: T }>,
): Promise<T> {
  mustManage(act);
  const { tx } = act;
  const [known] = await tx<{ object: string }[]>`
    select r.object from ${tx(table)} r join criteria c on c.id = r.criteria_id
    where r.id = ${id}::uuid for no key update of c
  `;
  if (!known) throw notFound();
  return changeRules(act, known.object, () => work(act.app.registry.get(known.object)));
}

/** Before anything is waited for; whoever may not manage roles holds nobody up. */
function mustManage({ caller }: Act): void {
  if (!holds(caller.actor, 'manage_roles')) throw notAllowed('manage_roles');
}

/** New criteria, which no record has yet. Returns their id. */
export async function addCriteria({ tx }: Act, object: string, filter: CriteriaJson): Promise<string> {
  const id = newId();
  await tx`insert into criteria (id, object, filter) values (${id}, ${object}, ${toJson(tx, filter)})`;
  return id;
}

/** Nothing looks for these any more: writers take their ids off, and the others are gone through later. */
export async function retireCriteria({ tx }: Pick<Act, 'tx'>, ids: readonly string[]): Promise<void> {
  await tx`
    update criteria set retired_at = now(), reached_id = null where id = any (${[...ids]}::uuid[]) and retired_at is null
  `;
}

/** @throws ApiError `invalid` */
export async function mustBeFewer(
  { tx }: Act,
  table: RuleTable,
  object: string,
  limit: number,
): Promise<void> {
  const [row] = await tx<[{ many: number }]>`
    select count(*)::int as many from ${tx(table)} where object = ${object}
  `;
  if (row.many >= limit)
    throw invalid({ object: `There are ${limit} of them already, which is as many as can be` });
}

/** @throws ApiError `invalid` */
export async function mustBeNewName(
  { tx }: Act,
  table: RuleTable,
  { object, name, id }: { object: string; name: string; id: string },
): Promise<void> {
  const [taken] = await tx`
    select 1 from ${tx(table)} where object = ${object} and lower(name) = lower(${name}) and id <> ${id}
  `;
  if (taken) throw invalid({ name: 'There is one of this name' });
}

/** Whether criteria say the very same. */
export async function isSameCriteria({ tx }: Act, id: string, filter: CriteriaJson): Promise<boolean> {
  const [same] = await tx`select 1 from criteria where id = ${id} and filter = ${toJson(tx, filter)}::jsonb`;
  return same !== undefined;
}
