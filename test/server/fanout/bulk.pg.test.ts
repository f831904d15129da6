import { afterAll, beforeAll, expect, test } from 'vitest';
import { CHANGES_MAX, CHANGES_PER_s } from '../../../server/fanout/flood.ts';
import { transaction, type Tx } from '../../../server/db/transaction.ts';
import { changeRecord, insertRecord, insertRecords } from '../../../server/records/write.ts';
import { newId } from '../../../shared/lib/ids.ts';
import { must } from '../../../shared/lib/must.ts';
import type { ViewRequest, WireEvent } from '../../../shared/protocol/index.ts';
import { Dice } from '../../world/dice.ts';
import { until } from '../../world/until.ts';
import { LossyPair } from './lossyPair.ts';
import type { TestClient } from './testClient.ts';
import { registry } from './world.ts';

// Thousands of records written in batches by the one write path, as an import does, while people look on: they end right,
// and are not flooded meanwhile; what is taken from them goes at once.

const BATCHES = 5;
const ROWS = 500;
const PIPELINE = newId();
const ctx = { actorId: null, requestId: 'test' };
const app = { registry };
const deal = registry.get('deal');
let pair: LossyPair;
let head: string;
let seller: string;

const board = (stage: string): ViewRequest => ({
  object: 'deal',
  partition: PIPELINE,
  filter: { stage },
  limit: 50,
});
const VIEWS: ViewRequest[] = [
  board('new'),
  board('won'),
  { object: 'deal', partition: PIPELINE, limit: 1 },
  { object: 'user', sort: 'name', limit: 50 },
];

beforeAll(async () => {
  pair = await LossyPair.start(new Dice(Dice.runSeed()), (sql) => transaction(sql, furnish));
}, 30_000);
afterAll(() => pair.stop());

test('a bulk ends right on every screen and floods none', async () => {
  const clients = [await pair.connect(head, VIEWS), await pair.connect(seller, VIEWS)];
  const start = clients.map(countOf);
  const began_ms = performance.now();
  for (let batch = 0; batch < BATCHES; batch++) {
    await transaction(pair.sql, async (tx) => {
      const rows = Array.from({ length: ROWS }, (_, n) => ({ values: newDeal(`Bulk ${batch} ${n}`, 'new') }));
      await insertRecords(tx, app, ctx, deal, rows);
    });
    pair.wake(batch % 2);
  }
  await pair.quiet();
  await pair.mustHaveConverged();

  const lasted_s = (performance.now() - began_ms) / 1000;
  for (const [i, client] of clients.entries()) {
    const { opens, pieces } = countOf(client);
    const before = must(start[i], 'a start');
    // Opened anew once a second at most, and once when it was over.
    for (const id of ['v0', 'v2'])
      expect((opens.get(id) ?? 0) - (before.opens.get(id) ?? 0), id).toBeLessThanOrEqual(lasted_s + 2);
    // Of each batch no more than floods a view once or twice; and what is spread over seconds is no flood.
    expect(pieces - before.pieces).toBeLessThan(BATCHES * 2 * CHANGES_MAX + lasted_s * CHANGES_PER_s);
    for (const calm of ['v1', 'v3']) expect(opens.get(calm), calm).toBe(before.opens.get(calm));
  }
}, 60_000);

test('what is handed over in bulk is gone at once, flooded or not', async () => {
  const client = must(pair.clients[1], 'the seller');
  const held = [...client.subscriber.views.values()].flatMap((open) => [...open.held]);
  const [mine = ''] = await ownDeals();
  expect(held).toContain(mine);
  for (const { flood } of client.subscriber.views.values())
    Object.assign(flood, { over: true, answered_ms: Infinity });
  await transaction(pair.sql, (tx) =>
    changeRecord(tx, app, ctx, deal, mine, { owner: head, title: 'CANARY' }),
  );
  pair.wake(1);
  await until(() => client.replica.get('deal', mine) === undefined);
  expect(client.bytes.join()).not.toContain('CANARY');
}, 20_000);

const ownDeals = async (): Promise<string[]> => {
  const rows = await pair.sql<{ id: string }[]>`
    select id from deal where owner_id = ${seller} and stage = 'won' order by stage_since desc
  `;
  return rows.map(({ id }) => id);
};

function countOf(client: TestClient): { opens: ReadonlyMap<string, number>; pieces: number } {
  const frames = client.bytes
    .map((text) => JSON.parse(text) as unknown)
    .filter(Array.isArray) as WireEvent[][];
  return { opens: new Map(client.opens), pieces: frames.flat().length };
}

// —— the world ——

async function furnish(tx: Tx): Promise<void> {
  const person = async (name: string, read: string[]): Promise<string> => {
    const { id } = await insertRecord(tx, app, ctx, registry.get('user'), { name, active: true });
    const role = newId();
    await tx`
      insert into role (id, name, grants, fields)
      values (${role}, ${name}, ${tx.json({ deal: { read } })}, ${tx.json({ deal: { amount: 'read' } })})
    `;
    await tx`insert into role_assignment (id, user_id, role_id) values (${newId()}, ${id}, ${role})`;
    return id;
  };
  head = await person('Head', ['all']);
  seller = await person('Seller', ['own']);
  const stages = ['new', 'won'].map((key) => ({
    key,
    name: key,
    probability: 50,
    kind: 'open' as const,
    color: 'slate' as const,
    requires: [],
  }));
  const pipeline = { name: 'P', stages, position: 0 };
  await insertRecord(tx, app, ctx, registry.get('pipeline'), pipeline, { id: PIPELINE });
  for (let n = 0; n < 5; n++) await insertRecord(tx, app, ctx, deal, newDeal(`Won ${n}`, 'won'));
}

const newDeal = (title: string, stage: string) => ({
  title,
  stage,
  amount: 10,
  pipeline: PIPELINE,
  owner: seller,
});
