import { expect, test } from 'vitest';
import { loadActor } from '../../../server/access/loadActor.ts';
import { logAccess } from '../../../server/access/accessLog.ts';
import { connect } from '../../../server/db/connect.ts';
import { transaction } from '../../../server/db/transaction.ts';
import { LiveNode } from '../../../server/fanout/node.ts';
import { systemClock } from '../../../server/lib/clock.ts';
import { must } from '../../../shared/lib/must.ts';
import { later } from '../../world/cleanup.ts';
import { freshDatabase } from '../../world/database.ts';
import { office } from '../../world/office.ts';
import { until } from '../../world/until.ts';
import { TestClient } from './testClient.ts';

const database = await freshDatabase();
const { sql } = database;
const { app, ids, pipeline, add, grant } = await office(sql);
const logSql = await connect(database.url, { max: 2 });
const holder = await connect(database.url, { max: 1 });
const node = new LiveNode({
  app,
  logSql,
  connect: () => connect(database.url, { max: 1 }),
  clock: systemClock,
  announce: () => undefined,
});
await node.start();
later(async () => {
  await node.stop();
  await Promise.all([logSql.end(), holder.end()]);
});

test('a view that was being read when rights were taken away is answered without them', async () => {
  await add('deal', { title: 'CANARY', pipeline, stage: 'first', owner: ids.ben });
  const role = await grant('cem', { grants: { deal: { read: ['all'] } } });
  const cem = new TestClient(node, ids.cem, must(await loadActor(sql, ids.cem), 'Cem'));
  const former = cem.subscriber.actor;
  cem.views.set('all', { object: 'deal', limit: 10 });

  const { answered } = await holder.begin(async (tx) => {
    await tx`lock table deal in access exclusive mode`;
    const answered = cem.open('all');
    await until(async () => (await sql`select 1 from pg_stat_activity where wait_event_type = 'Lock' and datname = current_database()`).length > 0); // prettier-ignore
    await transaction(sql, async (other) => {
      await other`delete from role_assignment where role_id = ${role}`;
      await logAccess(other, { users: [ids.cem], cause: 'test', actorId: null });
    });
    await node.pulse();
    await until(() => !cem.subscriber.muted && cem.subscriber.actor !== former);
    // Within an object, so that it is not waited for.
    return { answered };
  });
  await answered;
  expect(cem.failures).toEqual([]);
  expect(cem.windows.get('all')?.rows).toEqual([]);
  expect(cem.bytes.join()).not.toContain('CANARY');
});
