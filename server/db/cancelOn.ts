import { log } from '../lib/log.ts';
import type { Sql } from './connect.ts';
import type { Tx } from './transaction.ts';

/**
 * Has the statement that runs in this transaction when `signal` is aborted end at once, with an error; asked for over
 * another connection, one of `by`. Returns what to call when nothing is to be ended any more.
 *
 * Not by the driver's own `cancel`: where the server closes the connection that carried it, as it always does, a promise
 * is rejected that nobody can catch.
 */
export async function cancelOn(signal: AbortSignal, tx: Tx, by: Sql): Promise<() => void> {
  const [us] = await tx<
    [{ pid: number; since: string }]
  >`select pg_backend_pid() as pid, now()::text as since`;
  const cancel = () => {
    // By the time this arrives the connection may be in another transaction, which is none of our business.
    by`
      select pg_cancel_backend(pid) from pg_stat_activity where pid = ${us.pid} and xact_start::text = ${us.since}
    `.catch((err: unknown) => log.warn({ err }, 'a statement could not be ended before its time'));
  };
  signal.addEventListener('abort', cancel, { once: true });
  return () => signal.removeEventListener('abort', cancel);
}
