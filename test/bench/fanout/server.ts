import { createServer } from 'node:http';
import type { Socket as TcpSocket } from 'node:net';
import { connect } from '../../../server/db/connect.ts';
import { LiveNode } from '../../../server/fanout/node.ts';
import type { App } from '../../../server/lib/app.ts';
import { systemClock } from '../../../server/lib/clock.ts';
import { setUpLog } from '../../../server/lib/log.ts';
import { DOORS, serveSockets } from '../../../server/socket/server.ts';
import { newId } from '../../../shared/lib/ids.ts';
import { must } from '../../../shared/lib/must.ts';
import { until } from '../../world/until.ts';
import { listen, plainIo, rawWs, type Prepared, type Side } from './baselines.ts';
import { plainPieces, prepare } from './plain.ts';
import { answerAll } from './talk.ts';
import { openAll } from './views.ts';
import { actorOf, Changes, COLUMNS, dealsFor, registry, userId, type Column } from './world.ts';

// The process that is measured: a real node behind the real door, and what it is compared with.

export interface Run {
  column: Column;
  side: string;
  ticks: number;
}
/** What a run took; a delivery is one change for one client. */
export interface Took {
  deliveries: number;
  changes: number;
  wall_ms: number;
  cpu_us: number;
  frames?: number;
}
type Question =
  | { start: { url: string; people: number } }
  | { open: { totals: boolean } }
  | { run: Run }
  | { heap: true }
  | { entered: true }
  | { plain: { column: Column; ticks: number } };

let bench: Awaited<ReturnType<typeof start>> | null = null;

answerAll<Question>(async (question) => {
  if ('heap' in question) return heap();
  if ('start' in question) {
    bench = await start(question.start.url, question.start.people);
    return bench.ports;
  }
  const { entered, open, run, plain } = must(bench, 'a start');
  if ('entered' in question) return entered();
  if ('open' in question) return open(question.open.totals);
  if ('run' in question) return run(question.run);
  return plain(question.plain.column, question.plain.ticks);
});

async function start(url: string, people: number) {
  setUpLog({ production: false, level: 'warn' });
  const sql = await connect(url, { max: 2 });
  const app: App = { sql, registry, nodeId: 'bench', poke: () => undefined };
  const node = new LiveNode({
    app,
    logSql: sql,
    connect: () => connect(url, { max: 1 }),
    clock: systemClock,
    announce: () => undefined,
  });
  await node.start();
  // Every frame asks for the lease, as ever. That a store on a busy machine renews it in time is not what is measured.
  setInterval(() => node.lease.renew(node.lease.start()), 100);
  const http = createServer();
  const tcp: TcpSocket[] = [];
  serveSockets({
    http,
    node,
    ...DOORS.people,
    allow: () => true,
    // Whoever says that they are the n-th is: nothing but the fan-out is tried here.
    authenticate: (request) => {
      const n = Number(new URL(request.url ?? '', 'http://bench').searchParams.get('as'));
      tcp[n] = request.socket;
      return Promise.resolve({ userId: userId(n), sessionId: newId(), actor: actorOf(n) });
    },
  });
  const ws = await rawWs();
  const io = await plainIo();
  const deals = dealsFor(people);
  const changes = new Changes(deals);
  const ours: Side = { tell: ({ event }) => void node.handle(event), sockets: tcp };
  const sides: Record<string, Side> = { ...ws.sides, ...io.sides, rolecall: ours };

  let withTotals = false;

  async function entered(): Promise<void> {
    await until(() => node.subscribers.size === people && ![...node.subscribers].some(({ muted }) => muted), {
      timeout_ms: 60_000,
    });
  }

  async function open(totals: boolean): Promise<void> {
    await entered();
    withTotals = totals;
    for (const subscriber of node.subscribers) {
      subscriber.views.clear();
      openAll(subscriber, numberOf(subscriber.userId), deals, totals);
    }
  }

  /** On a machine that stands still for seconds a lease lapses, or a socket lags, as they must: such a run is no run. */
  async function run(asked: Run): Promise<Took> {
    for (let tries = 1; ; tries++) {
      const { took, missing } = await runOnce(asked);
      if (missing <= 0) return took;
      if (tries === TRIES)
        throw new Error(`${missing} frames are missing; ${node.subscribers.size} clients are there`);
      await open(withTotals);
    }
  }

  async function runOnce({ column, side, ticks }: Run): Promise<{ took: Took; missing: number }> {
    const { tell, sockets } = must(sides[side], 'a side');
    const batches = batchesOf(column, ticks);
    const frames = node.outbound.frames;
    await rest();
    // What was done to get ready is not cleared away at the expense of whoever is measured next.
    collect();
    const cpu = process.cpuUsage();
    const start_ms = performance.now();
    for (const batch of batches) {
      for (const change of batch) tell(change);
      if (side === 'rolecall') {
        node.lease.renew(node.lease.start());
        node.outbound.flush();
      }
      await drained(sockets);
    }
    const wall_ms = performance.now() - start_ms;
    const { user, system } = process.cpuUsage(cpu);
    const all = batches.flat();
    const took: Took = {
      deliveries: all.reduce((sum, { recipients }) => sum + recipients.length, 0),
      changes: all.length,
      wall_ms,
      cpu_us: user + system,
    };
    if (side !== 'rolecall') return { took, missing: 0 };
    const sent = node.outbound.frames - frames;
    return { took: { ...took, frames: sent }, missing: framesIn(batches) - sent };
  }

  /** The same changes for the node and for the plain loop: what the loop says that each client is to be sent. */
  async function plain(column: Column, ticks: number): Promise<string[]> {
    const twins = plainPieces([...node.subscribers]);
    for (const batch of batchesOf(column, ticks)) {
      for (const { event } of batch) {
        twins.take(event);
        await node.handle(event);
      }
      node.outbound.flush();
      await drained(tcp);
    }
    return Array.from({ length: people }, (_, n) => JSON.stringify(twins.sentTo(userId(n))));
  }

  const batchesOf = (column: Column, ticks: number): Prepared[][] =>
    Array.from({ length: ticks }, (_, tick) =>
      COLUMNS[column](tick).map((team) => prepare(changes.next(team), team, people)),
    );

  return { ports: { ours: await listen(http), ws: ws.port, io: io.port }, entered, open, run, plain };
}

/** How many there must be at least: one for each recipient of a tick. */
const framesIn = (batches: readonly Prepared[][]): number =>
  batches.reduce((sum, batch) => sum + new Set(batch.flatMap(({ recipients }) => recipients)).size, 0);

const numberOf = (id: string): number => Number(id.slice(-12));

/** Until nothing is on its way that matters: a kernel that is behind must not be measured as ours. */
async function drained(sockets: readonly TcpSocket[]): Promise<void> {
  await new Promise((resolve) => setImmediate(resolve));
  for (let n = 0; n < sockets.length; n += 50) {
    while ((sockets[n]?.writableLength ?? 0) > QUEUED_MAX)
      await new Promise((resolve) => setTimeout(resolve, 1));
  }
}
const QUEUED_MAX = 65_536;
const TRIES = 5;

/** Bytes in use, what nobody needs any more not counted. */
async function heap(): Promise<number> {
  await rest();
  collect();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}

const collect = (globalThis as { gc?: () => void }).gc ?? (() => undefined);
const rest = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 20));
