import { expect } from 'vitest';
import type { MaskedRecord } from '../../shared/access/index.ts';
import { freshDatabase, type FreshDatabase } from './database.ts';
import { PASSWORD, pipelines } from './people.ts';
import { signIn, type RawClient } from './rawClient.ts';
import { startRedis, type TestRedis } from './redis.ts';
import { startNode, type NodeOptions, type TestNode } from './server.ts';

/** One system of two nodes, with the demo in it. */
export interface Pair {
  database: FreshDatabase;
  redis: TestRedis;
  a: TestNode;
  b: TestNode;
}

/**
 * Starts two nodes at the same time on an empty store: one of them loads the demo, the other waits for it. `b` may be
 * given settings of its own, such as a database behind a proxy.
 */
export async function startPair(
  settle: (database: FreshDatabase) => Promise<Partial<NodeOptions>> = async () => ({}),
): Promise<Pair> {
  const database = await freshDatabase();
  const redis = await startRedis();
  const shared = { database, redisUrl: redis.url, ready_timeout_ms: 150_000 };
  const ofB = await settle(database);
  const [a, b] = await Promise.all([startNode(shared), startNode({ ...shared, ...ofB })]);
  for (const node of [a, b]) void node.ended.then((how) => tellDeath(node, how));
  return { database, redis, a, b };
}

/** A node that dies of itself makes a test fail in some other words: these say what it was. */
function tellDeath(node: TestNode, how: number | string): void {
  if (how === 0 || how === 'SIGKILL') return;
  console.error(`The node on port ${node.port} ended with ${how}:\n${node.output().slice(-4_000)}`);
}

/** Somebody of the demo, signed in at a node. */
export const enter = (node: { base: string }, person: { email: string }): Promise<RawClient> =>
  signIn(node.base, person.email, PASSWORD);

/** A deal in the first stage of the pipeline New business, made by whoever asks; they own it unless said otherwise. */
export async function newDeal(client: RawClient, values: Record<string, unknown>): Promise<MaskedRecord> {
  const answer = await client.post('/api/deals', {
    pipeline: pipelines.newBusiness,
    stage: 'qualified',
    // What a later stage asks for, so that moves need no dialog.
    closes_on: '2031-05-17',
    ...values,
  });
  expect(answer.status, answer.text).toBe(201);
  return answer.body as MaskedRecord;
}

/** Changes a record, and answers what whoever asks may see of it now; fails if that is refused. */
export async function change(
  client: RawClient,
  path: string,
  values: Record<string, unknown>,
): Promise<MaskedRecord> {
  const answer = await client.patch(path, values);
  expect(answer.status, `PATCH ${path}: ${answer.text}`).toBe(200);
  return answer.body as MaskedRecord;
}
