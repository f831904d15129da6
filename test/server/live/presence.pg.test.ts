import { afterEach, expect, test, vi } from 'vitest';
import { CHAT } from '../../../server/db/demo/support.ts';
import { personNamed } from '../../../server/db/demo/people.ts';
import type { PresenceNews, Present } from '../../../shared/protocol/index.ts';
import { freshDatabase } from '../../world/database.ts';
import { enter } from '../../world/pair.ts';
import { people } from '../../world/people.ts';
import type { RawClient } from '../../world/rawClient.ts';
import { openSocket, type RawSocket } from '../../world/rawSocket.ts';
import { startRedis } from '../../world/redis.ts';
import { startNode, type TestNode } from '../../world/server.ts';
import { until } from '../../world/until.ts';
import { enterAsVisitor, widgetSocket } from './widget.ts';

// Who is on a ticket and what they are writing in, over two nodes; and nobody hears of it who may not.

vi.setConfig({ testTimeout: 60_000, hookTimeout: 200_000 });
const database = await freshDatabase({ demo: true });
const redis = await startRedis();
const shared = { database, redisUrl: redis.url, ready_timeout_ms: 150_000 };
const a = await startNode(shared);
const b = await startNode(shared);
const rafael = await enter(a, people.rafael);
const customer = await enterAsVisitor(b, CHAT.id);
const ticket = await customer.write('The parcel is wet');
const fatima = personNamed('fatima');

/** What a client was told last, in an order of its own: that of the server is by ids. */
const told = (socket: RawSocket): Present[] | undefined =>
  socket.events
    .filter(([name]) => name === 'presence')
    .map(([, news]) => news as PresenceNews)
    .filter(({ record }) => record === ticket)
    .at(-1)
    ?.people.sort(byText);
const byText = (one: Present, two: Present) => (JSON.stringify(one) < JSON.stringify(two) ? -1 : 1);

async function sees(socket: RawSocket, people: Present[], timeout_ms = 10_000): Promise<void> {
  const wanted = JSON.stringify([...people].sort(byText));
  await until(() => JSON.stringify(told(socket)) === wanted, { timeout_ms }).catch(() => undefined);
  expect(told(socket)).toEqual([...people].sort(byText));
}

const says = (socket: RawSocket, word: object = {}) =>
  socket.ask('presence', { record: ticket, state: 'here', ...word });

const sockets: RawSocket[] = [];
const keep = (socket: RawSocket): RawSocket => (sockets.push(socket), socket);
afterEach(async () => {
  for (const { wire } of sockets.splice(0)) wire.destroy();
  // Nobody is there any more who could be taken for somebody of the next test.
  const last = await at(a, await enter(a, people.bjorn));
  await sees(last, []);
});

/** Somebody with the ticket open. */
async function at(node: TestNode, client: RawClient): Promise<RawSocket> {
  const socket = keep(await openSocket(client.at(node.base)));
  await socket.open({ object: 'ticket', record: ticket }, 'ticket');
  return socket;
}

/** Gives somebody a role of just these actions on all tickets; answers how to take it away. */
async function allow(person: { id: string }, ...actions: string[]): Promise<() => Promise<unknown>> {
  const grants = { ticket: Object.fromEntries(['read', ...actions].map((action) => [action, ['all']])) };
  const name = `Role ${Math.random()}`;
  const made = await rafael.post('/api/roles', { name, purpose: '', grants, fields: {}, system: [] });
  expect(made.status, made.text).toBe(201);
  const { id } = made.body as { id: string };
  const given = await rafael.post('/api/assignments', { user: person.id, role: id });
  expect(given.status, given.text).toBeLessThan(300);
  return () => rafael.delete(`/api/assignments?user=${person.id}&role=${id}`);
}

test('over two nodes everyone is told of the others, as far as they may know', async () => {
  await allow(people.oskar, 'read_thread', 'reply');
  const [bjorn, noNotes] = [
    await at(a, await enter(a, people.bjorn)),
    await at(b, await enter(b, people.oskar)),
  ];
  const colleague = await at(b, await enter(b, fatima));
  const widget = keep(await widgetSocket(b, customer.token));
  await widget.open({ object: 'ticket', record: ticket }, 'ticket');

  expect(await says(bjorn)).toEqual({ ok: true });
  await sees(colleague, [{ user: people.bjorn.id, state: 'here' }]);
  expect(await says(bjorn, { field: 'note' })).toEqual({ ok: true });
  await sees(colleague, [{ user: people.bjorn.id, field: 'note', state: 'here' }]);
  await sees(noNotes, [{ user: people.bjorn.id, state: 'here' }]);
  await sees(widget, []);
  await says(bjorn, { field: 'reply' });
  await sees(noNotes, [{ user: people.bjorn.id, field: 'reply', state: 'here' }]);
  await sees(widget, [{ name: 'Björn', field: 'reply', state: 'here' }]);
  await says(widget, { field: 'reply' });
  await sees(bjorn, [{ customer: true, field: 'reply', state: 'here' }]);

  for (const socket of [noNotes, widget]) expect(socket.bytes()).not.toContain('"note"');
  expect(widget.bytes()).not.toMatch(new RegExp(`${people.bjorn.id}|Åkesson|${fatima.id}|"by"`));
  expect(await says(noNotes, { field: 'note' })).toHaveProperty('error.code', 'field_not_readable');
  for (const field of ['note', 'status', 'assignee'])
    expect(await says(widget, { field })).toHaveProperty('error.code', 'field_not_readable');

  // Who writes and says no more is soon only there.
  await sees(widget, [], 9_000);
  const both = [
    { user: people.bjorn.id, state: 'here' as const },
    { customer: true as const, state: 'here' as const },
  ];
  await sees(colleague, both, 9_000);
});

