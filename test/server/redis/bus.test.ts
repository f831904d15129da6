import { connect, createServer } from 'node:net';
import { Redis } from 'ioredis';
import { beforeAll, expect, test } from 'vitest';
import { type Bus, type BusPoke, createBus } from '../../../server/redis/bus.ts';
import { FatalError } from '../../../server/lib/fatal.ts';
import { setUpLog } from '../../../server/lib/log.ts';
import { later } from '../../world/cleanup.ts';
import { freePort } from '../../world/ports.ts';
import { startRedis } from '../../world/redis.ts';
import { until } from '../../world/until.ts';

const redis = await startRedis();
const other = new Redis(redis.url);
other.on('error', () => {});
later(async () => other.disconnect());

beforeAll(() => setUpLog({ production: false, level: 'silent' }));

async function node(url?: string): Promise<Bus & { heard: BusPoke[] }> {
  const heard: BusPoke[] = [];
  const bus = await createBus({ url, onPoke: (poke) => heard.push(poke) });
  later(() => bus.close());
  return { ...bus, heard };
}

test('without Redis a process pokes itself, never within publish, and whatever the listener throws', async () => {
  const lone = await node();
  lone.publish({ kind: 'access' });
  expect(lone.heard).toEqual([]);
  await until(() => lone.heard.length === 1);
  const clumsy = await createBus({
    onPoke: () => {
      throw new Error('on purpose');
    },
  });
  clumsy.publish({ kind: 'log' });
  await new Promise((done) => setImmediate(done));
});

test('a poke reaches every node once, the publisher too', async () => {
  const [a, b] = [await node(redis.url), await node(redis.url)];
  a.publish({ kind: 'log', epoch: 'e', head: 7 });
  await until(() => b.heard.length === 1);
  b.publish({ kind: 'sessions' });
  await until(() => a.heard.length === 2);
  expect(a.heard).toEqual([{ kind: 'log', epoch: 'e', head: 7 }, { kind: 'sessions' }]);
  expect(b.heard).toEqual(a.heard);
});

test('of many pokes at once the last one arrives, and not one for each', async () => {
  const [a, b] = [await node(redis.url), await node(redis.url)];
  for (let head = 1; head <= 1000; head += 1) a.publish({ kind: 'log', head });
  await until(() => b.heard.some((poke) => poke.kind === 'log' && poke.head === 1000));
  expect(b.heard.length).toBeLessThan(10);
});

test('who is there is told to the others only, and of many words at once none is lost', async () => {
  const [a, b] = [await node(redis.url), await node(redis.url)];
  const id = (n: number) => `00000000-0000-4000-8000-${String(n).padStart(12, '0')}`;
  const there = (n: number) => ({ kind: 'presence', node: 'a', on: [[id(n), []]] }) satisfies BusPoke;
  for (let n = 1; n <= 400; n += 1) a.publish(there(n));
  const records = () =>
    new Set(b.heard.flatMap((poke) => (poke.kind === 'presence' ? poke.on.map(([record]) => record) : [])));
  await until(() => records().size === 400);
  expect(b.heard.length).toBeLessThan(10);
  expect(a.heard).toEqual([]);
  // However long Redis stands still, what waits for it is bounded.
  redis.pause();
  try {
    for (let n = 1; n <= 5_000; n += 1) a.publish(there(n));
  } finally {
    redis.resume();
  }
  await until(() => records().has(id(5_000)));
  expect(records().size).toBeLessThan(1_100);
});

test('what is not ours on the channel is ignored', async () => {
  const a = await node(redis.url);
  for (const text of [
    '',
    '{}',
    '{"from":"x","poke":{"kind":"records"}}',
    '{"from":"x","poke":{"kind":"access"}}',
  ]) {
    await other.publish('rolecall:poke', text);
  }
  await until(() => a.heard.length > 0);
  expect(a.heard).toEqual([{ kind: 'access' }]);
});

test('through an outage nothing throws, and pokes arrive again by themselves afterwards', async () => {
  const [a, b] = [await node(redis.url), await node(redis.url)];
  await redis.stop();
  await until(() => !a.healthy() && !b.healthy());
  a.publish({ kind: 'log', head: 1 });
  await until(() => a.heard.length === 1);

  await redis.restart();
  await until(() => a.healthy() && b.healthy());
  a.publish({ kind: 'log', head: 2 });
  await until(() => b.heard.length === 1);
  expect(b.heard).toEqual([{ kind: 'log', head: 2 }]);
});

test('a killed subscription comes back', async () => {
  const [a, b] = [await node(redis.url), await node(redis.url)];
  await other.call('CLIENT', 'KILL', 'TYPE', 'pubsub');
  await until(() => {
    a.publish({ kind: 'sessions' });
    return b.heard.length > 0;
  });
});

test('a line that breaks while the subscription is renewed is renewed once more, and throws nothing', async () => {
  let breaks = 0;
  const port = await freePort();
  const line = createServer((client) => {
    const server = connect(Number(new URL(redis.url).port), '127.0.0.1');
    for (const end of [client, server]) end.on('error', () => {});
    client.on('data', (bytes) => {
      if (breaks > 0 && /\r\nsubscribe\r\n/i.test(bytes.toString())) {
        breaks -= 1;
        client.destroy();
      } else server.write(bytes);
    });
    server.pipe(client);
    client.on('close', () => server.destroy());
    server.on('close', () => client.destroy());
  });
  await new Promise<void>((done) => line.listen(port, '127.0.0.1', done));
  later(async () => void line.close());

  const [a, b] = [await node(redis.url), await node(`redis://127.0.0.1:${port}`)];
  breaks = 2;
  await other.call('CLIENT', 'KILL', 'TYPE', 'pubsub');
  await until(() => breaks === 0 && b.healthy());
  a.publish({ kind: 'sessions' });
  await until(() => b.heard.length > 0);
});

test('a Redis that stands still is noticed, and forgiven when it goes on', async () => {
  const a = await node(redis.url);
  redis.pause();
  try {
    await until(() => !a.healthy(), { timeout_ms: 9000 });
  } finally {
    redis.resume();
  }
  await until(() => a.healthy());
}, 20_000);

test('an address where no Redis answers is told in one line within two seconds, without the password', async () => {
  const closed = await freePort();
  const begun = performance.now();
  redis.pause();
  const lines = await Promise.all(
    [`redis://u:hunter2@127.0.0.1:${closed}`, redis.url.replace('//', '//u:hunter2@')].map((url) =>
      lineOf(url),
    ),
  );
  redis.resume();
  expect(performance.now() - begun).toBeLessThan(4000);
  expect(lines[0]).toMatch(
    /^The Redis at 127.0.0.1:\d+ cannot be reached: .*ECONNREFUSED.*Check REDIS_URL.$/,
  );
  expect(lines[1]).toMatch(/no answer in 2 s/);
  await other.ping();
  await other.config('SET', 'requirepass', 'right');
  expect(await lineOf(redis.url.replace('//', '//:hunter2@'))).toMatch(/refuses this user or password/);
  await other.config('SET', 'requirepass', '');
});

async function lineOf(url: string): Promise<string> {
  const error: unknown = await createBus({ url, onPoke: () => {} }).catch((thrown: unknown) => thrown);
  if (!(error instanceof FatalError)) throw new Error('expected a FatalError', { cause: error });
  expect(error.message).not.toMatch(/hunter2|\n/);
  return error.message;
}
