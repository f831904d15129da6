import { setTimeout as sleep } from 'node:timers/promises';
import type { Receipt } from '../../../shared/protocol/index.ts';
import { RawClient } from '../../world/rawClient.ts';
import { startRedis } from '../../world/redis.ts';
import { startNode, type TestNode } from '../../world/server.ts';
import { until } from '../../world/until.ts';
import { describeSpread, spread, type Spread } from '../live/figures.ts';
import { openLine } from '../live/line.ts';
import { numberOption } from '../live/options.ts';
import { ids, openWorld, type LiveWorld } from '../live/world.ts';
import { describeMachine, machine } from '../machine.ts';
import { table } from '../measure.ts';

/** Changes a second of what the sockets show, so that there is something that must not arrive. */
const CHANGES_EVERY_ms = 10;
/** Frames that each socket has had before its session ends. */
const FRAMES_BEFORE = 3;

interface Found {
  /** Commit of the end → last frame with anything of a record; 0 where none came after the commit. */
  lastFrame_ms: Spread;
  /** Commit → the socket knows that it is over. */
  over_ms: Spread;
  /** What the receipt says that the nodes took, and how long the answer took whoever ended it. */
  receipt_ms: Spread;
  answer_ms: Spread;
  framesAfterCommit: number;
  pending: number;
}

/**
 * From the commit that ends a session to the last frame at its sockets, over two real nodes: `--rounds 100` ends with
 * Redis up and as many with Redis dead, `--sockets 5` at each node, while what they show changes a hundred times a second.
 */
export async function bench(args: readonly string[], say: (text: string) => void): Promise<object> {
  const rounds = numberOption(args, 'rounds', 100);
  const sockets = numberOption(args, 'sockets', 5);
  const world = await openWorld(1, 1);
  const nodes: TestNode[] = [];
  try {
    const found = await machine(world.sql);
    say(describeMachine(found));
    const redis = await startRedis();
    for (let n = 0; n < 2; n += 1)
      nodes.push(await startNode({ database: world, redisUrl: redis.url, env: { DEMO: '0' } }));
    const up = await measure(world, nodes, { rounds, sockets });
    await redis.stop();
    const dead = await measure(world, nodes, { rounds, sockets });
    for (const [title, { lastFrame_ms, over_ms, receipt_ms, answer_ms, framesAfterCommit, pending }] of [
      ['Redis up', up],
      ['Redis dead', dead],
    ] as const) {
      say(
        `${title}: ${framesAfterCommit} frames after a commit, ${pending} nodes that did not confirm in time`,
      );
      say(
        table(
          ['ms', 'p50', 'p95', 'p99', 'max', 'count'],
          [
            ['commit → last frame', ...describeSpread(lastFrame_ms)],
            ['commit → told', ...describeSpread(over_ms)],
            ['receipt', ...describeSpread(receipt_ms)],
            ['answer', ...describeSpread(answer_ms)],
          ],
        ),
      );
    }
    return { bench: 'revoke', machine: found, nodes: 2, rounds, socketsEach: sockets, up, dead };
  } finally {
    // A node without its Redis ends as any other.
    await Promise.all(nodes.map((node) => node.stop()));
    await world.stop();
  }
}

async function measure(
  world: LiveWorld,
  nodes: readonly TestNode[],
  { rounds, sockets }: { rounds: number; sockets: number },
): Promise<Found> {
  const [first, second] = nodes.map(({ base }) => base);
  const as = async (base: string | undefined, person: number) => {
    const client = new RawClient(base ?? '');
    client.cookies.set('rolecall', (await world.enter(person)).cookie.split('=')[1] ?? '');
    return client;
  };
  const [administrator, writer] = [await as(first, 1), await as(second, 0)];
  const deal = `/api/deals/${ids.of('deal', 0)}`;
  const measured: Round[] = [];
  let n = 0;
  let over = false;
  const writing = (async () => {
    while (!over) {
      await writer.patch(deal, { next_step: `Step ${(n += 1)}` });
      await sleep(CHANGES_EVERY_ms);
    }
  })();
  try {
    for (let round = 0; round < rounds; round += 1)
      measured.push(await endOne(world, nodes, administrator, sockets));
  } finally {
    over = true;
    await writing;
  }
  return {
    lastFrame_ms: spread(measured.flatMap(({ last_ms }) => last_ms)),
    over_ms: spread(measured.flatMap(({ over_ms }) => over_ms)),
    receipt_ms: spread(measured.flatMap(({ receipt }) => receipt.nodes.map(({ ms }) => ms))),
    answer_ms: spread(measured.map(({ answer_ms }) => answer_ms)),
    framesAfterCommit: measured.reduce((sum, { after }) => sum + after, 0),
    pending: measured.reduce((sum, { receipt }) => sum + receipt.pending.length, 0),
  };
}

interface Round {
  /** Of each socket. */
  last_ms: number[];
  over_ms: number[];
  /** Frames that came after the commit. */
  after: number;
  receipt: Receipt['receipt'];
  answer_ms: number;
}

/** One session with sockets at both nodes, which is ended while they are told of changes. */
async function endOne(
  world: LiveWorld,
  nodes: readonly TestNode[],
  administrator: RawClient,
  each: number,
): Promise<Round> {
  const { cookie, sessionId } = await world.enter(0);
  const heard: { frames: number[]; over_ms: number | null }[] = [];
  const lines = await Promise.all(
    nodes.flatMap(({ base }) =>
      Array.from({ length: each }, async () => {
        const one: (typeof heard)[number] = { frames: [], over_ms: null };
        heard.push(one);
        const line = await openLine(base, cookie, {
          text(text, at_ms) {
            if (text.startsWith('42["ended"')) one.over_ms ??= at_ms;
            else if (text.includes(ids.of('deal', 0))) one.frames.push(at_ms);
          },
          gone: (at_ms) => void (one.over_ms ??= at_ms),
        });
        await line.ask('open', { id: 'deal', view: { object: 'deal', record: ids.of('deal', 0) } });
        return line;
      }),
    ),
  );
  await until(() => heard.every(({ frames }) => frames.length >= FRAMES_BEFORE), { timeout_ms: 30_000 });
  const begin_ms = performance.now();
  const answer = await administrator.delete(`/api/sessions/${sessionId}`);
  const answer_ms = performance.now() - begin_ms;
  if (answer.status !== 200)
    throw new Error(`The session could not be ended: ${answer.status} ${answer.text}`);
  await until(() => heard.every(({ over_ms }) => over_ms !== null), { timeout_ms: 10_000 });
  for (const line of lines) line.close();
  const [row] = await world.owner<[{ at_ms: number }]>`
    select (extract(epoch from pg_xact_commit_timestamp(xmin)) * 1000)::float8 as at_ms
    from session_end where ${sessionId} = any (sessions)
  `;
  const after = heard.map(({ frames }) => frames.filter((at_ms) => at_ms > row.at_ms));
  return {
    last_ms: after.map((frames) => Math.max(0, ...frames.map((at_ms) => at_ms - row.at_ms))),
    over_ms: heard.map(({ over_ms }) => (over_ms ?? NaN) - row.at_ms),
    after: after.flat().length,
    receipt: (answer.body as Receipt).receipt,
    answer_ms,
  };
}
