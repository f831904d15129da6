import { OBJECTS, Registry } from '../../shared/objects/index.ts';
import type { StageDef } from '../../shared/fields/index.ts';
import { insertRecord } from '../records/write.ts';
import { BUILT_IN_POLICIES, BUILT_IN_ROLES, builtInRoleId } from './builtInRoles.ts';
import type { Sql } from './connect.ts';
import { toJson } from './json.ts';
import { transaction, type Tx } from './transaction.ts';

/** Adds the built-in roles that the store lacks; those it has are left as they are, whatever became of them. */
export const ensureBuiltIns = (sql: Sql): Promise<void> => transaction(sql, ensureBuiltInRoles);

export async function ensureBuiltInRoles(tx: Tx): Promise<void> {
  const rows = BUILT_IN_ROLES.map((key) => ({
    id: builtInRoleId(key),
    built_in: key,
    ...BUILT_IN_POLICIES[key],
  }));
  await tx`
    insert into role (id, built_in, name, purpose, grants, fields, system)
    select id, built_in, name, purpose, grants, fields, system
    from jsonb_to_recordset(${toJson(tx, rows)}) r
      (id uuid, built_in text, name text, purpose text, grants jsonb, fields jsonb, system jsonb)
    on conflict do nothing
  `;
}

/** A way of selling to begin with, for an installation that has none. */
export async function ensureFirstPipeline(sql: Sql): Promise<void> {
  await transaction(sql, async (tx) => {
    // Of two processes that start at once, the second waits here and then finds it.
    await tx`select 1 from organisation for update`;
    const [known] = await tx`select 1 from pipeline limit 1`;
    if (known) return;
    const registry = new Registry(OBJECTS);
    const values = { name: 'Sales', stages: SALES, position: 0 };
    await insertRecord(
      tx,
      { registry },
      { actorId: null, requestId: 'first-pipeline' },
      registry.get('pipeline'),
      values,
    );
  });
}

const SALES: StageDef[] = [
  { key: 'qualified', name: 'Qualified', probability: 20, kind: 'open', color: 'slate', requires: [] },
  { key: 'proposal', name: 'Proposal', probability: 40, kind: 'open', color: 'blue', requires: [] },
  {
    key: 'negotiation',
    name: 'Negotiation',
    probability: 60,
    kind: 'open',
    color: 'amber',
    requires: ['closes_on'],
  },
  { key: 'won', name: 'Won', probability: 100, kind: 'won', color: 'green', requires: [] },
  { key: 'lost', name: 'Lost', probability: 0, kind: 'lost', color: 'red', requires: [] },
];
