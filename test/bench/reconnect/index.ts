import { setTimeout as sleep } from 'node:timers/promises';
import type { Sql } from '../../../server/db/connect.ts';
import { must } from '../../../shared/lib/must.ts';
import type { ViewRequest } from '../../../shared/protocol/index.ts';
import { PASSWORD, people, pipelines } from '../../world/people.ts';
import { startProxy } from '../../world/proxy.ts';
import { signIn, type RawClient } from '../../world/rawClient.ts';
import { startNode } from '../../world/server.ts';
import { until } from '../../world/until.ts';
import { describeMachine, machine } from '../machine.ts';
import { round, table } from '../measure.ts';
import { startStore } from '../store.ts';
import { BenchClient } from './client.ts';

/** So many deals change while the line is away. */
const CHANGES = 20;
/** So long the store may take to add up what it has done. */
const COUNTED_ms = 1_500;
const PATIENCE_ms = 180_000;
const SAMPLE = 40;

const VIEWS: ViewRequest[] = [
  { object: 'deal', partition: pipelines.newBusiness, sort: 'title', limit: 200 },
  { object: 'ticket', limit: 100 },
  { object: 'user', limit: 200, totals: false },
];
const WHO = [people.kofi, people.anna, people.dawit, people.noor, people.priya, people.chiamaka, people.giulia, people.rafael]; // prettier-ignore

/**
 * Every client is cut at once by a proxy before the real program, holding the demo; how long until all are right again,
 * and what that costs, with and without saying what they hold. `--clients=1000`, `--rounds=3`.
 */
export async function bench(args: readonly string[], say: (text: string) => void): Promise<object> {
  const [count, rounds] = [Number(option(args, 'clients') ?? 1_000), Number(option(args, 'rounds') ?? 3)];
  const store = await startStore();
  const node = await startNode({
    database: { url: store.url, migrationUrl: store.migrationUrl },
    ready_timeout_ms: PATIENCE_ms,
  });
  const line = await startProxy(node.port);
  const clients: BenchClient[] = [];
  try {
    const on = await machine(store.sql);
    say(describeMachine(on));
    const cookies: string[] = [];
    for (const { email } of WHO) cookies.push((await signIn(node.base, email, PASSWORD)).cookieHeader());
    const rafael = await signIn(node.base, people.rafael.email, PASSWORD);
    const base = `http://127.0.0.1:${line.port}`;
    for (let n = 0; n < count; n++) {
      clients.push(new BenchClient(base, must(cookies[n % cookies.length], 'a cookie'), VIEWS));
      if (n % 50 === 49) await allRight(clients);
    }
    await allRight(clients);
    const found: Record<Way, Round[]> = { whole: [], differences: [] };
    for (let n = 0; n < rounds; n++)
      for (const way of ['whole', 'differences'] as const) {
        const measured = await cutAll({ clients, line, sql: store.sql, rafael, way });
        found[way].push(measured);
        say(`${way.padEnd(12)} ${JSON.stringify(measured)}`);
      }
    const summary = { whole: median(found.whole), differences: median(found.differences) };
    const rows = Object.entries(summary).map(([way, one]) => [way, ...Object.values(one)]);
    say(table(['opened anew', ...Object.keys(summary.whole)], rows));
    return { bench: 'reconnect', machine: on, clients: count, rounds, views: VIEWS.length, ...summary };
  } finally {
    for (const client of clients) client.stop();
    await line.stop();
    await node.stop();
    await store.stop();
  }
}

type Way = 'whole' | 'differences';
interface Round {
  /** Until the last client, and until half of them, were right, from the moment the line was there again. */
  last_ms: number;
  half_ms: number;
  /** Per client. */
  kB: number;
  rows: number;
  /** Transactions of the store in all, those of the node's own polls among them. */
  transactions: number;
}
interface Cut {
  clients: readonly BenchClient[];
  line: { cut(): void; restore(): void };
  sql: Sql;
  rafael: RawClient;
  way: Way;
}

async function cutAll({ clients, line, sql, rafael, way }: Cut): Promise<Round> {
  for (const client of clients) client.resumes = way === 'differences';
  line.cut();
  await until(() => clients.every(({ right_ms }) => right_ms === null), { timeout_ms: 30_000 });
  await change(rafael);
  const before = await transactions(sql);
  const begin_ms = performance.now();
  line.restore();
  await allRight(clients);
  const after = await transactions(sql);
  const times = clients.map((one) => must(one.right_ms, 'a time') - begin_ms).sort((a, b) => a - b);
  mustAgree(clients);
  const each = (of: (client: BenchClient) => number) =>
    clients.reduce((sum, client) => sum + of(client), 0) / clients.length;
  return {
    last_ms: Math.round(must(times.at(-1), 'a client')),
    half_ms: Math.round(must(times[times.length >> 1], 'a client')),
    kB: round(each(({ bytes }) => bytes) / 1_000),
    rows: round(each(({ rows }) => rows)),
    transactions: after - before,
  };
}

const allRight = (clients: readonly BenchClient[]) =>
  until(() => clients.every(({ right_ms }) => right_ms !== null), {
    timeout_ms: PATIENCE_ms,
    every_ms: 20,
    what: 'every client to be right',
  });

/** Those of one person hold the same, row by row and version by version. */
function mustAgree(clients: readonly BenchClient[]): void {
  for (let n = 0; n < Math.min(SAMPLE, clients.length - WHO.length); n++) {
    const [one, other] = [clients[n]?.shown(), clients[n + WHO.length]?.shown()];
    if (JSON.stringify(one) !== JSON.stringify(other))
      throw new Error('Two clients of one person hold different rows');
  }
}

let turn = 0;
async function change(client: RawClient): Promise<void> {
  turn++;
  const answer = await client.get(`/api/deals?limit=${CHANGES}&sort=created_at`);
  for (const { id } of (answer.body as { rows: { id: string }[] }).rows) {
    const { status, text } = await client.patch(`/api/deals/${id}`, { next_step: `Step ${turn}` });
    if (status !== 200) throw new Error(`A deal was not changed: ${text}`);
  }
}

/** So many were committed so far; the store takes a moment to add them up. */
async function transactions(sql: Sql): Promise<number> {
  await sleep(COUNTED_ms);
  const [row] = await sql<[{ count: number }]>`
    select xact_commit::int as count from pg_stat_database where datname = current_database()
  `;
  return row.count;
}

function median(all: readonly Round[]): Round {
  const middle = (of: (one: Round) => number) =>
    must([...all].map(of).sort((a, b) => a - b)[all.length >> 1], 'a round');
  return {
    last_ms: middle((one) => one.last_ms),
    half_ms: middle((one) => one.half_ms),
    kB: middle((one) => one.kB),
    rows: middle((one) => one.rows),
    transactions: middle((one) => one.transactions),
  };
}

const option = (args: readonly string[], name: string): string | undefined =>
  args.find((arg) => arg.startsWith(`--${name}=`))?.split('=')[1];
