import { beforeEach, expect, test } from 'vitest';
import { connect } from '../../../server/db/connect.ts';
import { transaction } from '../../../server/db/transaction.ts';
import { readLog, sequenceBatch } from '../../../server/outbox/log.ts';
import { pruneLog } from '../../../server/outbox/prune.ts';
import { later } from '../../world/cleanup.ts';
import { freshDatabase } from '../../world/database.ts';
import { office } from '../../world/office.ts';

// What of the log goes when, and that neither its growing nor its going makes anybody wait who reads it.

const MILLION = 1_000_000;
const database = await freshDatabase();
const { sql } = database;
const { add } = await office(sql);
const reader = await connect(database.url, { max: 1, idle_in_transaction_timeout_ms: 0 });
later(() => reader.end());

/** Another event, with that seq. */
async function eventAt(seq: number): Promise<void> {
  while ((await sequenceBatch(sql)).moved !== 0);
  await sql`update event_head set seq = ${seq - 1}`;
  await add('company', { name: `At ${seq}` });
  expect(await sequenceBatch(sql)).toEqual({ head: seq, moved: 1 });
}
const partitions = async (): Promise<string[]> =>
  (
    await sql<
      { name: string }[]
    >`select inhrelid::regclass::text as name from pg_inherits where inhparent = 'event_log'::regclass order by 1`
  ).map(({ name }) => name);

beforeEach(async () => {
  await sql`delete from node`;
  await sql`delete from log_reader`;
});

test('a part of the log goes once it is old, and passed by all who read it', async () => {
  await eventAt(MILLION + 1);
  expect(await partitions()).toEqual(['event_log_0', 'event_log_1']);
  expect(await pruneLog({ sql }, 7), 'it is young').toBe(0);

  await sql`insert into node (id, read_to) values ('slow', ${MILLION - 1}), ('quick', ${MILLION + 1})`;
  expect(await pruneLog({ sql }, 0), 'a node has yet to read something of the next').toBe(0);
  await sql`update node set read_to = ${MILLION}`;
  await sql`insert into log_reader (name, seq) values ('webhooks', 3)`;
  expect(await pruneLog({ sql }, 0), 'another reader is behind').toBe(0);
  expect(await readLog(sql, 0, 1)).toHaveLength(1);

  await sql`update log_reader set seq = ${MILLION}`;
  expect(await pruneLog({ sql }, 0)).toBe(1);
  expect(await partitions()).toEqual(['event_log_1']);
  expect((await readLog(sql, 0)).map(({ seq }) => seq)).toEqual([MILLION + 1]);
  expect(await pruneLog({ sql }, 0), 'what the head is in stays').toBe(0);
});

test('it grows into a new part, and stays whole, while somebody reads it for hours', async () => {
  await transaction(reader, async (tx) => {
    await tx`select from event_log limit 1`;
    await eventAt(2 * MILLION);
    await eventAt(3 * MILLION);
    const began_ms = performance.now();
    expect(await pruneLog({ sql }, 0), 'given up').toBe(0);
    expect(performance.now() - began_ms).toBeLessThan(2_000);
  });
  expect(await pruneLog({ sql }, 0)).toBe(2);
  expect(await partitions()).toEqual(['event_log_3']);
});
