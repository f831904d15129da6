import { builtInRoleId } from '../../../server/db/builtInRoles.ts';
import { ensureBeginnings, ensureBuiltIns } from '../../../server/db/builtIns.ts';
import { transaction } from '../../../server/db/transaction.ts';
import { createSession } from '../../../server/identity/sessions.ts';
import { must } from '../../../shared/lib/must.ts';
import { OBJECTS, Registry } from '../../../shared/objects/index.ts';
import { madeIds } from '../made.ts';
import { startStore, type BenchStore } from '../store.ts';

/** Representatives, each of whom sees their own deals and no others, and an administrator. */
export const ids = madeIds(['user', 'deal', 'company']);

export interface LiveWorld extends BenchStore {
  /** A new session of the n-th person; as a cookie, and by its public id. */
  enter(person: number): Promise<{ cookie: string; sessionId: string }>;
}

/** Finds the numbers of all deals that a text tells of, in whatever shape the wire has. */
export const dealsIn = (text: string): number[] => [...text.matchAll(DEAL)].map(([, n]) => Number(n));
const DEAL = new RegExp(`${ids.of('deal', 0).slice(0, -12)}(\\d{12})`, 'g');

/**
 * A store of its own with so many representatives (the one after the last is the administrator) and deals, which they own
 * in turn; Postgres keeps the moment of each commit.
 */
export async function openWorld(people: number, deals: number): Promise<LiveWorld> {
  const store = await startStore(undefined, { track_commit_timestamp: 'on' });
  const { sql } = store;
  try {
    await fill(store, people, deals);
  } catch (error) {
    await store.stop();
    throw error;
  }
  const registry = new Registry(OBJECTS);
  const app = { sql, registry, nodeId: 'bench', poke: () => undefined };
  return {
    ...store,
    async enter(person) {
      const who = { userId: ids.of('user', person), method: 'password', device: 'bench', address: '127.0.0.1', requestId: 'bench' } as const; // prettier-ignore
      const { token, session } = await transaction(sql, (tx) => createSession(tx, app, who));
      return { cookie: `rolecall=${token}`, sessionId: session.sessionId };
    },
  };
}

async function fill({ sql, owner }: BenchStore, people: number, deals: number): Promise<void> {
  await ensureBuiltIns(sql);
  await ensureBeginnings(sql);
  await owner`
    insert into user_account (id, name, email)
    select ${ids.sql(owner, 'user', owner`i`)}, 'Person ' || i, 'person' || i || '@example.com'
    from generate_series(0, ${people}::int) i
  `;
  const [rep, admin] = [builtInRoleId('sales_representative'), builtInRoleId('administrator')];
  await owner`
    insert into role_assignment (id, user_id, role_id)
    select gen_random_uuid(), ${ids.sql(owner, 'user', owner`i`)}, case when i = ${people}::int then ${admin}::uuid else ${rep}::uuid end
    from generate_series(0, ${people}::int) i
  `;
  await owner`insert into company (id, name) values (${ids.of('company', 0)}, 'Customer')`;
  await owner`
    insert into deal (id, title, company_id, pipeline_id, stage, owner_id)
    select ${ids.sql(owner, 'deal', owner`i`)}, 'Deal ' || i, ${ids.of('company', 0)}, p.id, 'qualified',
      ${ids.sql(owner, 'user', owner`(i % ${people}::int)`)}
    from generate_series(0, ${deals}::int - 1) i, (select id from pipeline limit 1) p
  `;
  await owner`vacuum analyze`;
}

/** When each deal was committed last, by its number, in milliseconds since 1970; those that were never changed are left out. */
export async function commitsOfDeals({ owner }: BenchStore): Promise<Map<number, number>> {
  const rows = await owner<{ id: string; at_ms: number }[]>`
    select id, (extract(epoch from pg_xact_commit_timestamp(xmin)) * 1000)::float8 as at_ms from deal where version > 1
  `;
  return new Map(rows.map(({ id, at_ms }) => [must(dealsIn(id)[0], 'a deal of ours'), at_ms]));
}
