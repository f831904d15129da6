import { expect, test } from 'vitest';
import { sequenceBatch, readLog } from '../../../server/outbox/log.ts';
import { logAccess } from '../../../server/access/accessLog.ts';
import { transaction } from '../../../server/db/transaction.ts';
import { fetchImage } from '../../../server/records/imageSql.ts';
import { changeRecord, insertRecord, insertRecords } from '../../../server/records/write.ts';
import { newId } from '../../../shared/lib/ids.ts';
import { must } from '../../../shared/lib/must.ts';
import { openNordlicht, refusal } from '../../world/nordlicht.ts';
import { people } from '../../world/people.ts';
import { until } from '../../world/until.ts';

const { app, sql, add } = await openNordlicht();
const ctx = { actorId: null, requestId: 'test' };
const deal = app.registry.get('deal');
const WRITERS = 8;
const EACH = 25;

async function sequenceAll(): Promise<void> {
  while ((await sequenceBatch(sql)).moved !== 0);
}

test('8 writers, a third of them rolling back, leave a log without a gap, in order for every record', async () => {
  const ids = (await Promise.all([1, 2, 3, 4].map(() => add('deal', people.anna)))).map(({ id }) => id);
  await sequenceAll();
  const [head] = await sql<{ seq: number }[]>`select seq from event_head`;
  let written = 0;
  let busy = true;
  const sequencing = Promise.all(
    [1, 2].map(async () => {
      while (busy) await sequenceBatch(sql);
    }),
  );
  await Promise.all(
    Array.from({ length: WRITERS }, async (_, writer) => {
      for (let i = 0; i < EACH; i += 1) {
        const id = must(ids[(writer + i) % ids.length], 'a deal');
        const rollBack = (writer + i) % 3 === 0;
        const done = transaction(sql, async (tx) => {
          await changeRecord(tx, app, ctx, deal, id, { next_step: `${writer}/${i}` });
          if (rollBack) throw new Error('No');
        });
        await done.then(
          () => (written += 1),
          (error: unknown) => expect(error).toMatchObject({ message: 'No' }),
        );
      }
    }),
  );
  busy = false;
  await sequencing;
  await sequenceAll();

  expect(await sql`select id from outbox`, 'nothing is left behind').toHaveLength(0);
  const events = await readLog(sql, must(head, 'the head').seq, 10_000);
  expect(events).toHaveLength(written);
  expect(events.map(({ seq }) => seq)).toEqual(events.map((_, i) => must(head, 'the head').seq + i + 1));
  for (const id of ids) {
    const own = events.filter((event) => event.id === id);
    expect(own.map(({ version }) => version)).toEqual(own.map((_, i) => i + 2));
    // Each one begins where the one before it ended.
    for (const [i, event] of own.entries()) if (i > 0) expect(event.before).toEqual(own[i - 1]?.after);
    const now = await transaction(sql, (tx) => fetchImage(tx, deal, id, { lock: false }));
    expect(own.at(-1)?.after).toEqual(now);
  }
}, 60_000);

test('the scan of the outbox starts higher once nobody can hold a lower id', async () => {
  await add('deal', people.anna);
  const [drawn] = await sql<{ id: number }[]>`select max(id) as id from outbox`;
  // Transactions in the other databases of the run hold it back, too.
  const reached = async () => {
    await sequenceBatch(sql);
    return (await sql`select 1 from event_head where floor = ${must(drawn, 'an id').id}`).count === 1;
  };
  await until(reached, { timeout_ms: 25_000 });
  const before = await sql`select xmin from event_head`;
  await sequenceBatch(sql);
  expect(await sql`select xmin from event_head`, 'idle calls write nothing').toEqual(before);
});

test('a change carries the policy that its statement read', async () => {
  const [first] = await sql<{ seq: number }[]>`select seq from access_head`;
  const before = await add('deal', people.anna);
  await transaction(sql, (tx) => logAccess(tx, { users: null, cause: 'test', actorId: null }));
  const after = await add('deal', people.anna);
  const rows =
    await sql`select record_id, access_seq from outbox where record_id in ${sql([before.id, after.id])} order by id`;
  expect(rows.map(({ access_seq }) => access_seq)).toEqual([first!.seq, first!.seq + 1]);
});

test('many records at once are as good as one by one, each with its event', async () => {
  const company = app.registry.get('company');
  const rows = Array.from({ length: 450 }, (_, i) => ({
    id: newId(),
    values: {
      name: `Company ${i}`,
      ...(i % 2 ? { owner: people.anna.id } : { customer_since: '2020-01-31' }),
    },
  }));
  const images = await transaction(sql, (tx) => insertRecords(tx, app, ctx, company, rows));
  expect(images.map(({ id }) => id)).toEqual(rows.map(({ id }) => id));
  expect(images[0]).toMatchObject({
    name: 'Company 0',
    owner: null,
    team: null,
    customer_since: '2020-01-31',
  });
  expect(images[1]).toMatchObject({ owner: people.anna.id, team: expect.any(String), customer_since: null });
  const events = await sql`select record_id from outbox where object = 'company' order by id`;
  expect(events.map(({ record_id }) => record_id)).toEqual(rows.map(({ id }) => id));
});

test('what a record must have it has, whoever writes it', async () => {
  const insert = (object: string, values: Record<string, string>) =>
    transaction(sql, (tx) => insertRecord(tx, app, ctx, app.registry.get(object), values));
  expect(await refusal(insert('contact', {}))).toEqual(['invalid', { name: 'Required' }]);
  expect(await refusal(insert('deal', {}))).toEqual(['invalid', { title: 'Required' }]);
});
