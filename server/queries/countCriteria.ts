import { holds, type Actor } from '../../shared/access/index.ts';
import {
  notAllowed,
  parseFilter,
  POLICY_LIMITS,
  type CriteriaCount,
  type CriteriaJson,
  type Filter,
} from '../../shared/protocol/index.ts';
import { mustBeCriteria, ruledObject } from '../access/criteria.ts';
import type { App } from '../lib/app.ts';
import { countOrGuess } from '../records/readCounts.ts';

/**
 * How many records fulfil criteria, of those that the actor may read; exact up to 100,000, then as the store guesses.
 * @throws ApiError `not_allowed`, `invalid`, `bad_filter`, `field_not_readable`
 */
export async function countCriteria(
  app: App,
  actor: Actor,
  { object: name, criteria }: { object: string; criteria: CriteriaJson },
): Promise<CriteriaCount> {
  if (!holds(actor, 'manage_roles')) throw notAllowed('manage_roles');
  const object = ruledObject(app.registry, name);
  mustBeCriteria(actor, app.registry, object, criteria);
  const count = (filter: Filter) =>
    countOrGuess(app.sql, actor, app.registry, object, filter, POLICY_LIMITS.counted);
  const [some, all] = await Promise.all([count(parseFilter(object, criteria)), count({ all: [] })]);
  const isGuess = some.isGuess || all.isGuess;
  return {
    count: some.rows,
    total: Math.max(some.rows, all.rows),
    ...(isGuess ? { estimate: true as const } : {}),
  };
}
