import { connect } from 'node:net';
import { afterEach, expect, test, vi } from 'vitest';
import { newId } from '../../../shared/lib/ids.ts';
import { SOCKET_LIMITS } from '../../../shared/protocol/index.ts';
import { freshDatabase } from '../../world/database.ts';
import { ledger } from '../../world/ledger.ts';
import { enter } from '../../world/pair.ts';
import { people } from '../../world/people.ts';
import { openSocket, type RawSocket } from '../../world/rawSocket.ts';
import { startNode } from '../../world/server.ts';
import { until } from '../../world/until.ts';

// Somebody signed in who sends what no client of ours would: too much, too large, or nonsense. The others go on.

vi.setConfig({ testTimeout: 30_000, hookTimeout: 200_000 });
const database = await freshDatabase();
const node = await startNode({ database, ready_timeout_ms: 150_000 });
const bjorn = await enter(node, people.bjorn);
const anna = await enter(node, people.anna);
const bystander = await openSocket(anna);
const before = await ledger(database.sql);
let ended: number | string | undefined;
void node.ended.then((how) => (ended = how));

afterEach(async () => {
  expect(ended).toBeUndefined();
  process.kill(node.pid, 0);
  expect((await anna.get('/healthz')).status).toBe(200);
  // The bystander has been served all the while, on the connection it always had.
  const { totals } = await bystander.open({ object: 'deal', limit: 1 }, newId().slice(-8));
  expect(totals?.count).toBeGreaterThan(0);
  await bystander.ask('close', { id: 'none' });
  expect(await ledger(database.sql)).toEqual(before);
});

const COMPANIES = { id: 'c', view: { object: 'company', limit: 1 } };

/** It still answers, or it is told to go; both are fine. A socket that hangs is not. */
async function stillSane(socket: RawSocket): Promise<void> {
  let answered = false;
  void socket.ask('open', COMPANIES).then(
    () => (answered = true),
    () => undefined,
  );
  const over = () => socket.gone || socket.askedToLeave || socket.wire.closeCode() !== undefined;
  await until(() => answered || over(), { what: 'an answer, or a goodbye' });
}

test.each([
  '',
  '4',
  '9',
  '42',
  '42[',
  '42[]',
  '42[null]',
  '42["open"',
  '42"open"',
  '42{"open":1}',
  '42["open"]',
  '420["open"]',
  '42["open",1,2,3]',
  '42["open",{"id":"x"},"not a function"]',
  '42["__proto__",{}]',
  '42["constructor",{}]',
  '42["connect"]',
  '42["disconnect",{}]',
  '42["error",{}]',
  '42["newListener",{}]',
  '42[123,{}]',
  '4299999999999999999999["open",{}]',
  '42/admin,["open",{}]',
  '40/admin,',
  '40',
  '43',
  '430[]',
  '430[{"ok":true}]',
  '44',
  '45',
  '451-["open",{"_placeholder":true,"num":0}]',
  '4599-["open"]',
  '46',
  '47',
  '2probe',
  '5',
  '6',
  'b4AAAA',
  '\u0000',
  '4'.repeat(60),
])('the message %j harms nobody', async (message) => {
  const socket = await openSocket(bjorn);
  socket.wire.send(message);
  await stillSane(socket);
  socket.wire.destroy();
});

test('messages with wrong or unknown keys are refused by name, and the socket stays', async () => {
  const socket = await openSocket(bjorn);
  const view = { object: 'company' };
  const refused: [event: string, message: unknown, code: string][] = [
    ['open', undefined, 'malformed'],
    ['open', null, 'malformed'],
    ['open', 'x', 'malformed'],
    ['open', [], 'malformed'],
    ['open', { view }, 'malformed'],
    ['open', { id: '', view }, 'malformed'],
    ['open', { id: 'x'.repeat(61), view }, 'malformed'],
    ['open', { id: 'x', view, rights: 'all' }, 'malformed'],
    ['open', { id: 'x', view: { ...view, as: people.rafael.id } }, 'malformed'],
    ['open', { id: 'x', view: { ...view, limit: 501 } }, 'malformed'],
    ['open', { id: 'x', view: { ...view, limit: -1 } }, 'malformed'],
    ['open', { id: 'x', view: { ...view, record: 'x' } }, 'malformed'],
    ['open', { id: 'x', view, have: [['x', 1, '']] }, 'malformed'],
    ['open', { id: 'x', view: { object: 'nothing' } }, 'malformed'],
    ['open', { id: 'x', view: { object: '__proto__' } }, 'malformed'],
    ['open', { id: 'x', view: { object: 'constructor' } }, 'malformed'],
    ['open', { id: 'x', view: { object: 'outbox' } }, 'malformed'],
    ['open', { id: 'x', view: { ...view, partition: newId() } }, 'bad_filter'],
    ['open', { id: 'x', view: { ...view, filter: { toString: 'x' } } }, 'bad_filter'],
    ['open', { id: 'x', view: { ...view, sort: '--name' } }, 'bad_filter'],
    ['open', { id: 'x', view: { ...view, sort: 'name; drop table company' } }, 'bad_filter'],
    ['more', { id: 'never opened', after: 'x' }, 'not_found'],
    ['more', { id: 'x' }, 'malformed'],
    ['more', { id: 'x', after: 'y', before: 'z' }, 'malformed'],
    ['close', { id: 'x', all: true }, 'malformed'],
    ['close', null, 'malformed'],
  ];
  for (const [event, message, code] of refused) {
    const what = `${event} ${JSON.stringify(message)?.slice(0, 120)}`;
    expect(await socket.ask(event, message), what).toHaveProperty('error.code', code);
  }
  expect(await socket.ask('open', COMPANIES)).toHaveProperty('ok', true);
  const answer = await socket.ask('more', { id: COMPANIES.id, after: 'AAAA' });
  expect(answer).toHaveProperty('error.code', 'bad_cursor');
  // The support agent sees no deals: a view of them is empty, whatever it asks for.
  expect((await socket.open({ object: 'deal', limit: 500 }, 'deals')).rows).toEqual([]);
});

