import { monitorEventLoopDelay } from 'node:perf_hooks';
import { parseArgs } from 'node:util';
import { loadActor } from '../../../server/access/loadActor.ts';
import { connect } from '../../../server/db/connect.ts';
import { transaction } from '../../../server/db/transaction.ts';
import { LiveNode } from '../../../server/fanout/node.ts';
import { open } from '../../../server/fanout/opening.ts';
import { newSubscriber } from '../../../server/fanout/subscriber.ts';
import type { App } from '../../../server/lib/app.ts';
import { systemClock } from '../../../server/lib/clock.ts';
import { BATCH_MAX, readLog, sequenceBatch } from '../../../server/outbox/log.ts';
import { changeRecord, insertRecord, insertRecords } from '../../../server/records/write.ts';
import { newId } from '../../../shared/lib/ids.ts';
import { must } from '../../../shared/lib/must.ts';
import { OBJECTS, Registry } from '../../../shared/objects/index.ts';
import type { ViewRequest, WireEvent } from '../../../shared/protocol/index.ts';
import { describeMachine, machine } from '../machine.ts';
import { round } from '../measure.ts';
import { startStore, type BenchStore } from '../store.ts';
import { withAndWithout } from './indexes.ts';
import { ADMINISTRATOR, agent, fill, idOf, manager, sizeTimes } from '../views/world.ts';

// What a bulk costs: writing with and without the indexes of search and order, bringing it into the log and reading it,
// how a node with many clients gets through it, and a hand-over of a record with many parts.

const EVENTS = 20_000;
const AT_ONCE = 250;
const SOCKETS = 200;
const PARTS = 770;
const ctx = { actorId: null, requestId: 'bench' };

export async function bench(args: readonly string[], say: (text: string) => void): Promise<object> {
  const { values } = parseArgs({
    args: [...args],
    options: { events: { type: 'string', default: String(EVENTS) } },
  });
  const events = Number(values.events);
  const store = await startStore();
  try {
    await fill(store, sizeTimes(1));
    const app: App = {
      sql: store.sql,
      registry: new Registry(OBJECTS),
      nodeId: 'bench',
      poke: () => undefined,
    };
    const inserts = await withAndWithout(store, (count) => write(store, app, count));
    say(`written: ${JSON.stringify(inserts)}`);
    // Those that the figures below begin with.
    await write(store, app, events);
    const log = await intoLog(store, events);
    say(`log: ${log.sequenced} events a second sequenced, ${log.read} read`);
    const node = await throughNode(store, app, events, say);
    const parts_ms = await handOver(app);
    say(`handing over a ticket with ${PARTS} messages: ${parts_ms} ms`);
    const where = await machine(store.sql);
    say(describeMachine(where));
    return {
      bench: 'bulk',
      machine: where,
      events,
      inserts,
      log,
      node,
      parts_ms,
    };
  } finally {
    await store.stop();
  }
}

/** Deals a second, by the one write path. */
async function write({ url }: BenchStore, app: App, count: number): Promise<number> {
  // As an import does: with limits of its own, beside the program's pool.
  const patience = { statement_timeout_ms: 0, lock_timeout_ms: 0, idle_in_transaction_timeout_ms: 0 };
  const sql = await connect(url, { max: 1, ...patience });
  const start_ms = performance.now();
  for (let done = 0; done < count; done += AT_ONCE) {
    const rows = Array.from({ length: AT_ONCE }, (_, n) => ({
      values: {
        title: `Bulk ${done + n} of somebody`,
        amount: n,
        pipeline: idOf('pipeline', 0),
        stage: n % 2 === 0 ? 'won' : 'qualified',
        owner: idOf('user', agent(n % 35)),
        closes_on: '2026-12-01',
      },
    }));
    await transaction(sql, (tx) => insertRecords(tx, app, ctx, app.registry.get('deal'), rows));
  }
  const took_s = (performance.now() - start_ms) / 1000;
  await sql.end({ timeout: 2 });
  return Math.round(count / took_s);
}

/** Events a second through `sequence_batch` and through `readLog`. */
async function intoLog({ sql }: BenchStore, count: number): Promise<{ sequenced: number; read: number }> {
  const start_ms = performance.now();
  for (let moved = BATCH_MAX; moved > 0;) ({ moved } = await sequenceBatch(sql));
  const between_ms = performance.now();
  for (let seq = 0; ;) {
    const last = (await readLog(sql, seq)).at(-1);
    if (!last) break;
    seq = last.seq;
  }
  const rate = (ms: number) => Math.round(count / (ms / 1000));
  return { sequenced: rate(between_ms - start_ms), read: rate(performance.now() - between_ms) };
}

