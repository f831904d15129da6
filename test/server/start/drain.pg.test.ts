import { request, type ClientRequest } from 'node:http';
import { expect, test, vi } from 'vitest';
import { freshDatabase } from '../../world/database.ts';
import { enter, newDeal } from '../../world/pair.ts';
import { people } from '../../world/people.ts';
import type { RawClient } from '../../world/rawClient.ts';
import { openSocket } from '../../world/rawSocket.ts';
import { startNode } from '../../world/server.ts';
import { until } from '../../world/until.ts';
import { Refused } from '../../world/wire.ts';

vi.setConfig({ testTimeout: 120_000, hookTimeout: 200_000 });
const database = await freshDatabase({ demo: true });

/** A file on its way in, of which the last bytes are held back; answers once the node has taken the request up. */
async function upload(client: RawClient): Promise<{ request: ClientRequest; status: Promise<number> }> {
  const url = new URL('/api/imports?object=company&name=slow.csv', client.base);
  const headers = {
    cookie: client.cookieHeader(),
    origin: client.base,
    'content-type': 'application/octet-stream',
    'content-length': 12,
    expect: '100-continue',
  };
  const outgoing = request(url, { method: 'POST', headers, agent: false });
  const status = new Promise<number>((resolve) => {
    outgoing.on('response', (answer) => resolve(answer.resume().statusCode ?? 0));
    outgoing.on('error', () => resolve(0));
  });
  const begun = new Promise<void>((resolve) => outgoing.once('continue', resolve));
  outgoing.flushHeaders();
  await Promise.race([begun, status]);
  outgoing.write('name\nSlow');
  return { request: outgoing, status };
}

test('told to stop, it takes no socket and is not ready, finishes what is under way, and keeps what it acknowledged', async () => {
  const node = await startNode({ database });
  const anna = await enter(node, people.anna);
  const rafael = await enter(node, people.rafael);
  const deal = await newDeal(anna, { title: 'Drained' });
  const sockets = await Promise.all(
    Array.from({ length: 20 }, async () => {
      const socket = await openSocket(anna);
      await socket.open({ object: 'deal', record: deal.id });
      return socket;
    }),
  );
  const slow = await upload(rafael);

  const kept: string[] = [];
  const refused: number[] = [];
  let over = false;
  void node.ended.then(() => (over = true));
  const writers = [0, 1, 2].map(async (writer) => {
    for (let n = 0; !over; n += 1) {
      const subject = `drained ${writer}.${n}`;
      const answer = await anna
        .post('/api/activities', { kind: 'note', subject, deal: deal.id })
        .catch(() => null);
      if (answer === null) return;
      if (answer.status === 201) kept.push(subject);
      else refused.push(answer.status);
    }
  });
  await until(() => kept.length >= 5);

  process.kill(node.pid, 'SIGTERM');
  await until(async () => (await anna.get('/readyz')).status === 503, { every_ms: 5 });
  expect((await anna.get('/readyz')).body).toEqual({ ok: false, failing: ['serving'] });
  expect((await anna.get('/healthz')).status).toBe(200);
  await expect(openSocket(anna)).rejects.toMatchObject({ status: 503 } satisfies Partial<Refused>);
  // They never answer the goodbye.
  await until(() => sockets.every(({ wire }) => wire.closeCode() !== undefined));
  for (const { events } of sockets)
    expect(events).toContainEqual(['going', { after_ms: expect.any(Number) as number }]);
  const before = kept.length;
  await until(() => kept.length > before);
  expect(over).toBe(false);

  slow.request.end(' Co');
  expect(await slow.status).toBe(201);
  expect(await node.ended).toBe(0);
  expect(sockets.every(({ gone }) => gone)).toBe(true);
  await Promise.all(writers);
  expect(refused).toEqual([]);
  const rows = await database.sql<{ subject: string }[]>`
    select subject from activity where deal_id = ${deal.id} and subject like 'drained %'
  `;
  expect(rows.map(({ subject }) => subject)).toEqual(expect.arrayContaining(kept));
  const [left] =
    await database.sql`select count(*) as nodes, (select count(*) from session_socket) as sockets from node`;
  expect(left).toEqual({ nodes: 0, sockets: 0 });
});

test('a request that does not end is cut, and the node ends in time', async () => {
  const node = await startNode({ database });
  const slow = await upload(await enter(node, people.rafael));
  const begin_ms = performance.now();
  await node.stop();
  expect(await slow.status).toBe(0);
  expect(performance.now() - begin_ms).toBeGreaterThan(5_000);
});
