import { must } from '../../shared/lib/must.ts';
import { connect, type Sql } from '../../server/db/connect.ts';
import type { Dice } from '../world/dice.ts';
import type { TestRedis } from '../world/redis.ts';
import { redisCommand } from './redisCommand.ts';
import { drawRevocation } from './deeds.ts';
import { clockOff, type RigNode } from './nodes.ts';
import type { Ballast } from './disk.ts';
import type { RigStore } from './store.ts';
import type { Writer } from './writer.ts';

/** What faults are done to. */
export interface Broken {
  dice: Dice;
  store: RigStore;
  redis: TestRedis;
  nodes: readonly RigNode[];
  writer: Writer;
  /** Room that can be taken away from the store's disk; undefined where this machine has none to give. */
  ballast: Ballast | undefined;
  /** Calls `then` as soon as a write at this node has been acknowledged, in the same turn. */
  onNextAnswer(node: RigNode, then: () => void): void;
}

/** Breaks something, leaves it so for a while, and mends it. Answers which node it was about, if one. */
export interface Fault {
  name: string;
  act(broken: Broken): Promise<{ node?: number; what: string } | { skipped: string }>;
}

export const FAULTS: readonly Fault[] = [
  { name: 'node killed in mid-transaction', act: killedInTransaction },
  { name: 'node killed between commit and poke', act: killedAfterCommit },
  { name: 'node stopped, with a revocation meanwhile', act: stoppedNode },
  { name: 'node deployed anew', act: deployed },
  { name: 'clock an hour off', act: clock },
  { name: 'redis restarted', act: async ({ redis }) => (await redis.restart(), { what: 'restart' }) },
  { name: 'redis stopped', act: stoppedRedis },
  { name: 'redis pub/sub clients killed', act: async ({ redis }) => {
    await redisCommand(redis.port, 'CLIENT KILL TYPE pubsub');
    return { what: 'killed' };
  } },
  { name: 'postgres crashed', act: crashedStore },
  { name: 'postgres backends terminated', act: terminated },
  { name: 'postgres stopped', act: stoppedStore },
  { name: 'connections exhausted', act: exhausted },
  { name: 'disk full', act: fullDisk },
  { name: 'link cut', act: link('cut') },
  { name: 'link one way', act: link('one way') },
  { name: 'link half open', act: link('half open') },
  { name: 'link slow', act: link('slow') },
  { name: 'reader of one byte a second', act: slowReader },
]; // prettier-ignore

async function killedInTransaction({
  dice,
  store,
  nodes,
  writer,
}: Broken): Promise<{ node: number; what: string }> {
  const node = dice.pick(nodes);
  const admin = await store.open(undefined, 1);
  let waiting = 0;
  try {
    // Whoever changes any deal now stands in the middle of a transaction, and waits.
    await admin.begin(async (tx) => {
      await tx`select 1 from deal for update`;
      for (let i = 0; i < 2; i++) void writer.step(node.road);
      for (let i = 0; i < 30 && waiting < 2; i++) {
        await pause(50);
        waiting = await waitingNow(store);
      }
      await node.kill();
    });
  } finally {
    await admin.end({ timeout: 1 });
  }
  await node.start();
  return { node: node.index, what: `killed while ${waiting} transactions waited for a lock` };
}

async function waitingNow(store: RigStore): Promise<number> {
  const [row] = await store.admin()<{ count: number }[]>`
    select count(*)::int as count from pg_stat_activity where application_name = 'rolecall' and wait_event_type = 'Lock'
  `;
  return row?.count ?? 0;
}

async function killedAfterCommit(broken: Broken): Promise<{ node: number; what: string }> {
  const node = broken.dice.pick(broken.nodes);
  // Its words to the others go nowhere, so that they have only the store to learn from.
  node.toRedis.blackhole();
  await new Promise<void>((resolve) => {
    const limit = setTimeout(() => (void node.kill(), resolve()), 4_000);
    broken.onNextAnswer(node, () => {
      clearTimeout(limit);
      void node.kill();
      resolve();
    });
  });
  await pause(300);
  node.toRedis.restore();
  await node.start();
  return { node: node.index, what: 'killed with the answer to a write, its pokes lost' };
}

async function stoppedNode({ dice, nodes, writer }: Broken): Promise<{ node: number; what: string }> {
  const node = dice.pick(nodes);
  const other = must(nodes.find((one) => one !== node), 'another node'); // prettier-ignore
  const stopped_ms = dice.int(500, 6_000);
  node.process?.pause();
  const until_ms = performance.now() + stopped_ms;
  for (let i = 0; i < 3; i++)
    await Promise.race([writer.write(drawRevocation(dice), other.road), pause(1_500)]);
  await pause(Math.max(0, until_ms - performance.now()));
  node.process?.resume();
  return { node: node.index, what: `stopped for ${stopped_ms} ms` };
}

