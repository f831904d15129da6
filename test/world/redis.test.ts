import { Redis } from 'ioredis';
import { expect, test } from 'vitest';
import { startRedis } from './redis.ts';
import { until } from './until.ts';

const redis = await startRedis();

test('a paused Redis is silent and then answers; a restarted one is empty', async () => {
  const client = new Redis(redis.url, { retryStrategy: () => 20 });
  client.on('error', () => undefined);
  await client.set('a', '1');

  redis.pause();
  let answered = false;
  const answer = client.get('a').then((value) => ((answered = true), value));
  // Another connection is accepted by the system, so silence can be told from refusal only by asking.
  await expect(until(() => answered, { timeout_ms: 100 })).rejects.toThrow(/in vain/);
  redis.resume();
  expect(await answer).toBe('1');

  await redis.restart();
  expect(await client.get('a')).toBeNull();
  client.disconnect();
});
