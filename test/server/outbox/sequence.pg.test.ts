import { expect, test } from 'vitest';
import { setTimeout as sleep } from 'node:timers/promises';
import { connect, type Sql } from '../../../server/db/connect.ts';
import { transaction } from '../../../server/db/transaction.ts';
import { readLog, sequenceBatch, type LogEvent } from '../../../server/outbox/log.ts';
import { changeRecord, removeRecord, restoreRecord } from '../../../server/records/write.ts';
import { must } from '../../../shared/lib/must.ts';
import { later } from '../../world/cleanup.ts';
import { freshDatabase } from '../../world/database.ts';
import { Dice } from '../../world/dice.ts';
import { office } from '../../world/office.ts';
import { until } from '../../world/until.ts';

// However writers, rollbacks and sequencers come together: each committed change is in the log once, in an order in which
// the versions of each record rise, without a gap; and history says the same.

const database = await freshDatabase();
const { sql } = database;
const { app, ids, pipeline, add } = await office(sql);
const deal = app.registry.get('deal');
const ctx = { actorId: null, requestId: 'test' };
const pools = await Promise.all([1, 2].map(() => connect(database.url, { max: 8, statement_timeout_ms: 60_000, lock_timeout_ms: 60_000, idle_in_transaction_timeout_ms: 60_000 }))); // prettier-ignore
const [writing, holding] = [must(pools[0], 'a pool'), must(pools[1], 'a pool')];
later(() => Promise.all(pools.map((pool) => pool.end({ timeout: 2 }))));

const newDeal = async (title: string) =>
  (await add('deal', { title, pipeline, stage: 'first', owner: ids.ben })).id;
const rename = (pool: Sql, id: string, title: string) =>
  transaction(pool, (tx) => changeRecord(tx, app, ctx, deal, id, { title }));
async function sequenceAll(): Promise<void> {
  // As often as the floor takes to rise.
  for (let idle = 0; idle < 8;) idle = (await sequenceBatch(sql)).moved === 0 ? idle + 1 : 0;
}
const versionsOf = async (id: string) =>
  (await readLog(sql, 0, 100_000)).flatMap((event) => (event.id === id ? event.version : []));

test('a change that is committed late comes late, and is not skipped', async () => {
  const [slow, quick] = [await newDeal('Slow'), await newDeal('Quick')];
  await sequenceAll();
  await transaction(holding, async (tx) => {
    await changeRecord(tx, app, ctx, deal, slow, { title: 'Slow 2' });
    for (let n = 2; n < 6; n++) {
      await rename(writing, quick, `Quick ${n}`);
      await sequenceAll();
    }
  });
  await sequenceAll();
  expect(await versionsOf(quick)).toEqual([1, 2, 3, 4, 5]);
  expect(await versionsOf(slow)).toEqual([1, 2]);
});

test('two changes of a record are in their order, whoever began first', async () => {
  const [contested, other] = [await newDeal('Contested'), await newDeal('Other')];
  await transaction(holding, async (tx) => {
    await changeRecord(tx, app, ctx, deal, other, { title: 'Its transaction has an earlier id' });
    await rename(writing, contested, 'By the later one');
    await changeRecord(tx, app, ctx, deal, contested, { title: 'By the earlier one' });
  });
  await sequenceAll();
  expect(await versionsOf(contested)).toEqual([1, 2, 3]);
});

test('16 writers, rollbacks, long transactions, four sequencers that are killed in the middle', async () => {
  const dice = new Dice(Dice.runSeed());
  const deals = await Promise.all(Array.from({ length: 12 }, (_, n) => newDeal(`Deal ${n}`)));
  await sequenceAll();
  const [head] = await sql<[{ seq: number }]>`select seq from event_head`;
  const written = new Map<string, number>();
  let busy = true;

  const write = async (writer: number): Promise<void> => {
    const long = writer < 4;
    for (let turn = 0; turn < (long ? 6 : 30); turn++) {
      // In one order, so that none waits for another in a circle.
      const chosen = deals.filter(() => dice.chance(long ? 0.3 : 0.1)).sort();
      const back = dice.chance(0.25);
      const changed: string[] = [];
      const done = transaction(long ? holding : writing, async (tx) => {
        for (const id of chosen) {
          const { after } = await changeRecord(tx, app, ctx, deal, id, { title: `${writer} ${turn}` });
          changed.push(`${id} ${after.version}`);
          if (long) await sleep(dice.int(0, 40));
        }
        if (back) throw new Error('No');
      });
      await done.then(
        () => changed.forEach((key) => written.set(key, (written.get(key) ?? 0) + 1)),
        (error: unknown) => expect(error).toMatchObject({ message: 'No' }),
      );
    }
  };
  const sequence = async (): Promise<number> => {
    const own = await connect(database.url, { max: 1, application_name: 'sequencer' });
    let killed = 0;
    while (busy) {
      const { moved } = await sequenceBatch(own, dice.int(1, 20)).catch((error: unknown) => {
        killed++;
        return { moved: -1, error };
      });
      if (moved <= 0) await sleep(dice.int(0, 3));
    }
    await own.end({ timeout: 2 });
    return killed;
  };
  const kill = async (): Promise<void> => {
    while (busy) {
      await sql`
        select pg_terminate_backend(pid) from pg_stat_activity
        where application_name = 'sequencer' and datname = current_database() and state = 'active' and query like '%sequence_batch%'
        order by random() limit 1
      `;
      await sleep(5 + dice.int(0, 20));
    }
  };
  const others = Promise.all([...[1, 2, 3, 4].map(sequence), kill()]);
  await Promise.all(Array.from({ length: 16 }, (_, writer) => write(writer)));
  busy = false;
  const killed = (await others).reduce<number>((sum, count) => sum + Number(count ?? 0), 0);
  expect(killed, 'some were killed at it').toBeGreaterThan(0);
  await sequenceAll();

  expect(await sql`select id from outbox`).toHaveLength(0);
  const events = await readLog(sql, head.seq, 100_000);
  expect(events.map(({ seq }) => seq)).toEqual(events.map((_, i) => head.seq + i + 1));
  expect(events.map(({ id, version }) => `${id} ${version}`).sort()).toEqual([...written.keys()].sort());
  expect([...written.values()].every((times) => times === 1)).toBe(true);
  for (const id of deals) await mustRise(events.filter((event) => event.id === id));
  await mustBeHistory();
}, 120_000);

