import { expect, test } from 'vitest';
import { logAccess } from '../../../server/access/accessLog.ts';
import { loadActor } from '../../../server/access/loadActor.ts';
import { connect } from '../../../server/db/connect.ts';
import { transaction } from '../../../server/db/transaction.ts';
import { LiveNode } from '../../../server/fanout/node.ts';
import { changeRecord } from '../../../server/records/write.ts';
import type { ViewRequest } from '../../../shared/protocol/index.ts';
import { newId } from '../../../shared/lib/ids.ts';
import { must } from '../../../shared/lib/must.ts';
import { later } from '../../world/cleanup.ts';
import { fakeClock } from '../../world/clock.ts';
import { freshDatabase } from '../../world/database.ts';
import { office } from '../../world/office.ts';
import { until } from '../../world/until.ts';
import { TestClient } from './testClient.ts';

// A node whose time stands still: it polls for nothing and sends nothing by itself, so what it knows at which moment is
// for the test to say.

const database = await freshDatabase();
const { sql } = database;
const { app, ids, pipeline, add, grant } = await office(sql);
const logSql = await connect(database.url, { max: 2 });
const holder = await connect(database.url, { max: 1 });
const clock = fakeClock();
const node = new LiveNode({
  app,
  logSql,
  connect: () => connect(database.url, { max: 1 }),
  clock,
  announce: () => undefined,
});
await node.start();
later(async () => {
  await node.stop();
  await Promise.all([logSql.end(), holder.end()]);
});

const newDeal = async (title: string) =>
  (await add('deal', { title, pipeline, stage: 'first', owner: ids.ben })).id;

/** Until the node has handled all that was written. */
async function heard(): Promise<void> {
  node.wakeLog(true);
  await until(async () => {
    const [row] = await sql<[{ head: number; waiting: boolean }]>`
      select seq as head, exists (select from outbox) as waiting from event_head
    `;
    return !row.waiting && node.applied === row.head;
  });
}

/** Cem, who reads all deals by one role, with a view that is not opened yet; and what takes the role away. */
async function cemWith(view: Omit<ViewRequest, 'object'>) {
  const role = await grant('cem', { grants: { deal: { read: ['all'] } } });
  const cem = new TestClient(node, ids.cem, must(await loadActor(sql, ids.cem), 'Cem'));
  cem.views.set('view', { object: 'deal', ...view });
  return {
    cem,
    titles: () => cem.windows.get('view')?.rows.map(({ title }) => title),
    revoke: () =>
      transaction(sql, async (tx) => {
        await tx`delete from role_assignment where role_id = ${role}`;
        await logAccess(tx, { users: [ids.cem], cause: 'test', actorId: null });
      }),
  };
}

test('a view that was being read when rights were taken away is answered without them', async () => {
  await newDeal('CANARY read');
  const { cem, titles, revoke } = await cemWith({ limit: 10 });
  const former = cem.subscriber.actor;
  const { answered } = await holder.begin(async (tx) => {
    await tx`lock table deal in access exclusive mode`;
    const answered = cem.open('view');
    await until(async () => (await sql`select 1 from pg_stat_activity where wait_event_type = 'Lock' and datname = current_database()`).length > 0); // prettier-ignore
    await revoke();
    await node.pulse();
    await until(() => !cem.subscriber.muted && cem.subscriber.actor !== former);
    // Within an object, so that it is not waited for.
    return { answered };
  });
  await answered;
  expect(cem.failures).toEqual([]);
  expect(titles()).toEqual([]);
  expect(cem.bytes.join()).not.toContain('CANARY');
});

test('what one holder of a role may see of a change reaches no other who may not', async () => {
  const role = await grant('cem', { grants: { deal: { read: ['own'] } } });
  await sql`insert into role_assignment (id, user_id, role_id) values (${newId()}, ${ids.ben}, ${role})`;
  const [ben, cem] = await Promise.all(
    [ids.ben, ids.cem].map(async (id) => {
      const one = new TestClient(node, id, must(await loadActor(sql, id), 'somebody active'));
      one.views.set('view', { object: 'deal', limit: 10 });
      await one.open('view');
      return one;
    }),
  );
  const deal = await newDeal('Owned by Ben');
  await heard();
  await clock.advance(100);
  expect(ben?.windows.get('view')?.rows.map(({ id }) => id)).toContain(deal);
  expect(cem?.windows.get('view')?.rows).toEqual([]);
  expect(cem?.bytes.join()).not.toContain('Owned by Ben');
});

test('an event waits for the policy that it was made under, which nothing but itself has told of', async () => {
  const deal = await newDeal('Before');
  const { cem, titles, revoke } = await cemWith({ record: deal });
  node.wakeLog(true);
  await cem.open('view');
  expect(titles()).toEqual(['Before']);

  await revoke();
  await transaction(sql, (tx) =>
    changeRecord(tx, app, { actorId: null, requestId: 'test' }, app.registry.get('deal'), deal, {
      title: 'CANARY written',
    }),
  );
  await heard();
  await clock.advance(100);
  await until(() => titles()?.length === 0);
  expect(cem.bytes.join()).not.toContain('CANARY');
});
