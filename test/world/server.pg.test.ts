import { expect, test, vi } from 'vitest';
import { freshDatabase } from './database.ts';
import { freePort } from './ports.ts';
import { startRedis } from './redis.ts';
import { startNode } from './server.ts';
import { until } from './until.ts';

vi.setConfig({ testTimeout: 120_000 });
const database = await freshDatabase();
const redis = await startRedis();

test('a node starts, is ready, stops when told to and ends with 0; a killed one with the signal', async () => {
  const env = { DEMO: '0' };
  const [one, two] = await Promise.all([
    startNode({ database, redisUrl: redis.url, env }),
    startNode({ database, redisUrl: redis.url, env }),
  ]);
  expect((await fetch(`${one.base}/healthz`)).status).toBe(200);
  await two.kill();
  expect(await two.ended).toBe('SIGKILL');

  one.pause();
  await expect(fetch(`${one.base}/healthz`, { signal: AbortSignal.timeout(300) })).rejects.toThrow(/timeout/);
  one.resume();
  await until(async () => (await fetch(`${one.base}/readyz`)).ok);
  await one.stop();
  expect(await one.ended).toBe(0);
});

test('what a node says when it cannot start is told', async () => {
  const nowhere = { url: `postgres://a@127.0.0.1:${await freePort()}/b`, migrationUrl: '' };
  await expect(startNode({ database: nowhere })).rejects.toThrow(/refuses connections/);
});
