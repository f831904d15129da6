import { parseArgs } from 'node:util';
import { connect, PATIENCE, type Sql } from '../../../server/db/connect.ts';
import { LogReader } from '../../../server/fanout/logReader.ts';
import { must } from '../../../shared/lib/must.ts';
import { describeMachine, machine } from '../machine.ts';
import { figures, round, table } from '../measure.ts';
import { startStore, type BenchStore } from '../store.ts';
import { fill, sizeTimes } from '../views/world.ts';
import { drain } from './drain.ts';
import { holdSnapshot, slowFsync } from './modes.ts';
import { now, writeFor, type Written } from './writers.ts';

// 16 writers at once through the one write path, each a transaction of its own as a command has it, with the log behind
// them as a node reads it; and in the same rounds the same writers without any event. Then how fast a heap of events gets
// into the log that nobody adds to.

const WRITERS = 16;
const HEAP = 10_000;

/** How the store is meanwhile: as it is; as on a cloud's disk, 1 ms a flush; while somebody reads a snapshot for long. */
const MODES = {
  plain: async () => async () => undefined,
  'fsync 1 ms': slowFsync,
  backup: holdSnapshot,
} satisfies Record<string, (store: BenchStore) => Promise<() => Promise<unknown>>>;
type Mode = keyof typeof MODES;

interface Round {
  /** Changes a second without any event, and with the log kept. */
  bare: number;
  logged: number;
  /** From the commit as the writer learns of it until the event is read from the log. Milliseconds. */
  lag: { p50: number; p99: number; max: number };
  /** Outbox rows that waited at most, as counted every 100 ms. */
  waiting: number;
  /** Events a second of a heap of them. */
  drained: number;
}

export async function bench(args: readonly string[], say: (text: string) => void): Promise<object> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      rounds: { type: 'string', default: '7' },
      seconds: { type: 'string', default: '4' },
    },
  });
  const [rounds, seconds] = [Number(values.rounds), Number(values.seconds)];
  const store = await startStore();
  try {
    await fill(store, sizeTimes(1));
    const found = new Map<Mode, Round[]>();
    // The first one warms up.
    for (let n = -1; n < rounds; n++) {
      for (const mode of Object.keys(MODES) as Mode[]) {
        const end = await MODES[mode](store);
        const one = await measure(store, { seconds: n < 0 ? 1 : seconds, bareFirst: n % 2 === 0 });
        await end();
        if (n >= 0) found.set(mode, [...(found.get(mode) ?? []), one]);
      }
      if (n >= 0) say(`round ${n + 1} of ${rounds}`);
    }
    const where = await machine(store.sql);
    const modes = Object.fromEntries([...found].map(([mode, all]) => [mode, summary(all)]));
    say(describeMachine(where));
    say(`${WRITERS} writers, ${rounds} rounds of ${seconds} s; medians`);
    say(
      table(
        ['', 'bare /s', 'logged /s', 'ratio', 'lag p50 ms', 'p99', 'max', 'waiting', 'drained /s'],
        Object.entries(modes).map(([mode, s]) => [mode, s.bare, s.logged, s.ratio, s.lag_ms.p50, s.lag_ms.p99, s.lag_ms.max, s.waiting, s.drained]), // prettier-ignore
      ),
    );
    return { bench: 'sequence', machine: where, writers: WRITERS, rounds, seconds, modes };
  } finally {
    await store.stop();
  }
}

async function measure(
  store: BenchStore,
  { seconds, bareFirst }: { seconds: number; bareFirst: boolean },
): Promise<Round> {
  const order = { url: store.url, writers: WRITERS, seconds };
  const bare = () => writeFor({ ...order, events: false }, () => undefined);
  const before = bareFirst ? await bare() : null;
  const { written, lags, waiting } = await logged(store, seconds);
  const without = before ?? (await bare());
  const lag = percentiles(lags);
  return {
    bare: rate(without),
    logged: rate(written),
    lag,
    waiting,
    drained: await drain(store.sql, HEAP),
  };
}

/** The writers with a node's reader behind them, woken by each commit as a node wakes it. */
async function logged(
  store: BenchStore,
  seconds: number,
): Promise<{ written: Written; lags: number[]; waiting: number }> {
  const logSql = await connect(store.url, { max: 2, ...PATIENCE });
  const read = new Map<string, number>();
  const failures: unknown[] = [];
  const reader = new LogReader({
    sql: logSql,
    apply: ({ id, version }) => void read.set(`${id} ${version}`, now()),
    announce: () => undefined,
    lost: () => failures.push(new Error('The log has a gap')),
    failed: (error) => failures.push(error),
  });
  reader.begin(await headOf(store.sql));
  let waiting = 0;
  const polling = setInterval(() => {
    reader.wake(true);
    const count = store.sql<[{ count: number }]>`select count(*)::int as count from outbox`;
    count.then(
      ([row]) => (waiting = Math.max(waiting, row.count)),
      (error: unknown) => failures.push(error),
    );
  }, 100);
  const order = { url: store.url, writers: WRITERS, seconds, events: true };
  try {
    const written = await writeFor(order, () => reader.wake(true));
    const all = written.commits;
    while (read.size < all.size && failures.length === 0) {
      reader.wake(true);
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
    if (failures.length > 0) throw new AggregateError(failures, 'The log could not be read');
    const lags = [...all].map(([key, at_ms]) => Math.max(0, must(read.get(key), key) - at_ms));
    return { written, lags, waiting };
  } finally {
    clearInterval(polling);
    await reader.stop();
    await logSql.end({ timeout: 2 });
  }
}

async function headOf(sql: Sql): Promise<number> {
  const [row] = await sql<[{ seq: number }]>`select seq from event_head`;
  return row.seq;
}

const rate = ({ commits, took_s }: Written): number => Math.round(commits.size / took_s);

function percentiles(all: number[]): Round['lag'] {
  const sorted = all.sort((a, b) => a - b);
  const at = (share: number) => round(sorted[Math.ceil(share * sorted.length) - 1] ?? 0);
  return { p50: at(0.5), p99: at(0.99), max: at(1) };
}

function summary(all: readonly Round[]) {
  const median = (of: (round: Round) => number) => figures(all.map(of)).median;
  return {
    bare: median(({ bare }) => bare),
    logged: median(({ logged }) => logged),
    ratio: median(({ bare, logged }) => logged / bare),
    ratios: all.map(({ bare, logged }) => round(logged / bare)),
    lag_ms: {
      p50: median(({ lag }) => lag.p50),
      p99: median(({ lag }) => lag.p99),
      max: median(({ lag }) => lag.max),
    },
    waiting: median((one) => one.waiting),
    drained: median(({ drained }) => drained),
  };
}
