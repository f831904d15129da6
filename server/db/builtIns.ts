import { OBJECTS, Registry } from '../../shared/objects/index.ts';
import type { StageDef } from '../../shared/fields/index.ts';
import { logAccess } from '../access/accessLog.ts';
import type { Values } from '../records/columns.ts';
import { insertRecord } from '../records/write.ts';
import { BUILT_IN_POLICIES, BUILT_IN_ROLES, builtInRoleId } from './builtInRoles.ts';
import type { Sql } from './connect.ts';
import { toJson } from './json.ts';
import { transaction, type Tx } from './transaction.ts';

/** Adds the built-in roles that the store lacks, and brings those up to date that nobody has ever changed. */
export const ensureBuiltIns = (sql: Sql): Promise<void> => transaction(sql, ensureBuiltInRoles);

export async function ensureBuiltInRoles(tx: Tx): Promise<void> {
  const rows = BUILT_IN_ROLES.map((key) => ({
    id: builtInRoleId(key),
    built_in: key,
    ...BUILT_IN_POLICIES[key],
  }));
  const changed = await tx`
    insert into role (id, built_in, name, purpose, grants, fields, system)
    select id, built_in, name, purpose, grants, fields, system
    from jsonb_to_recordset(${toJson(tx, rows)}) r
      (id uuid, built_in text, name text, purpose text, grants jsonb, fields jsonb, system jsonb)
    -- A conflict locks its row even where nothing is updated: while one node loads the demo, others may start.
    where not exists (
      select from role known where known.id = r.id and (known.version <> 1 or
        (known.name, known.purpose, known.grants, known.fields, known.system) is not distinct from
        (r.name, r.purpose, r.grants, r.fields, r.system))
    )
    on conflict (id) do update set (name, purpose, grants, fields, system) =
      (excluded.name, excluded.purpose, excluded.grants, excluded.fields, excluded.system)
    where role.version = 1 and (role.name, role.purpose, role.grants, role.fields, role.system) is distinct from
      (excluded.name, excluded.purpose, excluded.grants, excluded.fields, excluded.system)
    returning xmax <> 0 as updated
  `;
  if (changed.some(({ updated }) => updated))
    await logAccess(tx, { users: null, cause: 'role.update', actorId: null });
}

/** A way of selling and a queue with a chat to begin with, for an installation that has none. */
export async function ensureBeginnings(sql: Sql): Promise<void> {
  await transaction(sql, async (tx) => {
    // Of two processes that start at once, the second waits here and then finds them.
    await tx`select 1 from organisation for update`;
    const registry = new Registry(OBJECTS);
    const add = (object: string, values: Values) =>
      insertRecord(
        tx,
        { registry },
        { actorId: null, requestId: 'beginnings' },
        registry.get(object),
        values,
      );
    const [known] = await tx<{ pipeline: boolean; queue: boolean }[]>`
      select exists (select from pipeline) as pipeline, exists (select from queue) as queue
    `;
    if (!known?.pipeline) await add('pipeline', { name: 'Sales', stages: SALES, position: 0 });
    if (known?.queue) return;
    const queue = await add('queue', { name: 'Support', teams: [], position: 0 });
    await add('channel', { name: 'Support', queue: queue.id, active: true });
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