async function deployed({ dice, nodes }: Broken): Promise<{ node: number; what: string }> {
  const node = dice.pick(nodes);
  if (!(await node.stop())) throw new Error(`Node ${node.index} did not end in order after SIGTERM`);
  await node.start();
  return { node: node.index, what: 'SIGTERM, and started again' };
}

async function clock({ dice, nodes }: Broken): Promise<{ node: number; what: string }> {
  const node = dice.pick(nodes);
  const hours = dice.pick([-1, 1]);
  await node.stop();
  await node.start({ NODE_OPTIONS: clockOff(hours) });
  await pause(1_500);
  // Set right while it runs, and wrong again.
  for (let i = 0; i < 2; i++) {
    if (node.process) process.kill(node.process.pid, 'SIGUSR2');
    await pause(700);
  }
  return { node: node.index, what: `${hours} h off from its start, set right, set wrong again` };
}

async function stoppedRedis({ dice, redis }: Broken): Promise<{ what: string }> {
  const paused_ms = dice.int(1_500, 4_000);
  if (dice.chance(0.5)) {
    redis.pause();
    await pause(paused_ms);
    redis.resume();
    return { what: `SIGSTOP for ${paused_ms} ms` };
  }
  await redis.stop();
  await pause(paused_ms);
  await redis.restart();
  return { what: `gone for ${paused_ms} ms` };
}

async function crashedStore({ store, nodes }: Broken): Promise<{ what: string }> {
  await store.crash();
  for (const { toStore } of nodes) toStore.aim(store.port());
  return { what: '-m immediate, and started again' };
}

async function terminated({ dice, store }: Broken): Promise<{ what: string }> {
  const [row] = await store.admin()<{ count: number }[]>`
    select count(pg_terminate_backend(pid))::int as count from pg_stat_activity
    where application_name like 'rolecall%' and pid <> pg_backend_pid() and (${dice.chance(0.5)} or random() < 0.5)
  `;
  return { what: `${row?.count} ended` };
}

async function stoppedStore({ dice, store }: Broken): Promise<{ what: string }> {
  const stopped_ms = dice.int(500, 3_500);
  store.pause();
  await pause(stopped_ms);
  store.resume();
  return { what: `SIGSTOP for ${stopped_ms} ms` };
}

async function exhausted({ store }: Broken): Promise<{ what: string }> {
  const address = Object.assign(new URL(store.url), { port: `${store.port()}` }).href;
  const taken: Sql[] = [];
  const take = async () => {
    for (;;) {
      const sql = await connect(address, { max: 1, application_name: 'rig' }).catch(() => null);
      if (!sql) return;
      taken.push(sql);
    }
  };
  await take();
  // Now the nodes lose theirs, and others are faster.
  const [row] = await store.admin()<{ count: number }[]>`
    select count(pg_terminate_backend(pid))::int as count from (
      select pid from pg_stat_activity where application_name = 'rolecall' order by random() limit 8) a_few
  `;
  await take();
  await pause(2_500);
  await Promise.all(taken.map((sql) => sql.end({ timeout: 1 })));
  return { what: `${taken.length} connections taken, ${row?.count} of the nodes’ ended` };
}

async function fullDisk({ ballast }: Broken): Promise<{ what: string } | { skipped: string }> {
  if (!ballast) return { skipped: 'no disk of its own: mounting one is not allowed here' };
  ballast.fill();
  await pause(3_000);
  ballast.empty();
  return { what: 'nothing left for 3 s' };
}

function link(how: 'cut' | 'one way' | 'half open' | 'slow'): Fault['act'] {
  return async ({ dice, nodes }) => {
    const node = dice.pick(nodes);
    const [name, proxy] = dice.pick([
      ['clients', node.road.proxy],
      ['store', node.toStore],
      ['redis', node.toRedis],
    ] as const);
    const held_ms = dice.int(800, 4_500);
    const way = dice.pick(['there', 'back'] as const);
    const end = dice.pick(['near', 'far'] as const);
    if (how === 'cut') proxy.cut();
    else if (how === 'one way') proxy.oneWay(way);
    else if (how === 'half open') proxy.halfOpen(end);
    else proxy.delay(dice.int(50, 700));
    await pause(held_ms);
    proxy.delay(0);
    proxy.restore();
    const which = how === 'one way' ? ` ${way}` : how === 'half open' ? ` at the ${end} end` : '';
    return { node: node.index, what: `node ${node.index} – ${name}${which} for ${held_ms} ms` };
  };
}

async function slowReader({ dice, nodes }: Broken): Promise<{ node: number; what: string }> {
  const node = dice.pick(nodes);
  const held_ms = dice.int(3_000, 6_000);
  node.lane.proxy.trickle(1);
  await pause(held_ms);
  node.lane.proxy.trickle(Infinity);
  return { node: node.index, what: `for ${held_ms} ms` };
}

const pause = (ms: number) => new Promise<void>((wake) => setTimeout(wake, ms));
