import { randomBytes } from 'node:crypto';
import { inject } from 'vitest';
import { connect, type Sql } from '../../server/db/connect.ts';
import { later } from './cleanup.ts';

export interface FreshDatabase {
  /** Connected as the program is, with the role that owns nothing. */
  sql: Sql;
  /** Address for the program's role. */
  url: string;
  /** Address for the role that owns the tables. */
  migrationUrl: string;
  /** Ends whatever is connected to it and removes it; happens by itself when the test file is over. */
  drop(): Promise<void>;
}

/**
 * A database of one's own with all migrations done and nothing in it, copied from the run's template in some
 * 50 ms. One for each test file is the custom: in `beforeAll`, or at the top with `await`.
 */
export async function freshDatabase(): Promise<FreshDatabase> {
  const store = inject('store');
  if (!store)
    throw new Error('No Postgres in this run: name the file *.pg.test.ts, or put it into test/journeys');
  const name = `t_${randomBytes(6).toString('hex')}`;
  await asOwner(
    store.migrationUrl,
    (owner) => owner`create database ${owner(name)} template ${owner(store.template)}`,
  );

  const url = inDatabase(store.url, name);
  const sql = await connect(url, { max: 4 });
  const drop = later(async () => {
    await sql.end({ timeout: 2 });
    // By force, as a node that the test has killed or paused may still hold a connection.
    await asOwner(store.migrationUrl, (owner) => owner`drop database if exists ${owner(name)} with (force)`);
  });
  return { sql, url, migrationUrl: inDatabase(store.migrationUrl, name), drop };
}

async function asOwner(migrationUrl: string, act: (owner: Sql) => Promise<unknown>): Promise<void> {
  const owner = await connect(inDatabase(migrationUrl, 'postgres'), { max: 1, statement_timeout_ms: 30_000 });
  try {
    await act(owner);
  } finally {
    await owner.end({ timeout: 2 });
  }
}

function inDatabase(address: string, name: string): string {
  const url = new URL(address);
  url.pathname = `/${name}`;
  return url.href;
}
