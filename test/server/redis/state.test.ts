import { createClient } from 'redis';
import { beforeAll, expect, test } from 'vitest';
import { createState } from '../../../server/redis/state.ts';
import { FatalError } from '../../../server/lib/fatal.ts';
import { setUpLog } from '../../../server/lib/log.ts';
import { later } from '../../world/cleanup.ts';
import { fakeClock } from '../../world/clock.ts';
import { freePort } from '../../world/ports.ts';
import { startRedis } from '../../world/redis.ts';
import { until } from '../../world/until.ts';

const redis = await startRedis();

beforeAll(() => setUpLog({ production: false, level: 'silent' }));

async function node(url?: string) {
  const state = await createState({ url });
  later(() => state.close());
  return state;
}

const counts = async (hits: Promise<{ count: number }>[]) =>
  (await Promise.all(hits)).map(({ count }) => count).sort((a, b) => a - b);

test('in one process it counts to the end of the window and then from one', async () => {
  const clock = fakeClock();
  const state = await createState({ clock });
  expect(await state.hit('a', 1000)).toEqual({ count: 1, remaining_ms: 1000 });
  await clock.advance(400);
  expect(await state.hit('a', 1000)).toEqual({ count: 2, remaining_ms: 600 });
  expect((await state.hit('b', 1000)).count).toBe(1);
  await clock.advance(600);
  expect((await state.hit('a', 1000)).count).toBe(1);
  await state.forget('a');
  expect((await state.hit('a', 1000)).count).toBe(1);
});

test('a flood of keys takes bounded memory and leaves the newest counted', async () => {
  const state = await createState();
  for (let key = 0; key < 150_000; key += 1) await state.hit(`k${key}`, 60_000);
  expect((await state.hit('k149999', 60_000)).count).toBe(2);
  expect((await state.hit('k0', 60_000)).count).toBe(1);
});

test('two nodes count together, none twice', async () => {
  const [a, b] = [await node(redis.url), await node(redis.url)];
  const hits = Array.from({ length: 20 }, (_, turn) => (turn % 2 ? a : b).hit('together', 60_000));
  expect(await counts(hits)).toEqual(Array.from({ length: 20 }, (_, turn) => turn + 1));
  await b.forget('together');
  expect(await a.hit('together', 60_000)).toEqual({ count: 1, remaining_ms: expect.any(Number) });
});

test('every counter in Redis has an end, and begins anew after it', async () => {
  const state = await node(redis.url);
  const client = createClient({ url: redis.url });
  await client.connect();
  await state.hit('short', 80);
  for (const key of await client.keys('*')) expect(await client.pTTL(key)).toBeGreaterThan(0);
  await client.close();
  await until(async () => (await state.hit('short', 80)).count === 1, { every_ms: 100 });
});

test('while Redis is gone each node counts for itself, and together again afterwards', async () => {
  const [a, b] = [await node(redis.url), await node(redis.url)];
  await redis.stop();
  expect(await counts([a.hit('gone', 60_000), a.hit('gone', 60_000), b.hit('gone', 60_000)])).toEqual([
    1, 1, 2,
  ]);
  await redis.restart();
  await until(() => a.healthy() && b.healthy());
  expect(await counts([a.hit('back', 60_000), b.hit('back', 60_000)])).toEqual([1, 2]);
});

test('a Redis that stands still delays a count by half a second, and the next ones not at all', async () => {
  const state = await node(redis.url);
  redis.pause();
  const begun = performance.now();
  try {
    expect((await state.hit('still', 60_000)).count).toBe(1);
    const first_ms = performance.now() - begun;
    expect(first_ms).toBeLessThan(900);
    expect((await state.hit('still', 60_000)).count).toBe(2);
    expect(performance.now() - begun - first_ms).toBeLessThan(100);
  } finally {
    redis.resume();
  }
  await until(() => state.healthy());
});

test('an address where no Redis answers is told in one line', async () => {
  const error: unknown = await createState({ url: `redis://127.0.0.1:${await freePort()}` }).catch(
    (e: unknown) => e,
  );
  expect(error).toBeInstanceOf(FatalError);
  expect((error as FatalError).message).toMatch(
    /^The Redis at 127.0.0.1:\d+ cannot be reached: .*Check REDIS_URL.$/,
  );
});
