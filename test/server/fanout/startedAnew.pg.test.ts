import { execFileSync } from 'node:child_process';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { loadActor } from '../../../server/access/loadActor.ts';
import { connect } from '../../../server/db/connect.ts';
import { startEmbedded, type Embedded } from '../../../server/db/embedded.ts';
import { migrate } from '../../../server/db/migrate.ts';
import { transaction } from '../../../server/db/transaction.ts';
import { LiveNode } from '../../../server/fanout/node.ts';
import { createSession } from '../../../server/identity/sessions.ts';
import { systemClock } from '../../../server/lib/clock.ts';
import { changeRecord } from '../../../server/records/write.ts';
import { must } from '../../../shared/lib/must.ts';
import { later } from '../../world/cleanup.ts';
import { tempFolder } from '../../world/folders.ts';
import { office } from '../../world/office.ts';
import { startProxy } from '../../world/proxy.ts';
import { until } from '../../world/until.ts';
import { TestClient } from './testClient.ts';

// The server is started anew under a node, first on the files as they were, then on an older copy of them: nothing in the
// store tells the one from the other, and only the second is to be noticed.

const dataDir = tempFolder('anew');
let postgres: Embedded = await startEmbedded({ dataDir, fsync: false });
later(async () => {
  await postgres.stop();
  rmSync(dataDir, { recursive: true, force: true });
});
await migrate(postgres.migrationUrl, { appRole: new URL(postgres.url).username });
const proxy = await startProxy(postgres.url);

/** `meanwhile` is done while the server is down. */
async function startAnew(meanwhile: () => void): Promise<void> {
  await postgres.stop();
  meanwhile();
  postgres = await startEmbedded({ dataDir, fsync: false });
  proxy.aim(Number(new URL(postgres.url).port));
}

/** With their owners, which Node.js does not keep. */
const copyFiles = (from: string, to: string) => void execFileSync('cp', ['-a', from, to]);

test('a server started anew closes no view; on an older copy of its files, all are opened anew', async () => {
  const sql = await connect(proxy.url, { max: 4 });
  const { app, ids, pipeline, add, grant } = await office(sql);
  await grant('cem', { grants: { deal: { read: ['all'] } }, fields: { deal: {} } });
  const { id } = await add('deal', { title: 'Before', pipeline, stage: 'first', owner: ids.ben });
  const whence = { method: 'password', device: 'Test', address: '192.0.2.1', requestId: 'test' } as const;
  const { session } = await transaction(sql, (tx) => createSession(tx, app, { userId: ids.cem, ...whence }));
  while ((await sql`select from outbox`).count > 0) await sql`select sequence_batch()`;
  const [files, copy] = [join(dataDir, 'postgres'), join(dataDir, 'copy')];
  await startAnew(() => copyFiles(files, copy));

  const logSql = await connect(proxy.url, { max: 2 });
  const node = new LiveNode({
    app,
    logSql,
    connect: () => connect(proxy.url, { max: 1 }),
    clock: systemClock,
    announce: () => undefined,
  });
  await node.start();
  later(async () => {
    await node.stop();
    await Promise.all([logSql.end({ timeout: 1 }), sql.end({ timeout: 1 })]);
  });
  const cem = new TestClient(node, ids.cem, must(await loadActor(sql, ids.cem), 'Cem'), session.sessionId);
  cem.views.set('view', { object: 'deal', limit: 10 });
  await cem.open('view');
  const told = () =>
    cem.bytes.map((text) => /"title":"([^"]*)"/.exec(text)?.[1]).findLast((title) => title !== undefined);
  const rename = async (title: string) => {
    const ctx = { actorId: null, requestId: 'test' };
    await transaction(sql, (tx) => changeRecord(tx, app, ctx, app.registry.get('deal'), id, { title }));
    node.wakeLog(true);
  };
  const epoch = () => node.cursor(cem.subscriber).slice(0, 20);

  await rename('Lost');
  await until(() => told() === 'Lost');
  await node.pulse();
  const first = epoch();
  await startAnew(() => undefined);
  await until(() => node.pulse(), { timeout_ms: 20_000 });
  expect(epoch(), 'who comes back now asks anew').not.toBe(first);
  await rename('Lost as well');
  await until(() => told() === 'Lost as well');
  expect(cem.opens.get('view'), 'who stayed does not').toBe(1);

  await node.pulse();
  await startAnew(() => {
    rmSync(files, { recursive: true });
    copyFiles(copy, files);
  });
  await until(() => told() === 'Before', { timeout_ms: 20_000 });
  expect(cem.opens.get('view')).toBeGreaterThan(1);
  await rename('After');
  await until(() => told() === 'After');
}, 120_000);
