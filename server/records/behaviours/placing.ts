import type { ObjectDef } from '../../../shared/objects/index.ts';
import { parseFilter, passes, type Filter } from '../../../shared/protocol/index.ts';
import type { Tx } from '../../db/transaction.ts';

// Territories fill by rules on the fields of companies, at every write; when rules have changed, those that were there
// before are brought along in the background (server/commands/governance/territories/fill.ts).

/** A territory that has a rule, with what its companies are like. */
export interface TerritoryRule {
  territory: string;
  filter: Filter;
}

/**
 * The rules in the order in which they are asked: the deepest territories first, the older rule before the newer one.
 * Held as they are until the commit, as by everyone who writes companies: then whoever changes a rule (`alone`) knows
 * that all who did not know of it have committed.
 */
export async function territoryRules(tx: Tx, company: ObjectDef): Promise<TerritoryRule[]> {
  const [, rows] = await Promise.all([
    holdTerritoryRules(tx, 'shared'),
    tx<{ territory: string; filter: unknown }[]>`
      with recursive tree as (
        select id, 0 as depth from territory where parent_id is null
        union all
        select t.id, tree.depth + 1 from territory t join tree on t.parent_id = tree.id
      )
      select r.territory_id as territory, r.filter
      from territory_rule r join tree on tree.id = r.territory_id
      order by tree.depth desc, r.created_at, r.territory_id
    `,
  ]);
  return rows.flatMap(({ territory, filter }) => {
    const parsed = read(company, filter);
    return parsed ? [{ territory, filter: parsed }] : [];
  });
}

export async function holdTerritoryRules(tx: Tx, how: 'shared' | 'alone'): Promise<void> {
  await (how === 'shared'
    ? tx`select pg_advisory_xact_lock_shared(${LOCK})`
    : tx`select pg_advisory_xact_lock(${LOCK})`);
}
const LOCK = 7_103;

/** A rule on a field that is gone fills nothing. */
function read(company: ObjectDef, json: unknown): Filter | null {
  try {
    return parseFilter(company, json);
  } catch {
    return null;
  }
}

/** The territory whose rule a company fulfils; undefined: none has one for it. */
export const placeByRule = (
  rules: readonly TerritoryRule[],
  record: Readonly<Record<string, unknown>>,
): string | undefined => rules.find(({ filter }) => passes(filter, record))?.territory;

/** Where the records of these people go that nothing else places: their home territories. */
export async function homeTerritories(
  tx: Tx,
  owners: readonly string[],
): Promise<Map<string, string | null>> {
  if (owners.length === 0) return new Map();
  const rows = await tx<{ id: string; territory: string | null }[]>`
    select id, territory_ids[1] as territory from user_account where id = any (${[...new Set(owners)]}::uuid[])
  `;
  return new Map(rows.map(({ id, territory }) => [id, territory]));
}
