import { expect, test, vi } from 'vitest';
import { CHAT } from '../../../server/db/demo/support.ts';
import { must } from '../../../shared/lib/must.ts';
import { SOCKET_LIMITS, type WireEvent } from '../../../shared/protocol/index.ts';
import { freshDatabase } from '../../world/database.ts';
import { change, enter } from '../../world/pair.ts';
import { people } from '../../world/people.ts';
import { openSocket } from '../../world/rawSocket.ts';
import { startNode } from '../../world/server.ts';
import { until } from '../../world/until.ts';
import { openWire, Refused } from '../../world/wire.ts';
import { enterAsVisitor, widgetSocket } from './widget.ts';

// The chat's own door: for customers, by token, from the web sites that show it. Nobody else, and nothing but a thread.

vi.setConfig({ testTimeout: 30_000, hookTimeout: 200_000 });
const database = await freshDatabase({ demo: true });
const node = await startNode({ database, ready_timeout_ms: 150_000 });
const rafael = await enter(node, people.rafael);
const bjorn = await enter(node, people.bjorn);
const SHOP = 'https://shop.example';
const OTHER = 'https://other.example';
const queue = must(
  ((await rafael.get('/api/queues')).body as { rows: { id: string }[] }).rows[0],
  'a queue',
).id;
await change(rafael, `/api/channels/${CHAT.id}`, { origins: SHOP });
const made = await rafael.post('/api/channels', { name: 'Other', queue, origins: OTHER, active: true });
expect(made.status, made.text).toBe(201);

const wren = await enterAsVisitor(node, CHAT.id);
const ticket = await wren.write('The parcel is wet');

test('only a visitor’s token opens it, and only that door', async () => {
  for (const token of [undefined, null, '', 'x', 'x'.repeat(43), wren.visitor, 7, { a: 1 }, ['x']])
    await expect(widgetSocket(node, token), JSON.stringify(token)).rejects.toThrow(/unauthenticated/);
  const cookie = bjorn.cookieHeader();
  await expect(widgetSocket(node, undefined, { cookie })).rejects.toThrow(/unauthenticated/);
  await expect(widgetSocket(node, [...bjorn.cookies.values()][0])).rejects.toThrow(/unauthenticated/);
  await expect(openSocket(wren.client, { auth: { token: wren.token } })).rejects.toThrow(/unauthenticated/);
  const session = { cookie: `${[...bjorn.cookies.keys()][0]}=${wren.token}` };
  await expect(openSocket(wren.client, { headers: session })).rejects.toThrow(/unauthenticated/);
  // With a cookie beside it the token alone counts.
  const both = await widgetSocket(node, wren.token, { cookie });
  expect((await both.open({ object: 'deal' })).rows).toEqual([]);
  expect((await both.open({ object: 'ticket' })).rows.map(({ id }) => id)).toEqual([ticket]);
  both.wire.destroy();
});

test('from our own pages and the channel’s web sites, and no other', async () => {
  for (const origin of [node.base, SHOP, undefined])
    (await widgetSocket(node, wren.token, { origin })).wire.destroy();
  for (const origin of ['https://evil.example', 'null', '', `${SHOP}.evil.example`, 'http://shop.example'])
    await expect(widgetSocket(node, wren.token, { origin }), origin).rejects.toBeInstanceOf(Refused);
  // Another channel's, with this one's token.
  await expect(widgetSocket(node, wren.token, { origin: OTHER })).rejects.toThrow(/foreign_origin/);
  const headers = { origin: undefined, 'sec-fetch-site': 'cross-site' };
  await expect(widgetSocket(node, wren.token, headers)).rejects.toBeInstanceOf(Refused);
  await expect(widgetSocket(node, wren.token, { host: `evil.example:${node.port}` })).rejects.toBeInstanceOf(
    Refused,
  );
  // The other door knows no web sites of channels.
  await expect(openSocket(bjorn, { headers: { origin: SHOP } })).rejects.toBeInstanceOf(Refused);
});

test('no other transport, and no other upgrade', async () => {
  const polling = await wren.client.get('/widget/socket.io/?EIO=4&transport=polling');
  expect([polling.status, polling.text.includes('sid')]).toEqual([400, false]);
  for (const path of ['/', '/widget/', '/socket.iox/?EIO=4&transport=websocket', '/api/deals'])
    await expect(openWire(node.base + path, { origin: node.base }), path).rejects.toThrow();
});

