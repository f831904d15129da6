import { setTimeout as sleep } from 'node:timers/promises';
import { must } from '../../../shared/lib/must.ts';
import { ROWS_MAX } from '../../../shared/protocol/index.ts';
import { startNode, type TestNode } from '../../world/server.ts';
import { startRedis } from '../../world/redis.ts';
import { describeSpread, spread } from '../live/figures.ts';
import { openLine, type Line } from '../live/line.ts';
import { numberOption } from '../live/options.ts';
import { pin, processor_s } from '../live/pin.ts';
import { commitsOfDeals, dealsIn, ids, openWorld } from '../live/world.ts';
import { describeMachine, machine } from '../machine.ts';
import { round, table } from '../measure.ts';
import { write } from './writers.ts';

/** What the first seconds show of compilers and caches is not counted. */
const WARM_UP_s = 3;
/** Longer than a frame is ever late, but on a machine that is busy beyond measure. */
const QUIET_ms = 4_000;

/**
 * From the commit of a change to the frame at each client that may see it: `--sockets 2000`, `--recipients 20` an event,
 * `--rate 500` changes a second for `--seconds 15`. A real node on one core; this process, which writes by HTTP and reads
 * sockets, on another. `--nodes 2`: writes go to a second node, joined by Redis, and only fan-out is left on the first.
 */
export async function bench(args: readonly string[], say: (text: string) => void): Promise<object> {
  const sockets = numberOption(args, 'sockets', 2_000);
  const recipients = numberOption(args, 'recipients', 20);
  const rate = numberOption(args, 'rate', 500);
  const seconds = numberOption(args, 'seconds', 15);
  const two = numberOption(args, 'nodes', 1) > 1;
  const people = Math.max(1, Math.round(sockets / recipients));
  const [warmUp, many] = [Math.round(rate * WARM_UP_s), Math.round(rate * seconds)];
  // A client is told of the rows that it has loaded, and each deal is changed once.
  if (warmUp + many > people * ROWS_MAX)
    throw new Error('Too many changes for so few people: fewer --seconds, or more --sockets');

  const world = await openWorld(people, warmUp + many);
  const started: TestNode[] = [];
  const lines: Line[] = [];
  try {
    const found = { ...(await machine(world.sql)), pinned: false };
    say(describeMachine(found));
    const redis = two ? await startRedis() : undefined;
    const start = async () => {
      const node = await startNode({ database: world, redisUrl: redis?.url, env: { DEMO: '0' } });
      started.push(node);
      return node;
    };
    const node = await start();
    const writer = two ? await start() : node;
    found.pinned = pin(node.pid, 0) && pin(process.pid, 1) && (!two || pin(writer.pid, 1));
    say(
      `${people * recipients} sockets of ${people} people, ${two ? 'writes at another node' : 'writes at the same node'}, ${found.pinned ? 'pinned' : 'not pinned'}`,
    );

    const heard = new Map<number, number[]>();
    let came = 0;
    let resyncs = 0;
    const cookies: string[] = [];
    for (let person = 0; person < people; person += 1) {
      const { cookie } = await world.enter(person);
      cookies.push(cookie);
      const mine = { object: 'deal', filter: { owner: ids.of('user', person) }, limit: ROWS_MAX };
      const opened = Array.from({ length: recipients }, async () => {
        const line = await openLine(node.base, cookie, {
          text(text, at_ms) {
            if (text.startsWith('42["resync"')) resyncs += 1;
            for (const deal of new Set(dealsIn(text))) {
              came += 1;
              const moments = heard.get(deal);
              if (moments) moments.push(at_ms);
              else heard.set(deal, [at_ms]);
            }
          },
        });
        lines.push(line);
        await openView(line, { id: 'mine', view: mine });
      });
      await Promise.all(opened);
    }

    const cookieOf = (deal: number) => must(cookies[deal % people], 'a cookie');
    await write(writer.base, { from: 0, many: warmUp, perSecond: rate }, cookieOf);
    const pids = two ? [node.pid, writer.pid, process.pid] : [node.pid, process.pid];
    const before = pids.map(processor_s);
    const written = await write(writer.base, { from: warmUp, many, perSecond: rate }, cookieOf);
    const used_s = pids.map((pid, i) => (processor_s(pid) ?? NaN) - (before[i] ?? NaN));
    const ofOneCore = used_s.map((used) => round((used * 1_000) / written.took_ms));
    await quiet(() => came);

    const commits = await commitsOfDeals(world);
    const measured = [...commits].filter(([deal]) => deal >= warmUp);
    const delays = measured.flatMap(([deal, at_ms]) =>
      (heard.get(deal) ?? []).map((came_ms) => came_ms - at_ms),
    );
    const result = {
      bench: 'latency',
      machine: found,
      sockets: people * recipients,
      recipients,
      nodes: two ? 2 : 1,
      wanted_per_s: rate,
      reached_per_s: round((written.acknowledged / written.took_ms) * 1_000),
      written: { acknowledged: written.acknowledged, failed: written.failed, left: written.left },
      deliveries: { expected: measured.length * recipients, received: delays.length, resyncs },
      // A busy machine shows in the times; what a change costs it shows less.
      processor: {
        ofOneCore: {
          node: ofOneCore[0],
          ...(two ? { writer: ofOneCore[1] } : {}),
          load_and_sink: ofOneCore.at(-1),
        },
        node_ms_a_write: round(((used_s[0] ?? NaN) * 1_000) / written.acknowledged),
        ...(two ? { writer_ms_a_write: round(((used_s[1] ?? NaN) * 1_000) / written.acknowledged) } : {}),
      },
      frame_ms: spread(delays),
      answer_ms: spread(written.answers_ms),
    };
    say(
      table(
        ['ms', 'p50', 'p95', 'p99', 'max', 'count'],
        [
          ['commit → frame', ...describeSpread(result.frame_ms)],
          ['request → answer', ...describeSpread(result.answer_ms)],
        ],
      ),
    );
    say(
      `${result.reached_per_s} writes/s of ${rate} wanted, ${delays.length} of ${result.deliveries.expected} deliveries; processor: ${JSON.stringify(result.processor)}`,
    );
    return result;
  } finally {
    for (const line of lines) line.close();
    await Promise.all(started.map((node) => node.stop()));
    await world.stop();
  }
}

/** Waits until nothing has come for some seconds. */
async function quiet(count: () => number): Promise<void> {
  for (let last = -1; last !== count();) {
    last = count();
    await sleep(QUIET_ms);
  }
}

/** On a busy machine the node may have to catch up with its store in between. */
async function openView(line: Line, message: object): Promise<void> {
  for (let tries = 0; tries < 60; tries += 1) {
    const answer = await line.ask('open', message);
    if (!answer.includes('"error"')) return;
    if (!answer.includes('"unavailable"')) throw new Error(`A view was refused: ${answer}`);
    await sleep(500);
  }
  throw new Error('The node does not catch up with its store');
}
