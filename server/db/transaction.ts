import type postgres from 'postgres';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Sql } from './connect.ts';
import { isConflict } from './failures.ts';

declare const brand: unique symbol;

/** The connection of one open transaction. Functions that write take a `Tx`, so they cannot run outside of one. */
export type Tx = postgres.TransactionSql & { readonly [brand]: 'Tx' };

const RETRIES = 3;

/**
 * Runs `work` in one transaction: all of it is committed when it returns, nothing if it throws. Returns what it
 * returned. If the database says that it lost against another transaction (serialization failure, deadlock), it
 * runs again, at most three times more.
 *
 * So inside belong only statements on `tx` and computing. Nothing that others see and that cannot be taken back:
 * no frame, no poke, no e-mail, no Redis, no second transaction; return what is needed for that and do it after.
 * Nothing slow either: the connection's time limits (2 s for a statement, a lock, a pause) end the transaction.
 * A connection lost at the commit leaves the outcome unknown; that error is passed on, never retried here.
 */
export async function transaction<T>(
  sql: Sql,
  work: (tx: Tx) => Promise<T>,
  options: { isolation?: keyof typeof BEGIN } = {},
): Promise<T> {
  for (let retry = 0; ; retry += 1) {
    try {
      // postgres.js types the result as the awaited elements of an array, which is the same for any promised T.
      return (await sql.begin(BEGIN[options.isolation ?? 'default'], (tx) => work(tx as Tx))) as T;
    } catch (error) {
      if (!isConflict(error) || retry === RETRIES) throw error;
      await sleep(Math.random() * 10 * 2 ** retry);
    }
  }
}

const BEGIN = {
  default: '',
  /** One state of the store for all statements. */
  snapshot: 'isolation level repeatable read read only',
  serializable: 'isolation level serializable',
} as const;
