import { parseArgs } from 'node:util';
import { must } from '../../../shared/lib/must.ts';
import { describeMachine, machine } from '../machine.ts';
import { figures, round, table } from '../measure.ts';
import { startStore, type BenchStore } from '../store.ts';
import { check } from './check.ts';
import type { Run, Took } from './server.ts';
import type { Opening } from './sink.ts';
import { askEach, expand, expected, fillSql } from './sql.ts';
import { pinned, startHelper, type Helper } from './talk.ts';
import { COLUMNS, type Column } from './world.ts';

// Getting a change to all who may see it, beside other ways to do that, in turn in one run. Server and sink have a core of
// their own each; the sink throws away what comes. What is compared is taken with the ratio of each round to itself.

/** Ticks of a run: enough to last some 100 ms. */
const TICKS: Record<Column, number> = {
  'one a tick': 100,
  '10 a tick, 3 a frame': 20,
  '10 a tick, all to the same': 30,
};
const SIDES = ['ws', 'ws, in one piece', 'room', 'room per mask', 'loop'] as const;
const OURS = ['rolecall', 'rolecall, with totals'] as const;
const SQL = ['check by SQL', 'expand by SQL'] as const;

export async function bench(args: readonly string[], say: (text: string) => void): Promise<object> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      sockets: { type: 'string', default: '1000' },
      rounds: { type: 'string', default: '7' },
      // How long each run is: 1 lasts some 100 ms where nothing else goes on.
      length: { type: 'string', default: '1' },
      // Once more with totals on every list, for which all views are opened anew each time.
      totals: { type: 'boolean', default: false },
    },
  });
  const [people, rounds, length] = [Number(values.sockets), Number(values.rounds), Number(values.length)];
  const store = await startStore();
  const server = startHelper('test/bench/fanout/server.ts', 0, ['--expose-gc']);
  const sink = startHelper('test/bench/fanout/sink.ts', 1);
  try {
    await fillSql(store, people);
    const checked = await check(store.url, say);
    await enter(server, sink, store.url, people);
    const taken = await measure({ store, server, people, rounds, length, totals: values.totals, say });
    const where = await machine(store.sql);
    say(
      `${describeMachine(where)}; ${pinned ? 'server and sink on a core of their own each' : 'not pinned'}`,
    );
    const columns = Object.fromEntries(
      Object.keys(COLUMNS).map((column) => [column, summed(taken.filter((one) => one.column === column))]),
    );
    for (const [column, rows] of Object.entries(columns)) say(`\n${column}\n${shown(rows)}`);
    return { bench: 'fanout', machine: where, pinned, sockets: people, rounds, checked, columns };
  } finally {
    await Promise.all([server.stop(), sink.stop()]);
    await store.stop();
  }
}

async function enter(server: Helper, sink: Helper, url: string, count: number): Promise<void> {
  const ports = await server.ask<{ ours: number; ws: number; io: number }>({ start: { url, people: count } });
  const path = '/socket.io/?EIO=4&transport=websocket&as=#';
  await sink.ask({ open: { port: ports.ours, path, count, io: true } satisfies Opening });
  await sink.ask({ open: { port: ports.io, path, count, io: true } satisfies Opening });
  await sink.ask({ open: { port: ports.ws, path: '/#', count, io: false } });
  await server.ask({ open: { totals: false } });
}

interface Taken extends Took {
  column: Column;
  round: number;
  side: string;
}

async function measure(o: {
  store: BenchStore;
  server: Helper;
  people: number;
  rounds: number;
  length: number;
  totals: boolean;
  say: (text: string) => void;
}): Promise<Taken[]> {
  const taken: Taken[] = [];
  const each = expected(o.people);
  for (let round = -1; round < o.rounds; round++) {
    for (const [column, ticks] of Object.entries(TICKS) as [Column, number][]) {
      const sides = [...SIDES, ...OURS.slice(0, o.totals ? 2 : 1)];
      // Each begins once: whoever comes first finds the machine as nobody else does.
      const turn = Math.max(0, round) % sides.length;
      for (const side of [...sides.slice(turn), ...sides.slice(0, turn)]) {
        if (side === OURS[1]) await o.server.ask({ open: { totals: true } });
        const name = side === OURS[1] ? OURS[0] : side;
        const took = await o.server.ask<Took>({
          run: { column, side: name, ticks: Math.ceil(ticks * o.length) } satisfies Run,
        });
        if (side === OURS[1]) await o.server.ask({ open: { totals: false } });
        if (round >= 0) taken.push({ column, round, side, ...took });
      }
      for (const [side, ask, times] of [
        ['check by SQL', askEach, 5],
        ['expand by SQL', expand, 100],
      ] as const) {
        const { ms, found } = await ask(o.store, times);
        if (found !== each) throw new Error(`${side} found ${found} of ${each}`);
        if (round >= 0)
          taken.push({ column, round, side, deliveries: found, changes: 1, wall_ms: ms, cpu_us: NaN });
      }
    }
    if (round >= 0) o.say(`round ${round + 1} of ${o.rounds}`);
  }
  return taken;
}

interface Row {
  side: string;
  changes_per_s: number;
  deliveries_per_s: number;
  /** Processor of the server, user and system; none for what the store does. */
  cpu_us: number | null;
  /** How many times as fast we are: median of the rounds, least, most; by time, and by processor. */
  ratio: number;
  least: number;
  most: number;
  ratio_cpu: number | null;
}

function summed(taken: readonly Taken[]): Row[] {
  const of = (side: string) => taken.filter((one) => one.side === side);
  const ours = new Map(of(OURS[0]).map((one) => [one.round, one]));
  const sides = [...OURS, ...SIDES, ...SQL].filter((side) => of(side).length > 0);
  return sides.map((side) => {
    const rounds = of(side);
    const ratios = rounds.map((one) => rate(must(ours.get(one.round), 'our round')) / rate(one));
    const byCpu = rounds.map((one) => perDelivery(one) / perDelivery(must(ours.get(one.round), 'our round')));
    const known = byCpu.every((ratio) => !Number.isNaN(ratio));
    return {
      side,
      changes_per_s: Math.round(figures(rounds.map((one) => (one.changes / one.wall_ms) * 1000)).median),
      deliveries_per_s: Math.round(figures(rounds.map(rate)).median * 1000),
      cpu_us: known ? figures(rounds.map(perDelivery)).median : null,
      ratio: figures(ratios).median,
      least: round(Math.min(...ratios)),
      most: round(Math.max(...ratios)),
      ratio_cpu: known ? figures(byCpu).median : null,
    };
  });
}

const rate = ({ deliveries, wall_ms }: Took): number => deliveries / wall_ms;
const perDelivery = ({ cpu_us, deliveries }: Took): number => cpu_us / deliveries;

const shown = (rows: readonly Row[]): string =>
  table(
    ['', 'changes/s', 'deliveries/s', 'CPU µs each', 'rolecall is', 'least', 'most', 'by CPU'],
    rows.map((row) => [
      row.side,
      row.changes_per_s,
      row.deliveries_per_s,
      row.cpu_us ?? '–',
      `${row.ratio}×`,
      row.least,
      row.most,
      row.ratio_cpu ?? '–',
    ]),
  );
