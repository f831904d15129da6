import { connect } from '../../../server/db/connect.ts';
import type { BenchStore } from '../store.ts';

// Each makes the store so, and answers how to end it.

/** Each flush takes 1 ms longer, as on a disk across a network. */
export async function slowFsync({ admin }: BenchStore): Promise<() => Promise<unknown>> {
  await admin`alter system set commit_delay = 1000`;
  await admin`alter system set commit_siblings = 0`;
  await admin`select pg_reload_conf()`;
  return async () => {
    await admin`alter system reset commit_delay`;
    await admin`alter system reset commit_siblings`;
    await admin`select pg_reload_conf()`;
  };
}

/** Somebody reads from a snapshot of before, as a backup does: what is deleted meanwhile is not cleaned away. */
export async function holdSnapshot({ url }: BenchStore): Promise<() => Promise<unknown>> {
  const sql = await connect(url, { max: 1, idle_in_transaction_timeout_ms: 0 });
  const held = await sql.reserve();
  await held`begin isolation level repeatable read read only`;
  await held`select count(*) from outbox`;
  await held`select count(*) from event_log`;
  return async () => {
    await held`commit`;
    held.release();
    await sql.end({ timeout: 2 });
  };
}