/** A bulk is written while so many clients have a board open: how long the event loop stands still, what they get. */
async function throughNode(
  store: BenchStore,
  app: App,
  count: number,
  say: (text: string) => void,
): Promise<object> {
  const logSql = await connect(store.url, { max: 2 });
  const node = new LiveNode({ app, logSql, connect: () => connect(store.url, { max: 1 }), clock: systemClock, announce: () => undefined }); // prettier-ignore
  await node.start();
  let stopped = false;
  const told = { frames: 0, pieces: 0, bytes: 0, opens: 0 };
  const people = [ADMINISTRATOR, manager(0), manager(1), ...Array.from({ length: 35 }, (_, n) => agent(n))];
  const board: ViewRequest = { object: 'deal', partition: idOf('pipeline', 0) };
  const views = [{ ...board, limit: 1 }, ...['won', 'qualified'].map((stage) => ({ ...board, filter: { stage }, limit: 50, totals: false }))]; // prettier-ignore
  for (let n = 0; n < SOCKETS; n++) {
    const userId = idOf('user', must(people[n % people.length], 'somebody'));
    const subscriber = newSubscriber({
      id: newId(),
      userId,
      sessionId: newId(),
      actor: must(await loadActor(app.sql, userId), 'an actor'),
      outlet: {
        emit: (pieces: WireEvent[]) => {
          told.frames++;
          told.pieces += pieces.length;
          told.bytes += JSON.stringify(pieces).length;
        },
        resync: (ids) => ids.forEach((id) => void reopen(id)),
        presence: () => undefined,
        end: () => undefined,
        drop: () => undefined,
        queued: () => false,
        congested: () => false,
      },
    });
    // As a client does where the server cannot answer just now.
    const reopen = async (id: string): Promise<void> => {
      const request = { id, view: must(views[Number(id)], 'a view') };
      await open(node, subscriber, request, () => void told.opens++).catch(async () => {
        await new Promise((resolve) => setTimeout(resolve, 1_000));
        if (!stopped) await reopen(id);
      });
    };
    node.subscribers.add(subscriber);
    for (const id of views.keys()) await reopen(String(id));
  }
  Object.assign(told, { frames: 0, pieces: 0, bytes: 0, opens: 0 });
  const delay = monitorEventLoopDelay({ resolution: 2 });
  const [{ head: before } = { head: 0 }] = await app.sql<
    { head: number }[]
  >`select seq as head from event_head`;
  delay.enable();
  const start_ms = performance.now();
  const writing = write(store, app, count);
  const waking = setInterval(() => node.wakeLog(true), 20);
  await writing;
  while (node.applied < before + count) await new Promise((resolve) => setTimeout(resolve, 20));
  const took_s = (performance.now() - start_ms) / 1000;
  delay.disable();
  clearInterval(waking);
  const found = {
    sockets: SOCKETS,
    events_per_s: Math.round(count / took_s),
    loop_ms: { p50: ms(delay.percentile(50)), p99: ms(delay.percentile(99)), max: ms(delay.max) },
    per_socket: { frames: round(told.frames / SOCKETS), pieces: round(told.pieces / SOCKETS), kB: round(told.bytes / SOCKETS / 1000), opens: round(told.opens / SOCKETS) }, // prettier-ignore
  };
  say(`node: ${JSON.stringify(found)}`);
  stopped = true;
  await node.stop();
  await logSql.end({ timeout: 2 });
  return found;
}

const ms = (nanoseconds: number): number => round(nanoseconds / 1e6);

/** How long it takes to give a ticket with many messages to somebody else. */
async function handOver(app: App): Promise<number> {
  const [ticket, message] = [app.registry.get('ticket'), app.registry.get('message')];
  const id = idOf('ticket', 3);
  await transaction(app.sql, async (tx) => {
    for (let n = 0; n < PARTS; n++)
      await insertRecord(tx, app, ctx, message, { ticket: id, body: 'Said before.', from: 'us' });
  });
  const start_ms = performance.now();
  await transaction(app.sql, (tx) => changeRecord(tx, app, ctx, ticket, id, { assignee: idOf('user', 43) }));
  return round(performance.now() - start_ms);
}