test('a customer hears of their thread, and of none of us', async () => {
  const other = await enterAsVisitor(node, CHAT.id);
  const [hers, theirs] = [await widgetSocket(node, wren.token), await widgetSocket(node, other.token)];
  for (const socket of [hers, theirs]) {
    await socket.open({ object: 'message', filter: { ticket }, sort: '-created_at', limit: 50 }, 'thread');
    await socket.open({ object: 'ticket', record: ticket }, 'ticket');
  }
  const reply = await bjorn.post('/api/messages', { ticket, body: 'Sorry! A dry one is on its way.' });
  expect(reply.status, reply.text).toBe(201);
  const note = await bjorn.post('/api/notes', { ticket, body: 'Quagga' });
  expect(note.status, note.text).toBe(201);
  const heard = (piece: WireEvent) => piece[1] === 'message' && JSON.stringify(piece).includes('A dry one');
  await hers.wait(heard);
  await change(bjorn, `/api/tickets/${ticket}`, { assignee: people.bjorn.id, priority: 'urgent' });
  await change(bjorn, `/api/tickets/${ticket}`, { status: 'resolved' });
  await hers.wait(
    ([, object, , , fields]) => object === 'ticket' && 'status' in fields && fields['status'] === 'resolved',
  );
  expect(theirs.pieces()).toEqual([]);
  const bytes = hers.bytes() + theirs.bytes();
  expect(bytes).not.toMatch(new RegExp(`Quagga|"by"|urgent|${people.bjorn.id}|"queue"|"assignee"|"place"`));
  for (const socket of [hers, theirs]) socket.wire.destroy();
});

test('few views, few messages, few sockets', async () => {
  const { token } = await enterAsVisitor(node, CHAT.id);
  const socket = await widgetSocket(node, token);
  for (let n = 0; n < SOCKET_LIMITS.customerViews; n += 1) await socket.open({ object: 'ticket' }, `v${n}`);
  const view = { object: 'ticket' };
  expect(await socket.ask('open', { id: 'more', view })).toHaveProperty('error.code', 'too_large');
  const answers = await Promise.all(Array.from({ length: 100 }, () => socket.ask('close', { id: 'x' })));
  const refused = answers.filter((answer) => JSON.stringify(answer).includes('too_many_requests'));
  expect(refused.length).toBeGreaterThan(60);
  const others = await Promise.allSettled(Array.from({ length: 14 }, () => widgetSocket(node, token)));
  expect(others.filter(({ status }) => status === 'fulfilled').length).toBeLessThanOrEqual(10);
  expect(socket.connected).toBe(true);
});

test('a token that is ended, or over, closes its sockets, and opens none', async () => {
  const ends: ((who: Awaited<ReturnType<typeof enterAsVisitor>>) => Promise<unknown>)[] = [
    ({ client }) => client.delete('/api/visitor'),
    ({ visitor }) => database.sql`update visitor set expires_at = now() where id = ${visitor}`,
  ];
  for (const [at, end] of ends.entries()) {
    const who = await enterAsVisitor(node, CHAT.id);
    const mine = await who.write('Hello?');
    const socket = await widgetSocket(node, who.token);
    await socket.open({ object: 'message', filter: { ticket: mine } }, 'thread');
    await end(who);
    await until(() => socket.gone || socket.askedToLeave, { what: 'the socket to be ended' });
    expect(socket.events).toContainEqual(['ended', { reason: ['logout', 'expired'][at] }]);
    await bjorn.post('/api/messages', { ticket: mine, body: 'Too late' });
    await until(() => socket.gone);
    expect(socket.bytes()).not.toContain('Too late');
    await expect(widgetSocket(node, who.token)).rejects.toThrow(/session_ended/);
  }
});

test('their sockets are counted in no session, and nothing was logged that failed', async () => {
  const sessions = await database.sql`select 1 from session_socket where session_id = ${wren.visitor}`;
  expect(sessions).toHaveLength(0);
  expect(node.output()).not.toMatch(/counting sockets|handshake failed|socket message failed/);
});
