import { beforeAll, describe, expect, test, vi } from 'vitest';
import type { Me, Receipt } from '../../shared/protocol/index.ts';
import { freshDatabase, type FreshDatabase } from '../world/database.ts';
import { startNginx } from '../world/nginx.ts';
import { change, enter, newDeal } from '../world/pair.ts';
import { people } from '../world/people.ts';
import { look, NGINX } from '../world/programs.ts';
import { type RawClient, signIn } from '../world/rawClient.ts';
import { officialSocket, openSocket, type RawSocket } from '../world/rawSocket.ts';
import { startRedis } from '../world/redis.ts';
import { startNode, type TestNode } from '../world/server.ts';
import { readSlowly } from '../world/slowReader.ts';
import { until } from '../world/until.ts';

// Two nodes behind nginx with the configuration of deploy/.

vi.setConfig({ testTimeout: 120_000, hookTimeout: 300_000 });
const missing = look(NGINX) === undefined;

describe.skipIf(missing)(`behind nginx${missing ? ' (skipped: nginx is not installed)' : ''}`, () => {
  let database: FreshDatabase;
  let a: TestNode;
  let b: TestNode;
  let front: { base: string };
  let shared: { database: FreshDatabase; redisUrl: string; env: Record<string, string> };

  beforeAll(async () => {
    database = await freshDatabase({ demo: true });
    const redis = await startRedis();
    shared = { database, redisUrl: redis.url, env: { TRUST_PROXY: '1' } };
    [a, b] = await Promise.all([startNode(shared), startNode(shared)]);
    front = await startNginx([a, b]);
  });

  /** Sockets of somebody through nginx, at least one at each node, with a record in view. */
  async function atBoth(client: RawClient, record: string): Promise<RawSocket[]> {
    const me = (await client.get('/api/me')).body as Me;
    const sockets: RawSocket[] = [];
    const noted = async () =>
      database.sql<
        { sockets: number }[]
      >`select sockets from session_socket where session_id = ${me.session.id}`;
    for (let held = 0; held < 2 && sockets.length < 20; held = (await noted()).length) {
      const socket = await openSocket(client);
      await socket.open({ object: 'deal', record });
      sockets.push(socket);
      await until(async () => (await noted()).reduce((sum, row) => sum + row.sockets, 0) === sockets.length);
    }
    return sockets;
  }

  test('people sign in, and are known by their own address whatever they say', async () => {
    const spoofed = { 'x-forwarded-for': '203.0.113.9' };
    const anna = await signIn(front.base, people.anna.email, 'rolecall-demo');
    const made = await anna.post('/api/companies', { name: 'Behind nginx' }, spoofed);
    expect(made.status, made.text).toBe(201);
    expect((await anna.get('/api/me')).body).toMatchObject({ user: { id: people.anna.id } });
    const rows = await database.sql<
      { address: string }[]
    >`select distinct address from audit_entry where address is not null`;
    expect(rows).toEqual([{ address: '127.0.0.1' }]);
    expect((await anna.get('/')).text).toContain('<!doctype html>');
  });

  test('a change on one node reaches sockets at the other, and an ended session loses all of its own', async () => {
    const kofi = await enter(front, people.kofi);
    const deal = await newDeal(kofi, { title: 'Through nginx' });
    const dawit = await enter(front, people.kofi);
    const sockets = await atBoth(dawit, deal.id);
    for (const [n, node] of [a, b].entries()) {
      await change(kofi.at(node.base), `/api/deals/${deal.id}`, { next_step: `from ${n}.` });
      for (const socket of sockets) await until(() => socket.bytes().includes(`from ${n}.`));
    }

    const rafael = await enter(front, people.rafael);
    const me = (await dawit.get('/api/me')).body as Me;
    const { receipt } = (await rafael.delete(`/api/sessions/${me.session.id}`)).body as Receipt;
    expect(receipt).toMatchObject({ pending: [], nodes: [{}, {}] });
    for (const socket of sockets) {
      await until(() => socket.gone);
      expect(socket.events.at(-1)).toEqual(['ended', { reason: 'ended_by_admin' }]);
    }
  });

  test('some megabytes pass in and out, and a download is broken where its session ends', async () => {
    const rafael = await enter(front, people.rafael);
    const rows = Array.from({ length: 30_000 }, (_, n) => `Company ${n},${'about it '.repeat(12)}`).join(
      '\n',
    );
    const file = `name,about\n${rows}\n`;
    expect(file.length).toBeGreaterThan(3_000_000);
    const sent = await rafael.send('POST', '/api/imports?object=company&name=large.csv', file, {
      'content-type': 'application/octet-stream',
    });
    expect(sent.status, sent.text).toBe(201);
    // The nodes' own limit for what is no file, in their own words.
    const refused = await rafael.post('/api/companies', { name: 'x'.repeat(270_000) });
    expect(refused).toMatchObject({ status: 413, body: { error: { code: 'too_large' } } });

    for (let part = 0; part < 5; part += 1) {
      await database.sql`
        insert into company (id, name, about, created_at, updated_at)
        select gen_random_uuid(), 'Company ' || n, repeat('All about it. ', 100), now(), now() from generate_series(1, 2000) n
      `;
    }
    const whole = await (await readSlowly(rafael, '/api/companies/export')).rest();
    expect(whole.whole).toBe(true);
    expect(whole.text.length).toBeGreaterThan(10_000_000);

    const helena = await enter(front, people.helena);
    const me = (await helena.get('/api/me')).body as Me;
    const reader = await readSlowly(helena, '/api/companies/export');
    expect(reader.status).toBe(200);
    expect((await rafael.delete(`/api/sessions/${me.session.id}`)).body).toMatchObject({
      receipt: { pending: [] },
    });
    expect((await reader.rest()).whole).toBe(false);
  });

  test('when a node is killed its clients come back to the other, and no request fails', async () => {
    const kofi = await enter(front, people.kofi);
    const deal = await newDeal(kofi, { title: 'Twice at home' });
    const officials = await Promise.all(Array.from({ length: 6 }, () => officialSocket(kofi)));
    const lost = officials.map(({ socket }) => new Promise((gone) => socket.once('disconnect', gone)));
    await a.kill();
    await Promise.race(lost);
    await until(() => officials.every(({ socket }) => socket.connected), { timeout_ms: 20_000 });
    for (let n = 0; n < 10; n += 1) {
      expect((await kofi.get(`/api/deals/${deal.id}`)).status).toBe(200);
      await change(kofi, `/api/deals/${deal.id}`, { next_step: `step ${n}` });
    }
  });

  test('a node that is told to stop hands its clients over, and nobody is refused', async () => {
    const again = await startNode({ ...shared, port: a.port });
    const kofi = await enter(front, people.kofi);
    const deal = await newDeal(kofi, { title: 'Handed over' });
    const officials = await Promise.all(Array.from({ length: 6 }, () => officialSocket(kofi)));
    let stopping = true;
    const failed: unknown[] = [];
    const asking = [0, 1].map(async (asker) => {
      for (let n = 0; stopping; n += 1) {
        const answer =
          asker === 0
            ? await kofi.get(`/api/deals/${deal.id}`)
            : await kofi.patch(`/api/deals/${deal.id}`, { next_step: `step ${n}` });
        if (answer.status !== 200) failed.push([answer.status, answer.text]);
      }
    });
    await b.stop();
    await until(() => officials.every(({ socket }) => socket.connected), { timeout_ms: 20_000 });
    stopping = false;
    await Promise.all(asking);
    expect(failed).toEqual([]);
    expect((await kofi.at(again.base).get(`/api/deals/${deal.id}`)).status).toBe(200);
  });
});
