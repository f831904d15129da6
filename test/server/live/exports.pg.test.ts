import { expect, test, vi } from 'vitest';
import { must } from '../../../shared/lib/must.ts';
import type { Me, Receipt } from '../../../shared/protocol/index.ts';
import { freshDatabase } from '../../world/database.ts';
import { enter } from '../../world/pair.ts';
import { people } from '../../world/people.ts';
import { startProxy } from '../../world/proxy.ts';
import type { RawClient } from '../../world/rawClient.ts';
import { startNode } from '../../world/server.ts';
import { readSlowly } from '../../world/slowReader.ts';
import { until } from '../../world/until.ts';

// A real node, and clients that do not read: whatever ends somebody's access ends their export within the bound.

const BOUND_ms = 2_000;
vi.setConfig({ testTimeout: 60_000, hookTimeout: 200_000 });

const database = await freshDatabase({ demo: true });
const store = await startProxy(database.url);
const node = await startNode({ database: { ...database, url: store.url } });
const rafael = await enter(node, people.rafael);
for (let i = 0; i < 4; i++) {
  await database.sql`
    insert into company (id, name, about, created_at, updated_at)
    select gen_random_uuid(), 'Company ' || n, repeat('All about it. ', 100), now(), now() from generate_series(1, 5000) n
  `;
}

interface Standing {
  client: RawClient;
  sessionId: string;
  reader: Awaited<ReturnType<typeof readSlowly>>;
}

/** Helena takes all companies out, and reads none of them. */
async function standing(): Promise<Standing> {
  const client = await enter(node, people.helena);
  const me = (await client.get('/api/me')).body as Me;
  const reader = await readSlowly(client, '/api/companies/export');
  expect(reader.status).toBe(200);
  return { client, sessionId: me.session.id, reader };
}

/** How her export ended, and how long after that moment of the store's. */
async function ended(since: string): Promise<{ why: string; after_ms: number }> {
  const row = await until(async () => {
    const [found] = await database.sql<{ why: string; after_ms: number }[]>`
      select after ->> 'why' as why, extract(epoch from at - ${since}::timestamptz)::float8 * 1000 as after_ms
      from audit_entry where action = 'export.end' and at >= ${since}::timestamptz order by id desc limit 1
    `;
    return found;
  });
  return must(row, 'an end');
}
const now = async () =>
  must((await database.sql<{ now: string }[]>`select clock_timestamp() as now`)[0], 'now').now;

test('an ended session loses its export, which the receipt counts', async () => {
  const { reader, sessionId } = await standing();
  const since = await now();
  const answer = await rafael.delete(`/api/sessions/${sessionId}`);
  const { receipt } = answer.body as Receipt;
  expect(receipt).toMatchObject({ pending: [], nodes: [{ sockets: 1 }] });
  const { why, after_ms } = await ended(since);
  expect(why).toBe('session_ended');
  expect(after_ms).toBeLessThan(BOUND_ms);
  expect((await reader.rest()).whole).toBe(false);
});

test('whoever loses a role loses the export that it allowed', async () => {
  const { reader, client } = await standing();
  const [held] = await database.sql<{ role: string }[]>`
    select role_id as role from role_assignment where user_id = ${people.helena.id}
  `;
  const query = `user=${people.helena.id}&role=${must(held, 'her role').role}`;
  const since = await now();
  expect((await rafael.delete(`/api/assignments?${query}`)).status).toBe(200);
  const { why, after_ms } = await ended(since);
  expect(why).toBe('rights_changed');
  expect(after_ms).toBeLessThan(BOUND_ms);
  expect((await reader.rest()).whole).toBe(false);
  expect((await client.get('/api/companies/export')).status).toBe(404);
  const given = { user: people.helena.id, role: must(held, 'her role').role };
  expect((await rafael.post('/api/assignments', given)).status).toBe(201);
});

test('a node that is cut off from the store lets nothing more of an export go out', async () => {
  const { reader } = await standing();
  const at_ms = performance.now();
  store.blackhole();
  try {
    // Nothing is read meanwhile, and the store cannot be asked: only the connection itself tells of the end.
    await until(() => performance.now() - at_ms > BOUND_ms + 500);
    expect((await reader.rest()).whole).toBe(false);
  } finally {
    store.restore();
  }
  await until(async () => (await rafael.get('/readyz')).status === 200, { timeout_ms: 30_000 });
});
