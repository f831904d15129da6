import { connect, createServer, type Socket } from 'node:net';
import { later } from './cleanup.ts';

export interface Proxy {
  port: number;
  /** The target's address, with the proxy in its place. */
  url: string;
  /** Breaks every connection (RST) and refuses new ones, until `restore`. */
  cut(): void;
  /** Keeps connections open, and accepts new ones, but lets nothing through either way, until `restore`. */
  blackhole(): void;
  /** Lets everything through again; what waited in a black hole arrives now, as after a broken route. */
  restore(): void;
  /** Holds each piece back for so many milliseconds in each direction, from now on. */
  delay(ms: number): void;
  /** New connections go to another port of 127.0.0.1 from now on. */
  aim(port: number): void;
  /** Connections open through it now. */
  connections(): number;
  stop(): Promise<void>;
}

/**
 * A TCP proxy on a free port of 127.0.0.1 that tests break on purpose: between client and node, node and
 * Postgres, node and Redis. `target` is a port of 127.0.0.1 or an address such as `redis://127.0.0.1:6379`.
 */
export async function startProxy(target: number | string): Promise<Proxy> {
  const url = new URL(typeof target === 'number' ? `http://127.0.0.1:${target}` : target);
  const far = { host: url.hostname, port: Number(url.port) };
  const pairs = new Set<Pair>();
  const state: State = { mode: 'open', delay_ms: 0 };

  const server = createServer((near) => {
    if (state.mode === 'cut') return void near.resetAndDestroy();
    const other = connect(far);
    const ways = [carry(near, other, state), carry(other, near, state)];
    const pair: Pair = {
      pump: () => ways.forEach((pump) => pump()),
      reset: () => [near, other].forEach((socket) => socket.resetAndDestroy()),
    };
    pairs.add(pair);
    near.once('close', () => pairs.delete(pair));
  });
  await new Promise<void>((resolve, reject) => server.once('error', reject).listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (!address || typeof address === 'string') throw new Error('Expected a port');

  const resetAll = () => pairs.forEach((pair) => pair.reset());
  const stop = later(async () => {
    const closed = new Promise((resolve) => server.close(resolve));
    resetAll();
    await closed;
  });
  return {
    port: address.port,
    url: Object.assign(new URL(url), { port: `${address.port}` }).href,
    cut() {
      state.mode = 'cut';
      resetAll();
    },
    blackhole: () => void (state.mode = 'blackhole'),
    restore() {
      state.mode = 'open';
      pairs.forEach((pair) => pair.pump());
    },
    delay: (ms) => void (state.delay_ms = ms),
    aim: (port) => void Object.assign(far, { host: '127.0.0.1', port }),
    connections: () => pairs.size,
    stop,
  };
}

interface State {
  mode: 'open' | 'cut' | 'blackhole';
  delay_ms: number;
}
interface Pair {
  /** Carries on with what waits. */
  pump(): void;
  reset(): void;
}

/** Pipes one direction, in order; returns what to call when the way is open again. */
function carry(from: Socket, to: Socket, state: State): () => void {
  const waiting: { piece: Buffer | 'end'; due_ms: number }[] = [];
  let timer: NodeJS.Timeout | undefined;

  const pump = () => {
    clearTimeout(timer);
    while (state.mode === 'open' && waiting[0]) {
      const wait_ms = waiting[0].due_ms - performance.now();
      if (wait_ms > 0) return void (timer = setTimeout(pump, wait_ms));
      const { piece } = waiting.shift() ?? {};
      if (piece === 'end') to.end();
      else if (piece) to.write(piece);
    }
    // Nothing more is read than can be passed on, so that a sender notices when its bytes pile up.
    if (state.mode === 'open' && !to.writableNeedDrain) from.resume();
    else from.pause();
  };
  const add = (piece: Buffer | 'end') => {
    waiting.push({ piece, due_ms: performance.now() + state.delay_ms });
    pump();
  };
  from.on('data', add);
  from.on('end', () => add('end'));
  to.on('drain', pump);
  // A break on one side is a break on the other.
  from.on('error', () => state.mode === 'open' && to.resetAndDestroy());
  from.on('close', (broken) => broken && state.mode === 'open' && to.resetAndDestroy());
  return pump;
}