test('who may not see the ticket, or has not opened it, can neither say nor hear anything', async () => {
  const bjorn = await at(a, await enter(a, people.bjorn));
  const anna = await at(a, await enter(a, people.anna));
  const closed = await openSocket(await enter(a, fatima));
  await closed.open({ object: 'ticket', limit: 5 }, 'list');
  const other = keep(await widgetSocket(a, (await enterAsVisitor(a, CHAT.id)).token));
  await other.open({ object: 'ticket', record: ticket }, 'ticket');
  for (const socket of [anna, closed, other])
    for (const state of ['here', 'away', 'gone'])
      expect(await says(socket, { state })).toHaveProperty('error.code', 'not_found');
  for (const word of [
    { state: 'hidden' },
    { record: 'x' },
    { field: '' },
    { field: 'x'.repeat(61) },
    { as: 1 },
  ])
    expect(await says(bjorn, word)).toHaveProperty('error.code', 'malformed');
  expect(await says(bjorn, { field: 'reply' })).toEqual({ ok: true });
  await sees(await at(b, await enter(b, fatima)), [{ user: people.bjorn.id, field: 'reply', state: 'here' }]);
  for (const socket of [anna, closed, other]) expect(socket.bytes()).not.toContain('"presence"');
});

test('a hundred words at once are too many; the socket stays, and others hear calmly', async () => {
  const bjorn = await at(a, await enter(a, people.bjorn));
  const reader = await at(a, await enter(a, fatima));
  const heard = () => reader.events.filter(([name]) => name === 'presence').length;
  const before = heard();
  const answers = await Promise.all(
    Array.from({ length: 100 }, (_, n) => says(bjorn, n % 2 ? { field: 'reply' } : {})),
  );
  expect(answers.filter((answer) => 'error' in (answer as object)).length).toBeGreaterThan(60);
  expect(heard() - before).toBeLessThan(10);
  await until(async () => 'ok' in ((await says(bjorn, { state: 'gone' })) as object));
  await sees(reader, []);
});

test('presence is gone at once with the view, the socket, the session and the right', async () => {
  const reader = await at(a, await enter(a, people.bjorn));
  const there = [{ user: fatima.id, state: 'here' as const }];
  const client = await enter(b, fatima);
  const ways: ((socket: RawSocket) => unknown)[] = [
    (socket) => socket.ask('close', { id: 'ticket' }),
    (socket) => socket.open({ object: 'ticket', limit: 1 }, 'ticket'),
    (socket) => says(socket, { state: 'gone' }),
    (socket) => socket.wire.destroy(),
    () => client.delete('/api/session'),
  ];
  for (const end of ways) {
    const socket = await at(b, client);
    await says(socket);
    await sees(reader, there);
    await end(socket);
    await sees(reader, [], 2_000);
    socket.wire.destroy();
  }
});

test('nor does anything reach, or come from, somebody whose right was taken away', async () => {
  const take = await allow(people.helena, 'read_thread', 'reply', 'note');
  const reader = await at(a, await enter(a, people.bjorn));
  const helena = await at(b, await enter(b, people.helena));
  await says(helena, { field: 'note' });
  await says(reader);
  await sees(reader, [{ user: people.helena.id, field: 'note', state: 'here' }]);
  await sees(helena, [{ user: people.bjorn.id, state: 'here' }]);
  await take();
  await sees(reader, [], 2_000);
  await until(() => helena.events.some(([name]) => name === 'resync'));
  expect((await helena.open({ object: 'ticket', record: ticket }, 'ticket')).rows).toEqual([]);
  const count = helena.events.filter(([name]) => name === 'presence').length;
  await says(reader, { field: 'reply' });
  await sees(await at(b, await enter(b, fatima)), [{ user: people.bjorn.id, field: 'reply', state: 'here' }]);
  expect(helena.events.filter(([name]) => name === 'presence').length).toBe(count);
  expect(await says(helena)).toHaveProperty('error.code', 'not_found');
});

test('without Redis each node knows its own; afterwards they hear of each other again', async () => {
  const [here, there] = [await at(a, await enter(a, people.bjorn)), await at(b, await enter(b, fatima))];
  await sees(here, []);
  await redis.stop();
  await says(there);
  await redis.restart();
  await sees(here, [{ user: fatima.id, state: 'here' }], 20_000);
});

test('the people of a node that dies are gone after ten seconds', async () => {
  const here = await at(a, await enter(a, people.bjorn));
  const there = await at(b, await enter(b, fatima));
  await says(there);
  await sees(here, [{ user: fatima.id, state: 'here' }]);
  const died_ms = Date.now();
  await b.kill();
  await sees(here, [], 12_000);
  expect(Date.now() - died_ms).toBeGreaterThan(4_000);
});
