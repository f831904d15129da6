import { connect, createServer, type Socket } from 'node:net';
import { expect, test } from 'vitest';
import { later } from './cleanup.ts';
import { freePort } from './ports.ts';
import { startProxy } from './proxy.ts';
import { until } from './until.ts';

const port = await freePort();
const echo = createServer((socket) => void socket.on('error', () => undefined).pipe(socket)).listen(
  port,
  '127.0.0.1',
);
later(async () => void echo.close());

test('what goes in comes out, in order, later when delayed', async () => {
  const proxy = await startProxy(port);
  const line = await dial(proxy.port);
  line.socket.write('one ');
  await until(() => line.text() === 'one ');
  proxy.delay(60);
  const start_ms = performance.now();
  line.socket.write('two ');
  line.socket.write('three');
  await until(() => line.text() === 'one two three');
  // There and back.
  expect(performance.now() - start_ms).toBeGreaterThan(115);
});

test('a black hole keeps the connection and the bytes', async () => {
  const proxy = await startProxy(port);
  const line = await dial(proxy.port);
  proxy.blackhole();
  line.socket.write('lost?');
  const late = await dial(proxy.port);
  late.socket.write('me too');
  await expect(until(() => line.text() || late.text(), { timeout_ms: 80 })).rejects.toThrow(/in vain/);
  proxy.restore();
  await until(() => line.text() === 'lost?' && late.text() === 'me too');
  expect(line.ended()).toBe(false);
});

test('whoever sends into a black hole notices that the bytes pile up', async () => {
  const proxy = await startProxy(port);
  const line = await dial(proxy.port);
  await until(() => proxy.connections() === 1);
  proxy.blackhole();
  const piece = Buffer.alloc(1_000_000, 'x');
  for (let count = 0; count < 16; count += 1) line.socket.write(piece);
  await expect(until(() => line.socket.writableLength === 0, { timeout_ms: 200 })).rejects.toThrow(/in vain/);
  proxy.restore();
  await until(() => line.text().length === 16_000_000);
});

test('the address of a proxy is that of its target with another port', async () => {
  const proxy = await startProxy(`postgres://a:b%40@127.0.0.1:${port}/c?d=e`);
  expect(proxy.url).toBe(`postgres://a:b%40@127.0.0.1:${proxy.port}/c?d=e`);
});

test('a cut breaks what is open and refuses what comes, until it is restored', async () => {
  const proxy = await startProxy(port);
  const line = await dial(proxy.port);
  await until(() => proxy.connections() === 1);
  proxy.cut();
  await until(() => line.ended());
  const refused = await dial(proxy.port);
  await until(() => refused.ended());
  proxy.restore();
  const again = await dial(proxy.port);
  again.socket.write('back');
  await until(() => again.text() === 'back');
});

test('one way only: what is sent arrives, and its echo waits', async () => {
  const proxy = await startProxy(port);
  const line = await dial(proxy.port);
  await until(() => proxy.connections() === 1);
  proxy.oneWay('back');
  line.socket.write('echo');
  await expect(until(() => line.text(), { timeout_ms: 80 })).rejects.toThrow(/in vain/);
  proxy.restore();
  await until(() => line.text() === 'echo');
});

test('half open: one end is gone and the other knows nothing of it, until it is restored', async () => {
  const proxy = await startProxy(port);
  const line = await dial(proxy.port);
  await until(() => proxy.connections() === 1);
  proxy.halfOpen('far');
  line.socket.write('anybody?');
  await expect(until(() => line.ended() || line.text(), { timeout_ms: 80 })).rejects.toThrow(/in vain/);
  proxy.restore();
  await until(() => line.ended());
});

test('a trickle lets bytes come back one by one', async () => {
  const proxy = await startProxy(port);
  const line = await dial(proxy.port);
  proxy.trickle(20);
  line.socket.write('slowly');
  await until(() => line.text() === 'sl');
  proxy.trickle(Infinity);
  await until(() => line.text() === 'slowly');
});

async function dial(to: number): Promise<{ socket: Socket; text(): string; ended(): boolean }> {
  const socket = connect(to, '127.0.0.1');
  let text = '';
  let ended = false;
  socket.on('data', (data) => (text += data.toString()));
  socket.on('error', () => (ended = true));
  socket.on('close', () => (ended = true));
  await new Promise((resolve) => socket.once('connect', resolve).once('error', resolve));
  later(async () => void socket.destroy());
  return { socket, text: () => text, ended: () => ended };
}
