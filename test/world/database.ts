import { randomBytes } from 'node:crypto';
import { inject, type ProvidedContext } from 'vitest';
import { connect, type Sql } from '../../server/db/connect.ts';
import { later } from './cleanup.ts';
import { until } from './until.ts';

export interface FreshDatabase {
  /** Connected as the program is, with the role that owns nothing. */
  sql: Sql;
  /** Address for the program's role. */
  url: string;
  /** Address for the role that owns the tables. */
  migrationUrl: string;
  /**
   * Makes a copy of it as it is now, by the answer to put in its place later, as an operator does with a dump: under the
   * same name, and whoever is connected is cut off.
   */
  backUp(): Promise<() => Promise<void>>;
  /** Ends whatever is connected to it and removes it; happens by itself when the test file is over. */
  drop(): Promise<void>;
}

/**
 * A database of one's own with all migrations done, copied from the run's template in some 50 ms: empty, or with the
 * demo in it, which is loaded once for the run. One for each test file is the custom: in `beforeAll`, or at the top
 * with `await`.
 */
export async function freshDatabase({ demo = false } = {}): Promise<FreshDatabase> {
  const store = inject('store');
  if (!store)
    throw new Error('No Postgres in this run: name the file *.pg.test.ts, or put it into test/journeys');
  const name = `t_${randomBytes(6).toString('hex')}`;
  await at(store.migrationUrl, async (owner) => {
    const template = demo ? await demoTemplate(owner, store) : store.template;
    await owner`create database ${owner(name)} template ${owner(template)}`;
  });

  const url = inDatabase(store.url, name);
  const sql = await connect(url, { max: 4 });
  const drop = later(async () => {
    await sql.end({ timeout: 2 });
    // By force, as a node that the test has killed or paused may still hold a connection; and as the superuser, as the
    // store itself may be tidying up in it, which nobody else may interrupt.
    await at(store.adminUrl, (admin) => admin`drop database if exists ${admin(name)} with (force)`);
  });
  const backUp = async () => {
    const copy = `${name}_copy`;
    await at(store.adminUrl, async (admin) => {
      await admin`alter database ${admin(name)} with allow_connections false`;
      await admin`select pg_terminate_backend(pid) from pg_stat_activity where datname = ${name}`;
      await until(
        async () => (await admin`select from pg_stat_activity where datname = ${name}`).length === 0,
      );
      await admin`create database ${admin(copy)} template ${admin(name)}`;
      await admin`alter database ${admin(name)} with allow_connections true`;
    });
    return () =>
      at(store.adminUrl, async (admin) => {
        await admin`drop database ${admin(name)} with (force)`;
        await admin`alter database ${admin(copy)} rename to ${admin(name)}`;
      });
  };
  return { sql, url, migrationUrl: inDatabase(store.migrationUrl, name), backUp, drop };
}

/** Made by whoever needs it first, while the others wait. */
async function demoTemplate(owner: Sql, store: Store): Promise<string> {
  const [name, unfinished] = ['demo_template', 'demo_template_unfinished'];
  await owner`select pg_advisory_lock(${DEMO_LOCK})`;
  const [found] = await owner<{ there: boolean }[]>`
    select exists (select from pg_database where datname = ${name}) as there
  `;
  if (!found?.there) {
    await owner`drop database if exists ${owner(unfinished)} with (force)`;
    await owner`create database ${owner(unfinished)} template ${owner(store.template)}`;
    const { loadDemo } = await import('../../server/db/demo/index.ts');
    const sql = await connect(inDatabase(store.url, unfinished), { max: 2 });
    await loadDemo(sql);
    await sql.end({ timeout: 5 });
    await owner`alter database ${owner(unfinished)} rename to ${owner(name)}`;
  }
  await owner`select pg_advisory_unlock(${DEMO_LOCK})`;
  return name;
}

const DEMO_LOCK = 20_261_122;
type Store = NonNullable<ProvidedContext['store']>;

async function at(address: string, act: (sql: Sql) => Promise<unknown>): Promise<void> {
  const patience = {
    statement_timeout_ms: 120_000,
    lock_timeout_ms: 120_000,
    idle_in_transaction_timeout_ms: 0,
  };
  const sql = await connect(inDatabase(address, 'postgres'), { max: 1, ...patience });
  try {
    await act(sql);
  } finally {
    await sql.end({ timeout: 2 });
  }
}

function inDatabase(address: string, name: string): string {
  const url = new URL(address);
  url.pathname = `/${name}`;
  return url.href;
}
