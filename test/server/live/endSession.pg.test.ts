import { afterEach, expect, test, vi } from 'vitest';
import type { Me, Receipt } from '../../../shared/protocol/index.ts';
import { must } from '../../../shared/lib/must.ts';
import { change, enter, newDeal, startPair } from '../../world/pair.ts';
import { people } from '../../world/people.ts';
import { startProxy, type Proxy } from '../../world/proxy.ts';
import type { RawClient } from '../../world/rawClient.ts';
import { openSocket } from '../../world/rawSocket.ts';
import { until } from '../../world/until.ts';
import { watch, type Watch } from '../../world/watch.ts';

/** After the commit that ends a session, nothing of any record may leave any node for longer than this. */
const BOUND_ms = 2_000;

vi.setConfig({ testTimeout: 60_000, hookTimeout: 200_000 });
let wall: Proxy | undefined;
const { a, b, database, redis } = await startPair(async ({ url, migrationUrl }) => {
  wall = await startProxy(url);
  return { database: { url: wall.url, migrationUrl } };
});
/** Between node B and the store. */
const storeOfB = must(wall, 'the proxy');
const rafael = await enter(a, people.rafael);
const kofi = await enter(a, people.kofi);
const deal = await newDeal(kofi, { title: 'Watched', owner: people.dawit.id });
let ticks = 0;

/** A change that everyone who may see the deal hears of; answers the words to look for. */
async function tick(): Promise<string> {
  const words = `tick-${++ticks}.`;
  await change(kofi, `/api/deals/${deal.id}`, { next_step: words });
  return words;
}

interface Guest {
  client: RawClient;
  sessionId: string;
  /** One at each node, with the deal in view. They never leave by themselves. */
  sockets: Watch[];
}

/** Dawit, with a session of its own, at both nodes. */
async function dawit(): Promise<Guest> {
  const client = await enter(a, people.dawit);
  const me = (await client.get('/api/me')).body as Me;
  const sockets = [];
  for (const node of [a, b]) {
    const at = watch(await openSocket(client.at(node.base)));
    await at.socket.open({ object: 'deal', record: deal.id });
    sockets.push(at);
  }
  // Each node notes its sockets in the session's row. Cut off in the middle of that, it would hold the row's lock, and
  // whoever ends the session would have to ask a second time.
  await until(
    async () => {
      const [row] = await database.sql`select 1 from session where id = ${me.session.id} and sockets = 2`;
      return row !== undefined;
    },
    { what: 'both nodes to have noted their sockets' },
  );
  return { client, sessionId: me.session.id, sockets };
}

const hears = (at: Watch, words: string) =>
  until(() => at.socket.bytes().includes(words), { what: `somebody to hear ${words}` });

async function end(sessionId: string): Promise<{ receipt: Receipt['receipt']; at_ms: number }> {
  const answer = await rafael.delete(`/api/sessions/${sessionId}`);
  expect(answer.status, answer.text).toBe(200);
  const { ended, receipt } = answer.body as Receipt;
  expect(ended).toBe(1);
  const [row] = await database.sql<[{ at: string }]>`
    select at from session_end where ${sessionId} = any (sessions)
  `;
  return { receipt, at_ms: Date.parse(row.at) };
}

/** Both nodes answer and hear each other again: the next test begins with a whole system. */
async function whole(): Promise<void> {
  for (const node of [a, b]) {
    await until(async () => (await kofi.at(node.base).get('/readyz')).status === 200, {
      timeout_ms: 30_000,
      what: `${node.base} to be ready`,
    });
  }
}

afterEach(whole);

test.each([
  ['Redis is up', () => undefined, () => undefined],
  ['Redis is stopped and says nothing', () => redis.pause(), () => redis.resume()],
  ['Redis is dead', () => redis.stop(), () => redis.restart()],
])('%s: an ended session hears nothing more, at either node', async (_, breakRedis, mendRedis) => {
  const gone = await dawit();
  const stays = await dawit();
  const before = await tick();
  for (const at of [...gone.sockets, ...stays.sockets]) await hears(at, before);

  try {
    await breakRedis();
    const { receipt, at_ms } = await end(gone.sessionId);
    expect(receipt.pending).toEqual([]);
    expect(receipt.nodes.map(({ sockets }) => sockets)).toEqual([1, 1]);
    for (const { ms } of receipt.nodes) expect(ms).toBeLessThan(BOUND_ms);

    const after = [await tick(), await tick()];
    // Dawit's other session is the proof that both nodes have sent what came after.
    for (const at of stays.sockets) await hears(at, must(after[1], 'words'));
    for (const { socket, framesSince } of gone.sockets) {
      for (const words of after) expect(socket.bytes()).not.toContain(words);
      expect(framesSince(at_ms + BOUND_ms)).toEqual([]);
      expect(socket.events.at(-1)).toEqual(['ended', { reason: 'ended_by_admin' }]);
      await until(() => socket.gone, { what: 'the server to break the connection' });
    }
    for (const node of [a, b]) {
      const answer = await gone.client.at(node.base).get(`/api/deals/${deal.id}`);
      expect(answer).toMatchObject({ status: 401, body: { error: { code: 'session_ended' } } });
      await expect(openSocket(gone.client.at(node.base))).rejects.toThrow(/session_ended/);
    }
  } finally {
    await mendRedis();
  }
});

