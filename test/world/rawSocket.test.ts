import { createServer } from 'node:http';
import { Server } from 'socket.io';
import { expect, test } from 'vitest';
import { later } from './cleanup.ts';
import { freePort } from './ports.ts';
import { RawClient } from './rawClient.ts';
import { officialSocket, openSocket } from './rawSocket.ts';
import { until } from './until.ts';
import { Refused } from './wire.ts';

const port = await freePort();
const http = createServer((request, response) => {
  const kept = /a=(\d+)/.exec(request.headers.cookie ?? '')?.[1] ?? '0';
  response.setHeader(
    'set-cookie',
    request.url === '/out' ? 'a=; Max-Age=0' : `a=${Number(kept) + 1}; HttpOnly; Path=/`,
  );
  response.setHeader('content-type', 'application/json');
  response.end(JSON.stringify({ kept, host: request.headers.host, origin: request.headers.origin ?? null }));
});
const io = new Server(http, {
  allowRequest: (request, decide) => decide(null, request.headers.origin !== 'https://evil.example'),
});
io.use((socket, next) => next(socket.handshake.auth.no ? new Error('not you') : undefined));
io.on('connection', (socket) => {
  socket.on('open', (_message: unknown, answer: (body: unknown) => void) =>
    answer({ ok: true, rows: [{ id: 'ü'.repeat(40_000) }] }),
  );
  socket.emit('b', [['patch', 'deal', '1', 2, { name: 'n' }]], 'c1');
});
await new Promise<void>((resolve) => http.listen(port, '127.0.0.1', resolve));
later(() => io.close());
const client = new RawClient(`http://127.0.0.1:${port}`);

test('cookies are kept and dropped as the server says, and any header can be set or left out', async () => {
  const visitor = new RawClient(client.base);
  await visitor.get('/');
  expect((await visitor.get('/')).body).toEqual({
    kept: '1',
    host: `127.0.0.1:${port}`,
    origin: client.base,
  });
  await visitor.get('/out');
  const odd = await visitor.get('/', { host: 'evil.example', origin: undefined });
  expect(odd.body).toEqual({ kept: '0', host: 'evil.example', origin: null });
  expect(visitor.bytes()).toContain('evil.example');
});

test('a raw socket opens a view, hears events and keeps every byte, however long', async () => {
  const socket = await openSocket(client);
  const answer = await socket.open({ object: 'deal' });
  expect(JSON.stringify(answer.rows)).toHaveLength(40_000 + '[{"id":""}]'.length);
  expect(await socket.wait(([op]) => op === 'patch')).toEqual(['patch', 'deal', '1', 2, { name: 'n' }]);
  expect(socket.bytes()).toContain('ü'.repeat(40_000));
});

test('a raw socket stays when it is asked to leave, and sees the server end it', async () => {
  const socket = await openSocket(client);
  io.emit('b', [['leave', 'deal', '1', 3, {}]], 'c2');
  await socket.wait(([op]) => op === 'leave');
  io.disconnectSockets(false);
  await until(() => socket.askedToLeave);
  expect(socket.gone).toBe(false);
  expect(socket.wire.closeCode()).toBeUndefined();

  const other = await openSocket(client);
  io.disconnectSockets(true);
  await until(() => other.askedToLeave);
});

test('refusals are told apart: by the handshake, and by the namespace', async () => {
  await expect(openSocket(client, { headers: { origin: 'https://evil.example' } })).rejects.toThrow(Refused);
  await expect(openSocket(client, { auth: { no: true } })).rejects.toThrow(/not you/);
  await expect(officialSocket(client, { auth: { no: true } })).rejects.toThrow(/not you/);
});

test('the official client comes back by itself, and its bytes go on', async () => {
  const official = await officialSocket(client);
  const before = official.bytes().length;
  expect(before).toBeGreaterThan(0);
  official.socket.io.engine.close();
  await until(() => official.socket.connected && official.bytes().length > before);
});
