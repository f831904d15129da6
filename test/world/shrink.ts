import { transaction, type Tx } from '../../server/db/transaction.ts';
import type { Sql } from '../../server/db/connect.ts';
import type { App } from '../../server/lib/app.ts';
import { askEverything, Disagreement, newTally, type Log } from './agreement.ts';

/**
 * Takes roles, rules, shares, teams and all else away, one by one, for as long as the readings still disagree about the
 * same record for the same person; answers what is said of it then. The store is as it was afterwards.
 */
export async function shrink(app: App, log: Log, found: Disagreement): Promise<string> {
  let last = found;
  const left: string[] = [];
  await undone(
    transaction(app.sql, async (tx) => {
      for (const { what, take } of await parts(tx)) {
        const still = await without(tx, app, log, found, take);
        if (still) last = still;
        else left.push(what);
      }
      throw new Undone();
    }),
  );
  return `${last.message}\n\nIt needs no more than:\n${left.map((what) => `  ${what}\n`).join('')}`;
}

class Undone extends Error {}

/** The disagreement without a part, if it is still there; else the part is put back. */
async function without(
  tx: Tx,
  app: App,
  log: Log,
  question: Disagreement,
  take: (tx: Tx) => Promise<unknown>,
): Promise<Disagreement | null> {
  let still: Disagreement | null = null;
  const tried = tx.savepoint(async (savepoint) => {
    const inner = savepoint as Tx;
    await take(inner);
    // Everything asked runs in this transaction, which no other connection sees.
    const asked = askEverything({ ...app, sql: within(inner) }, log, newTally(), question);
    await asked.catch((error: unknown) => {
      if (error instanceof Disagreement) still = error;
    });
    if (!still) throw new Undone();
  });
  await undone(tried);
  return still;
}

async function undone(work: Promise<unknown>): Promise<void> {
  await work.catch((error: unknown) => {
    if (!(error instanceof Undone)) throw error;
  });
}

/** An open transaction in the place of a pool: what would begin one of its own is a savepoint. */
const within = (tx: Tx): Sql =>
  new Proxy(tx, {
    get(target, name, receiver) {
      if (name !== 'begin') return Reflect.get(target, name, receiver) as unknown;
      return (...args: unknown[]) => target.savepoint(args.at(-1) as Parameters<Tx['savepoint']>[1]);
    },
  }) as unknown as Sql;

interface Part {
  what: string;
  take(tx: Tx): Promise<unknown>;
}

async function parts(sql: Tx): Promise<Part[]> {
  const all: Part[] = [];
  for (const table of ['share', 'sharing_rule', 'restriction', 'role_assignment', 'team_member']) {
    const rows = await sql<
      { row: Record<string, string | null> }[]
    >`select to_jsonb(t) as row from ${sql(table)} t`;
    for (const { row } of rows) {
      const key = row['id'] ?? row['team_id'] ?? '';
      const named = row['id']
        ? sql`id = ${key}`
        : sql`team_id = ${key} and user_id = ${row['user_id'] ?? ''}`;
      all.push({
        what: `${table} ${JSON.stringify(row)}`,
        take: (tx) => tx`delete from ${tx(table)} where ${named}`,
      });
    }
  }
  const said = await sql<{ id: string; part: 'grants' | 'fields'; key: string; value: unknown }[]>`
    select id, part, key, value from role
    cross join lateral (select 'grants' as part, * from jsonb_each(grants) union all select 'fields', * from jsonb_each(fields)) e
    order by id, part, key
  `;
  for (const { id, part, key, value } of said) {
    all.push({
      what: `role ${id} ${part}.${key} ${JSON.stringify(value)}`,
      take: (tx) => tx`update role set ${tx(part)} = ${tx(part)} - ${key}::text where id = ${id}`,
    });
  }
  const people = await sql<Record<string, string>[]>`
    select id, manager_id, team_id, territory_ids from user_account order by id
  `;
  for (const { id = '', ...place } of people) {
    for (const column of ['manager_id', 'team_id', 'territory_ids']) {
      const empty = column === 'territory_ids' ? '{}' : null;
      all.push({
        what: `person ${id} ${column} ${JSON.stringify(place[column])}`,
        take: (tx) => tx`update user_account set ${tx(column)} = ${empty} where id = ${id}`,
      });
    }
  }
  return all;
}