test('a socket that is being opened while its session ends does not outlive it', async () => {
  const client = await enter(a, people.dawit);
  const me = (await client.get('/api/me')).body as Me;
  const opening = [a, b, a, b, a, b].map((node) =>
    openSocket(client.at(node.base)).then(
      (socket) => socket,
      () => null,
    ),
  );
  const { receipt } = await end(me.session.id);
  expect(receipt.pending).toEqual([]);
  for (const socket of await Promise.all(opening)) {
    if (socket) await until(() => socket.gone, { what: 'a late socket to be closed' });
  }
});

test('a session that writes without a pause can be ended, and what it was promised is kept', async () => {
  const { client, sessionId } = await dawit();
  const kept: string[] = [];
  const refused: number[] = [];
  const write = async (writer: number) => {
    for (let n = 0; ; n += 1) {
      const subject = `without a pause ${writer}.${n}`;
      const answer = await client.post('/api/activities', { kind: 'note', subject, deal: deal.id });
      if (answer.status === 201) kept.push(subject);
      else if (answer.status !== 503) return void refused.push(answer.status);
    }
  };
  const writers = Array.from({ length: 8 }, (_, writer) => write(writer));
  await until(() => kept.length >= 16, { timeout_ms: 30_000 });
  const { receipt, at_ms } = await end(sessionId);
  expect(receipt.pending).toEqual([]);
  await Promise.all(writers);
  for (const status of refused) expect(status).toBe(401);
  const rows = await database.sql<{ subject: string; late: boolean }[]>`
    select subject, created_at > ${new Date(at_ms)} as late from activity where subject like 'without a pause %'
  `;
  expect(rows.map(({ subject }) => subject).sort()).toEqual(kept.sort());
  expect(rows.filter(({ late }) => late)).toEqual([]);
});

test('a request under way when its session ends is refused', async () => {
  const { client, sessionId } = await dawit();
  // Each question to the store takes 0.4 s at node B, and an answer needs several, the session's own word last.
  storeOfB.delay(200);
  try {
    const asked = client.at(b.base).get(`/api/deals/${deal.id}`);
    await end(sessionId);
    const { status, text } = await asked;
    expect([status, text]).toEqual([401, expect.stringContaining('session_ended')]);
  } finally {
    storeOfB.delay(0);
  }
});

test('a node that stands still while a session ends sends nothing stale when it goes on', async () => {
  const gone = await dawit();
  const stays = await dawit();
  const [atA, atB] = gone.sockets as [Watch, Watch];
  await hears(atB, await tick());

  b.pause();
  let resumed_ms: number;
  let asked: ReturnType<RawClient['get']>;
  let after: string;
  try {
    asked = gone.client.at(b.base).get(`/api/deals/${deal.id}`);
    const { receipt, at_ms } = await end(gone.sessionId);
    expect(receipt.nodes).toMatchObject([{ sockets: 1 }]);
    expect(receipt.pending).toHaveLength(1);
    const holds_by_ms = Date.parse(must(receipt.pending[0], 'node B').holds_by);
    expect(holds_by_ms - at_ms).toBeGreaterThanOrEqual(0);
    // It is counted from the first look at the receipts, which comes after the commit.
    expect(holds_by_ms - at_ms).toBeLessThan(BOUND_ms + 1_000);
    after = await tick();
    await until(() => Date.now() > at_ms + BOUND_ms);
  } finally {
    resumed_ms = Date.now();
    b.resume();
  }
  expect([401, 503]).toContain((await asked).status);
  await until(() => atB.socket.gone, { what: 'node B to break the connection' });
  await hears(must(stays.sockets[1], 'a socket at B'), after);
  expect(atB.framesSince(resumed_ms)).toEqual([]);
  for (const { socket } of [atA, atB]) expect(socket.bytes()).not.toContain(after);
});

test('a node that is cut off from the store sends and answers nothing after 2 s', async () => {
  const gone = await dawit();
  const stays = await dawit();
  const [, atB] = gone.sockets as [Watch, Watch];
  const [, othersAtB] = stays.sockets as [Watch, Watch];
  await hears(atB, await tick());

  storeOfB.blackhole();
  let after: string;
  try {
    const { receipt, at_ms } = await end(gone.sessionId);
    expect(receipt.pending).toHaveLength(1);
    after = await tick();
    await until(() => Date.now() > at_ms + BOUND_ms);
    for (const client of [gone.client, stays.client]) {
      const answer = await client.at(b.base).get(`/api/deals/${deal.id}`);
      expect(answer).toMatchObject({ status: 503, body: { error: { code: 'unavailable' } } });
    }
    expect((await kofi.at(b.base).get('/healthz')).status).toBe(200);
    await expect(openSocket(stays.client.at(b.base))).rejects.toThrow(/unavailable/);
    for (const at of [atB, othersAtB]) expect(at.framesSince(at_ms + BOUND_ms)).toEqual([]);
  } finally {
    storeOfB.restore();
  }
  await until(() => atB.socket.gone, { timeout_ms: 20_000, what: 'node B to break the connection' });
  expect(atB.socket.bytes()).not.toContain(after);
  await whole();
  // Whoever may still see it is right again, on the old connection or on a new one.
  const again = othersAtB.socket.gone ? watch(await openSocket(stays.client.at(b.base))) : othersAtB;
  if (again !== othersAtB) await again.socket.open({ object: 'deal', record: deal.id });
  await hears(again, after);
});
