import { expect, test, vi } from 'vitest';
import { loadActor } from '../../../server/access/loadActor.ts';
import { logAccess } from '../../../server/access/accessLog.ts';
import { connect, type Sql } from '../../../server/db/connect.ts';
import { transaction } from '../../../server/db/transaction.ts';
import { LiveNode } from '../../../server/fanout/node.ts';
import { createSession } from '../../../server/identity/sessions.ts';
import { systemClock, type Clock } from '../../../server/lib/clock.ts';
import { pruneLog } from '../../../server/outbox/prune.ts';
import { changeRecord } from '../../../server/records/write.ts';
import { must } from '../../../shared/lib/must.ts';
import { later } from '../../world/cleanup.ts';
import { fakeClock } from '../../world/clock.ts';
import { freshDatabase } from '../../world/database.ts';
import { office } from '../../world/office.ts';
import { until } from '../../world/until.ts';
import { TestClient } from './testClient.ts';

// The log is not what it was: restored from a copy, or gone on for so long that the next event has been dropped. Screens
// that are open become right again, by what is in the store now.

vi.setConfig({ testTimeout: 60_000 });

interface Scene {
  sql: Sql;
  node: LiveNode;
  cem: TestClient;
  /** Another session of Cem's; its id. */
  session(): Promise<string>;
  /** The deal's title as Cem was told last. */
  told(): string | undefined;
  /** Gives the deal another title; `rename` has the node hear of it at once. */
  write(title: string): Promise<unknown>;
  rename(title: string): Promise<void>;
  revoke(): Promise<void>;
  restore: () => Promise<void>;
}

/** Cem looks at a deal; what is done from here on is undone by `restore`, which is as good as a dump brought back. */
async function scene(clock: Clock = systemClock): Promise<Scene> {
  const database = await freshDatabase();
  const { sql } = database;
  const { app, ids, pipeline, add, grant } = await office(sql);
  const role = await grant('cem', { grants: { deal: { read: ['all'] } }, fields: { deal: {} } });
  const { id } = await add('deal', { title: 'Before', pipeline, stage: 'first', owner: ids.ben });
  const session = () =>
    transaction(sql, async (tx) => {
      const whence = { method: 'password', device: 'Test', address: '192.0.2.1', requestId: 'test' } as const;
      return (await createSession(tx, app, { userId: ids.cem, ...whence })).session.sessionId;
    });
  const first = await session();
  const restore = await database.backUp();

  const logSql = await connect(database.url, { max: 2 });
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
    await logSql.end({ timeout: 1 });
  });
  const cem = new TestClient(node, ids.cem, must(await loadActor(sql, ids.cem), 'Cem'), first);
  cem.views.set('view', { object: 'deal', limit: 10 });
  await cem.open('view');
  const write = (title: string) =>
    transaction(sql, (tx) =>
      changeRecord(tx, app, { actorId: null, requestId: 'test' }, app.registry.get('deal'), id, { title }),
    );
  return {
    sql,
    node,
    cem,
    session,
    told: () =>
      cem.bytes.map((text) => /"title":"([^"]*)"/.exec(text)?.[1]).findLast((title) => title !== undefined),
    write,
    rename: async (title) => {
      await write(title);
      node.wakeLog(true);
    },
    revoke: () =>
      transaction(sql, async (tx) => {
        await tx`delete from role_assignment where role_id = ${role}`;
        await logAccess(tx, { users: [ids.cem], cause: 'test', actorId: null });
      }),
    restore,
  };
}

test('a store that is brought back under a node: screens show what it holds, and go on from there', async () => {
  const { cem, node, told, rename, restore } = await scene();
  for (let n = 0; n < 5; n++) await rename(`Lost ${n}`);
  await until(() => told() === 'Lost 4');
  const cursor = node.cursor(cem.subscriber);
  await restore();
  await until(() => told() === 'Before');
  expect(node.cursor(cem.subscriber).slice(0, 20), 'cursors of before mean nothing').not.toBe(
    cursor.slice(0, 20),
  );
  // Fewer than were lost, so that a node that waited for its own number would miss them.
  await rename('After');
  await until(() => told() === 'After');
});

test('rights that are taken away afterwards are, though the policy has a lower number than it had', async () => {
  const { sql, told, cem, node, restore, rename, revoke } = await scene();
  for (let n = 0; n < 3; n++) await transaction(sql, (tx) => logAccess(tx, { users: [], cause: 'test', actorId: null })); // prettier-ignore
  await rename('Lost');
  await until(() => told() === 'Lost' && node.rights.applied >= 3);
  await restore();
  await until(() => told() === 'Before');
  await revoke();
  await until(() => cem.bytes.at(-1)?.includes('"rows":[]'));
  await rename('CANARY');
  await until(async () => node.applied === (await headOf(sql)));
  expect(cem.bytes.join()).not.toContain('CANARY');
});

test('a session that was begun after the copy ends with the restore', async () => {
  const { cem, session, told, rename, restore } = await scene();
  const another = new TestClient(cem.node, cem.userId, cem.subscriber.actor, await session());
  await rename('Lost');
  await until(() => told() === 'Lost');
  await restore();
  await until(() => another.ended === 'expired');
  await until(() => told() === 'Before');
  expect(cem.ended).toBeUndefined();
});

test('rows brought back by hand, in the same tables: found missing, and told to all', async () => {
  const { sql, cem, node, told, rename } = await scene();
  await rename('Kept');
  await until(() => told() === 'Kept');
  const [kept] = await sql<[{ seq: number }]>`select seq from event_head`;
  await rename('Lost');
  await until(() => told() === 'Lost');
  await node.pulse();
  const cursor = node.cursor(cem.subscriber);
  await sql.begin(async (tx) => {
    await tx`update deal set title = 'Kept', version = version - 1`;
    await tx`delete from event_log where seq > ${kept.seq}`;
    await tx`update event_head set seq = ${kept.seq}`;
    await tx`delete from history where seq > ${kept.seq}`;
  });
  // Another event at the very place of the one that went.
  await rename('Written instead');
  await until(() => told() === 'Written instead');
  await until(() => node.cursor(cem.subscriber).slice(0, 20) !== cursor.slice(0, 20));
  const { count } = await sql`select from event_log where seq > ${kept.seq}`;
  expect(count).toBe(1);
});

test('a node that slept while its next event was dropped begins anew, and skips nothing silently', async () => {
  const clock = fakeClock();
  const { sql, node, told, write } = await scene(clock);
  expect(told()).toBe('Before');
  await sql`select sequence_batch()`;
  await sql`update event_head set seq = 999990`;
  await write('Written while it slept');
  await sql`select sequence_batch()`;
  await sql`update event_head set seq = 999998`;
  for (let n = 0; n < 3; n++)
    await sql`
      insert into outbox (object, record_id, op, version, after, old, access_seq)
      values ('pipeline', gen_random_uuid(), 'create', 1, '{}', '{}', 0)
    `;
  await sql`select sequence_batch()`;
  // As those do who are awake where one has not been seen for long.
  await sql`delete from node`;
  expect(await pruneLog({ sql }, 0)).toBe(1);
  node.wakeLog(false);
  await until(async () => {
    await clock.advance(20);
    return told() === 'Written while it slept';
  });
  expect(node.applied).toBe(await headOf(sql));
});

async function headOf(sql: Sql): Promise<number> {
  await sql`select sequence_batch()`;
  const [row] = await sql<[{ seq: number }]>`select seq from event_head`;
  return row.seq;
}