test('a flood is answered with a limit, and the limit ends', async () => {
  const socket = await openSocket(bjorn);
  const answers = await Promise.all(
    Array.from({ length: 600 }, () => socket.ask('close', { id: 'none' }) as Promise<object>),
  );
  const refused = answers.filter((answer) => 'error' in answer);
  expect(refused.length).toBeGreaterThan(300);
  for (const answer of refused) expect(answer).toHaveProperty('error.code', 'too_many_requests');
  await until(async () => 'ok' in ((await socket.ask('open', COMPANIES)) as object));
  // Without waiting for answers, and events that nobody listens to.
  for (let n = 0; n < 5_000; n += 1) socket.wire.send(n % 2 ? '42["nothing",{}]' : '42["open",{}]');
  await stillSane(socket);
});

test('views are counted', async () => {
  const socket = await openSocket(bjorn);
  const ids = Array.from({ length: SOCKET_LIMITS.views + 3 }, (_, n) => `view ${n}`);
  const answers = await Promise.all(
    ids.map((id) => socket.ask('open', { ...COMPANIES, id }) as Promise<object>),
  );
  const refused = answers.filter((answer) => 'error' in answer);
  expect(refused).toHaveLength(3);
  for (const answer of refused) expect(answer).toHaveProperty('error.code', 'too_large');
  // One closed makes room for one.
  await socket.ask('close', { id: 'view 0' });
  await until(async () => 'ok' in ((await socket.ask('open', { ...COMPANIES, id: 'again' })) as object));
});

test('a message that is too large ends its own socket and no other', async () => {
  const socket = await openSocket(bjorn);
  socket.wire.send(`42["open",{"id":"${'x'.repeat(SOCKET_LIMITS.messageBytes)}"}]`);
  await until(() => socket.gone, { what: 'the server to end the connection' });
  const large = await bjorn.post('/api/companies', { name: 'x'.repeat(300_000) });
  expect(large).toMatchObject({ status: 413, body: { error: { code: 'too_large' } } });
});

test('what is no WebSocket at all, on the port and in the frame, harms nobody', async () => {
  const upgrade = [
    'GET /socket.io/?EIO=4&transport=websocket HTTP/1.1',
    `Host: 127.0.0.1:${node.port}`,
    'Connection: Upgrade',
    'Upgrade: websocket',
    'Sec-WebSocket-Version: 13',
    'Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==',
    `Cookie: ${bjorn.cookieHeader()}`,
  ].join('\r\n');
  const frames = [
    [0x81, 0x05, 0x34, 0x30, 0x30, 0x30, 0x30], // not masked
    [0x83, 0x80, 1, 2, 3, 4], // an opcode that is kept for later
    [0xf1, 0x80, 1, 2, 3, 4], // all reserved bits
    [0x81, 0xff, 0x7f, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 1, 2, 3, 4], // 8 exabytes to come
    [0x82, 0x84, 0, 0, 0, 0, 1, 2, 3, 4], // binary
    [0x80, 0x81, 0, 0, 0, 0, 1], // the end of something that never began
    [0x89, 0xfe, 0xff, 0xff, 0, 0, 0, 0], // a ping larger than pings may be
    [0x88, 0x81, 0, 0, 0, 0, 1], // a close frame of one byte
  ].map((bytes) => Buffer.from(bytes));
  const hellos = [
    ...frames.map((frame) => [Buffer.from(`${upgrade}\r\n\r\n`), frame]),
    [Buffer.from('GET /socket.io/?EIO=4&transport=websocket HTTP/1.1\r\nUpgrade: websocket\r\n\r\n')],
    [Buffer.from(`${upgrade}\r\nX: ${'y'.repeat(40_000)}\r\n\r\n`)],
    [Buffer.from('\u0016\u0003\u0001\u0002\u0000\u0001\u0000')],
    [Buffer.from('POST /api/session HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: -5\r\n\r\n')],
    [Buffer.from('POST /api/session HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n')], // prettier-ignore
  ];
  await Promise.all(
    hellos.map(
      (pieces) =>
        new Promise<void>((resolve) => {
          const socket = connect(node.port, '127.0.0.1');
          socket.setTimeout(1_500, () => socket.destroy());
          socket.on('error', () => undefined).on('close', () => resolve());
          socket.once('data', () => pieces[1] && socket.write(pieces[1]));
          socket.write(pieces[0] ?? '');
        }),
    ),
  );
});

test('guessing a password is slowed for the guesser, and shuts nobody out', async () => {
  const guess = (password: string) =>
    anna.post('/api/session', { email: people.oskar.email, password }, { cookie: undefined });
  const statuses: number[] = [];
  for (let n = 0; n < 12; n += 1) statuses.push((await guess(`wrong-${n}`)).status);
  expect(statuses).toEqual([...Array<number>(10).fill(401), 429, 429]);
  const refused = await guess('wrong');
  expect(Number(refused.headers['retry-after'])).toBeGreaterThan(0);
  await enter(node, people.jamila);
});
