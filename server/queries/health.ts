import { possible, rightsOf, type Actor } from '../../shared/access/index.ts';
import type { StageDef } from '../../shared/fields/index.ts';
import type { ObjectDef } from '../../shared/objects/index.ts';
import {
  CHECK_KEYS,
  CHECKS,
  fieldsOf,
  filtersOf,
  HEALTH_LIMITS,
  LIKENESSES,
  notFound,
  parseFilter,
  parseView,
  ROWS_MAX,
  type CheckKey,
  type DuplicatesAnswer,
  type Filter,
  type HealthAnswer,
  type HealthFacts,
} from '../../shared/protocol/index.ts';
import { isEverReadable } from '../access/reaches.ts';
import { transaction, type Tx } from '../db/transaction.ts';
import type { App } from '../lib/app.ts';
import { findAlike } from '../records/findAlike.ts';
import { readCounts } from '../records/readCounts.ts';
import { readPage } from '../records/readView.ts';

/**
 * What is to be mended in the records that the actor may read, check by check; those that ask for a field they read
 * nowhere are left out, as if there were none. `today` is `YYYY-MM-DD`.
 */
export function readHealth(
  app: App,
  actor: Actor,
  { check, today }: { check?: CheckKey | undefined; today: string },
): Promise<HealthAnswer> {
  return transaction(
    app.sql,
    async (tx) => {
      const facts = await factsFor(tx, app, actor, today);
      const offered = CHECK_KEYS.filter((key) => check === undefined || key === check).flatMap(
        (key) => offer(app, actor, key, facts) ?? [],
      );
      const objects = [...new Set(offered.map(({ object }) => object))];
      // One after the other: each goes through all records of its object once, whatever the number of checks.
      const counted = await Promise.all(
        objects.map(async (object) => {
          const own = offered.filter((one) => one.object === object);
          const filters = own.flatMap(({ parsed, among }) => [parsed, among]);
          const counts = await readCounts(tx, actor, app.registry, object, filters);
          return own.map(({ key }, i) => [key, counts.slice(2 * i, 2 * i + 2)] as const);
        }),
      );
      const counts = new Map(counted.flat());
      return {
        checks: offered.map(({ key, object, filter }) => {
          const [count = 0, of = 0] = counts.get(key) ?? [];
          return { key, kind: CHECKS[key].kind, object: object.name, count, of, filter };
        }),
      };
    },
    { isolation: 'snapshot' },
  );
}

/**
 * Likely duplicates among the records of an object that the actor may read, in groups.
 * @throws ApiError `not_found` – nobody looks for duplicates there, or not this person · `bad_cursor`
 */
export async function readDuplicates(
  app: App,
  actor: Actor,
  query: { object: string; limit?: number | undefined; cursor?: string | undefined },
): Promise<DuplicatesAnswer> {
  const { registry } = app;
  const object = registry.find(query.object);
  const all = LIKENESSES[query.object];
  if (!object || !all || !isLookedThrough(app, actor, object)) throw notFound();
  const likenesses = all.filter(({ field, within }) =>
    [field, within ?? field].every((name) => isEverReadable(actor, registry, object, name)),
  );
  const { limit = HEALTH_LIMITS.groupsDefault, cursor } = query;
  return transaction(app.sql, (tx) => findAlike(tx, actor, registry, object, likenesses, { limit, cursor }), {
    isolation: 'snapshot',
  });
}

/** People are read by everybody: whoever cannot mend them is not bothered with them. */
const isLookedThrough = ({ registry }: App, actor: Actor, object: ObjectDef): boolean =>
  object.name !== 'user' || possible(rightsOf(actor, registry, object, null).actions.update);

interface Offer {
  key: CheckKey;
  object: ObjectDef;
  filter: Record<string, unknown>;
  parsed: Filter;
  among: Filter;
}

/** The check, made for now; null where it is not for this person. */
function offer({ registry }: App, actor: Actor, key: CheckKey, facts: HealthFacts): Offer | null {
  const object = registry.find(CHECKS[key].object);
  if (!object) return null;
  const { among, filter } = filtersOf(CHECKS[key], facts);
  const parsed = parseFilter(object, filter);
  const mayAsk = fieldsOf(parsed).every((name) => isEverReadable(actor, registry, object, name));
  return mayAsk ? { key, object, filter, parsed, among: parseFilter(object, among) } : null;
}

/** What filters are made with, as far as the actor may know it. */
async function factsFor(tx: Tx, { registry }: App, actor: Actor, today: string): Promise<HealthFacts> {
  const first = async (name: string, filter: Record<string, unknown>) => {
    const view = parseView(registry.get(name), { filter, limit: ROWS_MAX });
    const mayAsk = fieldsOf(view.filter).every((field) =>
      isEverReadable(actor, registry, view.object, field),
    );
    return mayAsk ? (await readPage(tx, actor, registry, view)).rows : [];
  };
  const [left, pipelines] = await Promise.all([first('user', { active: false }), first('pipeline', {})]);
  const won = (stages: unknown) =>
    ((stages ?? []) as StageDef[]).filter(({ kind }) => kind === 'won').map(({ key }) => key);
  return {
    today,
    gone: left.map(({ id }) => id),
    won: pipelines.map((row) => ({ pipeline: row.id, stages: won(row['stages']) })),
  };
}