/** Each begins where the one before it ended, and the last is what is there now. */
async function mustRise(events: LogEvent[]): Promise<void> {
  for (const [i, event] of events.entries()) {
    const before = events[i - 1];
    if (!before) continue;
    expect(event.version).toBe(before.version + 1);
    expect(event.before).toEqual(before.after);
  }
  const last = events.at(-1);
  if (!last) return;
  const [row] = await sql`select version, title from deal where id = ${last.id}`;
  expect(row).toEqual({ version: last.version, title: last.after['title'] });
}

/** History has one entry for each event that people will read about, with what changed from what to what. */
async function mustBeHistory(): Promise<void> {
  const rows = await sql<{ seq: number; version: number; op: string; changes: Record<string, unknown> }[]>`
    select seq, version, op, changes from history where object = 'deal' order by seq
  `;
  const events = (await readLog(sql, 0, 100_000)).filter(({ object }) => object === 'deal');
  expect(rows.map(({ seq, version }) => [seq, version])).toEqual(
    events.map(({ seq, version }) => [seq, version]),
  );
  for (const [i, event] of events.entries()) {
    const { op, changes } = must(rows[i], 'an entry');
    if (op !== 'update') continue;
    const names = Object.keys(event.after).filter(
      (name) =>
        name !== 'version' && JSON.stringify(event.before?.[name]) !== JSON.stringify(event.after[name]),
    );
    expect(changes).toEqual(
      Object.fromEntries(names.map((name) => [name, [event.before?.[name], event.after[name]]])),
    );
  }
}

test('what is put away and taken out again is in the log as such, once each', async () => {
  const id = await newDeal('To go');
  await transaction(writing, (tx) => removeRecord(tx, app, ctx, deal, id));
  await transaction(writing, (tx) => restoreRecord(tx, app, ctx, deal, id));
  await sequenceAll();
  expect(await versionsOf(id)).toEqual([1, 2, 3]);
});

test('a mark from a cluster with more transactions behind it is drawn anew', async () => {
  await sequenceAll();
  await sql`update event_head set mark_id = (select max(outbox_id) from event_log), mark_xid = '9000000000000'`;
  await newDeal('After the restore');
  const [drawn] = await sql<[{ id: number }]>`select max(id) as id from outbox`;
  // Other databases of the run hold it back, too.
  await until(
    async () => {
      await sequenceBatch(sql);
      return (await sql`select from event_head where floor >= ${drawn.id}`).count === 1;
    },
    { timeout_ms: 25_000 },
  );
});

test('large records are read a few at a time', async () => {
  const note = 'A long word. '.repeat(1_500);
  const [before] = await sql<[{ seq: number }]>`select seq from event_head`;
  for (let n = 0; n < 150; n++) {
    await transaction(sql, (tx) => tx`
      insert into outbox (object, record_id, op, version, after, old, access_seq)
      select 'company', gen_random_uuid(), 'create', 1, jsonb_build_object('id', gen_random_uuid(), 'note', ${note}::text), '{}', 0
    `); // prettier-ignore
  }
  await sequenceAll();
  const sizes: number[] = [];
  for (let seq = before.seq; ;) {
    const events = await readLog(sql, seq);
    const last = events.at(-1);
    if (!last) break;
    seq = last.seq;
    sizes.push(JSON.stringify(events.map(({ after }) => after)).length);
  }
  expect(sizes.length).toBeGreaterThan(1);
  expect(Math.max(...sizes)).toBeLessThan(2_200_000);
});
