import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test, vi } from 'vitest';
import { identify } from '../../../server/lib/processes.ts';
import type { Me, PresenceNews, Receipt } from '../../../shared/protocol/index.ts';
import { must } from '../../../shared/lib/must.ts';
import { later } from '../../world/cleanup.ts';
import { freshDatabase } from '../../world/database.ts';
import { change, enter, newDeal } from '../../world/pair.ts';
import { people } from '../../world/people.ts';
import type { RawClient } from '../../world/rawClient.ts';
import { openSocket, type RawSocket } from '../../world/rawSocket.ts';
import { startNode } from '../../world/server.ts';
import { until } from '../../world/until.ts';

// Two processes behind one port, without Redis.

vi.setConfig({ testTimeout: 180_000, hookTimeout: 200_000 });
const database = await freshDatabase({ demo: true });
const node = await startNode({ database, args: ['--workers', '2'], env: { WORKERS: '3' } });
await until(() => node.output().includes('Rolecall is at'));

/** The processes that serve, by what their nodes are called. */
async function workers(): Promise<number[]> {
  const rows = await database.sql<{ id: string }[]>`
    select id from node where seen_at > now() - interval '3 seconds' order by id
  `;
  const pids = rows.map(({ id }) => Number(id.split('-').at(-2)));
  return pids.filter((pid) => identify(pid) !== undefined);
}

const sessionOf = async (client: RawClient) => ((await client.get('/api/me')).body as Me).session.id;

/** Sockets of one session, at least one at each worker, with a record in view. */
async function atBoth(client: RawClient, view: { object: string; record: string }): Promise<RawSocket[]> {
  const session = await sessionOf(client);
  const sockets: RawSocket[] = [];
  await until(
    async () => {
      const rows = await database.sql`select 1 from session_socket where session_id = ${session}`;
      if (rows.length === 2) return true;
      const socket = await openSocket(client);
      await socket.open(view);
      sockets.push(socket);
      // Nodes note their sockets once a second.
      await until(async () => {
        const [row] =
          await database.sql`select 1 from session where id = ${session} and sockets = ${sockets.length}`;
        return row !== undefined;
      });
      return false;
    },
    { timeout_ms: 60_000, what: 'sockets at both workers' },
  );
  return sockets;
}

test('it says how many serve, and what is counted of each', async () => {
  expect(node.output()).toContain(`Rolecall is at http://localhost:${node.port} (2 workers)`);
  await until(async () => (await workers()).length === 2);
  await until(async () => {
    const text = await (await fetch(`${node.base}/metrics`)).text();
    const samples = text.split('\n').filter((line) => line.startsWith('rolecall_lease{'));
    expect(text.match(/^# TYPE rolecall_lease /gm)).toHaveLength(1);
    return samples.sort().join() === 'rolecall_lease{worker="1"} 1,rolecall_lease{worker="2"} 1';
  });
});

test('a change and who is there reach the sockets of both; an end of a session holds at both', async () => {
  const anna = await enter(node, people.anna);
  const kofi = await enter(node, people.kofi);
  const deal = await newDeal(anna, { title: 'Shared out' });
  const view = { object: 'deal', record: deal.id };
  const sockets = await atBoth(kofi, view);
  await change(anna, `/api/deals/${deal.id}`, { next_step: 'heard everywhere' });
  for (const socket of sockets) await until(() => socket.bytes().includes('heard everywhere'));

  // It is in no store that could be polled.
  const here = await openSocket(anna);
  await here.open(view);
  await here.ask('presence', { record: deal.id, state: 'here' });
  for (const socket of sockets) {
    await until(() =>
      socket.events.some(
        ([name, news]) =>
          name === 'presence' && (news as PresenceNews).people.some(({ user }) => user === people.anna.id),
      ),
    );
  }

  const rafael = await enter(node, people.rafael);
  const answer = await rafael.delete(`/api/sessions/${await sessionOf(kofi)}`);
  const { receipt } = answer.body as Receipt;
  expect(receipt.pending).toEqual([]);
  expect(receipt.nodes).toHaveLength(2);
  expect(receipt.nodes.reduce((sum, { sockets: closed }) => sum + closed, 0)).toBe(sockets.length);
  for (const socket of sockets) {
    await until(() => socket.gone);
    expect(socket.events.at(-1)).toEqual(['ended', { reason: 'ended_by_admin' }]);
  }
});

test('one that dies is replaced while the other serves on, and one that is told to end ends in order', async () => {
  for (const signal of ['SIGKILL', 'SIGTERM'] as const) {
    const before = await until(async () => (await workers()).length === 2 && workers());
    const [victim, other] = [must(before[0], 'a worker'), must(before[1], 'another')];
    process.kill(victim, signal);
    const after = await until(
      async () => {
        const now = await workers();
        return now.length === 2 && !now.includes(victim) && now;
      },
      { timeout_ms: 60_000, what: 'another worker' },
    );
    expect(after).toContain(other);
    expect((await enter(node, people.anna)).cookies.size).toBe(1);
  }
  expect(node.output()).toMatch(/a worker has ended, another one takes its place how="SIGKILL"/);
});

test('told to stop, all of it ends in order, also where the system tells each process', async () => {
  const pids = await workers();
  process.kill(node.pid, 'SIGTERM');
  for (const pid of pids) process.kill(pid, 'SIGTERM');
  expect(await node.ended).toBe(0);
  for (const pid of pids) expect(identify(pid)).toBeUndefined();
});

test('where they cannot start, one line says why; where each dies at once, it gives up', async () => {
  const first = await startNode({ database, args: ['--workers=2'] });
  const second = await startNode({ database, args: ['--workers=2'], port: first.port, ready_timeout_ms: 0 });
  expect(await second.ended).toBe(1);
  expect(second.output().trim()).toBe(
    `Port ${first.port} on 127.0.0.1 is in use: stop what uses it, or set PORT to another.`,
  );

  await until(() => first.output().includes('Rolecall is at'));
  let over = false;
  void first.ended.then(() => (over = true));
  const killed = new Set<number>();
  await until(
    async () => {
      for (const pid of await workers()) {
        if (killed.has(pid)) continue;
        killed.add(pid);
        process.kill(pid, 'SIGKILL');
      }
      return over;
    },
    { timeout_ms: 90_000, what: 'it to give up' },
  );
  expect(await first.ended).toBe(1);
  expect(first.output()).toMatch(
    /^Workers end as soon as they are started, the last one with SIGKILL: giving up\.$/m,
  );
});

test('when the primary is killed nothing is left: no worker, and no Postgres', async () => {
  const dataDir = mkdtempSync(join(tmpdir(), 'rolecall-workers-'));
  later(async () => rmSync(dataDir, { recursive: true, force: true }));
  const own = {
    DATABASE_URL: undefined,
    MIGRATION_URL: undefined,
    DATA_DIR: dataDir,
    DEMO: '0',
    WORKERS: '2',
  };
  const alone = await startNode({ database, env: own });
  await until(() => alone.output().includes('(2 workers)'));
  const postmaster = Number(readFileSync(join(dataDir, 'postgres/postmaster.pid'), 'utf8').split('\n')[0]);
  expect(identify(postmaster)).toBeDefined();
  await alone.kill();
  // The workers hold its output open as long as they live.
  expect(await alone.ended).toBe('SIGKILL');
  await until(() => identify(postmaster) === undefined, { timeout_ms: 30_000, what: 'Postgres to end' });
});
