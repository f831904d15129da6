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
  /** The same one way only: `there` nothing reaches the target, `back` nothing comes from it. */
  oneWay(way: Way): void;
  /**
   * Breaks every connection at one end: the target's, or ours that came to it (`near`). The other end is told nothing,
   * and hears nothing any more, until `restore` breaks it as well. New connections lead nowhere meanwhile.
   */
  halfOpen(broken: 'near' | 'far'): void;
  /** Lets everything through again; what waited in a black hole arrives now, as after a broken route. */
  restore(): void;
  /** Holds each piece back for so many milliseconds in each direction, from now on. */
  delay(ms: number): void;
  /** What comes from the target is passed on at so many bytes a second, on each connection; Infinity: as it comes. */
  trickle(bytesPerSecond: number): void;
  /** New connections go to another port of 127.0.0.1 from now on. */
  aim(port: number): void;
  /** Connections open through it now. */
  connections(): number;
  stop(): Promise<void>;
}

/** What the target has sent on a connection, by the port from which that came: so many bytes more. */
export type Hear = (port: number, bytes: number, reading: boolean) => void;
type Way = 'there' | 'back';

/**
 * A TCP proxy on a free port of 127.0.0.1 that tests break on purpose: between client and node, node and
 * Postgres, node and Redis. `target` is a port of 127.0.0.1 or an address such as `redis://127.0.0.1:6379`.
 */
export async function startProxy(target: number | string, hear?: Hear): Promise<Proxy> {
  const url = new URL(typeof target === 'number' ? `http://127.0.0.1:${target}` : target);
  const far = { host: url.hostname, port: Number(url.port) };
  const pairs = new Set<Pair>();
  const state: State = { mode: 'open', shut: new Set(), delay_ms: 0, rate: Infinity };

  const server = createServer((near) => {
    if (state.mode === 'cut') return void near.resetAndDestroy();
    const other = connect(far);
    const { remotePort = 0 } = near;
    const own = { halved: false, broken: false };
    const noted = hear && ((bytes: number, reading: boolean) => hear(remotePort, bytes, reading));
    const ways = [carry(near, other, state, own, 'there'), carry(other, near, state, own, 'back', noted)];
    const pair: Pair = {
      pump: () => ways.forEach((pump) => pump()),
      reset: () => [near, other].forEach((socket) => socket.resetAndDestroy()),
      halve: (broken) => {
        own.halved = true;
        (broken === 'near' ? near : other).resetAndDestroy();
      },
      halved: () => own.halved || own.broken,
    };
    pairs.add(pair);
    const gone = () => near.destroyed && other.destroyed && pairs.delete(pair);
    for (const socket of [near, other]) socket.once('close', gone);
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
    blackhole: () => void (state.shut = new Set(['there', 'back'])),
    oneWay: (way) => void (state.shut = new Set([way])),
    halfOpen(broken) {
      state.shut = new Set(['there', 'back']);
      pairs.forEach((pair) => pair.halve(broken));
    },
    restore() {
      state.mode = 'open';
      state.shut = new Set();
      for (const pair of pairs) if (pair.halved()) pair.reset();
      pairs.forEach((pair) => pair.pump());
    },
    delay: (ms) => void (state.delay_ms = ms),
    trickle(bytesPerSecond) {
      state.rate = bytesPerSecond;
      pairs.forEach((pair) => pair.pump());
    },
    aim: (port) => void Object.assign(far, { host: '127.0.0.1', port }),
    connections: () => pairs.size,
    stop,
  };
}

interface State {
  mode: 'open' | 'cut';
  /** Ways on which nothing passes. */
  shut: Set<Way>;
  delay_ms: number;
  /** Bytes a second, on the way back. */
  rate: number;
}
interface Pair {
  /** Carries on with what waits. */
  pump(): void;
  reset(): void;
  halve(broken: 'near' | 'far'): void;
  halved(): boolean;
}

/** Pipes one direction, in order; returns what to call when the way is open again. */
function carry(
  from: Socket,
  to: Socket,
  state: State,
  own: { halved: boolean; broken: boolean },
  way: Way,
  noted?: (bytes: number, reading: boolean) => void,
): () => void {
  const waiting: { piece: Buffer | 'end'; due_ms: number }[] = [];
  let timer: NodeJS.Timeout | undefined;
  let free_ms = 0;

  const isOpen = () => state.mode === 'open' && !state.shut.has(way) && !own.halved;
  const isSlow = () => way === 'back' && state.rate < Infinity;
  const pump = () => {
    clearTimeout(timer);
    while (isOpen() && waiting[0]) {
      const wait_ms = Math.max(waiting[0].due_ms, isSlow() ? free_ms : 0) - performance.now();
      if (wait_ms > 0) {
        timer = setTimeout(pump, wait_ms);
        break;
      }
      const { piece } = waiting[0];
      if (piece !== 'end' && isSlow()) {
        // Ten times a second at most.
        const size = Math.max(1, Math.floor(state.rate / 10));
        free_ms = performance.now() + (1_000 * size) / state.rate;
        to.write(piece.subarray(0, size));
        if (piece.length > size) waiting[0].piece = piece.subarray(size);
        else waiting.shift();
        continue;
      }
      waiting.shift();
      if (piece === 'end') to.end();
      else to.write(piece);
    }
    // Nothing more is read than can be passed on, so that a sender notices when its bytes pile up.
    const reads = isOpen() && !to.writableNeedDrain && !(isSlow() && waiting.length > 0);
    noted?.(0, reads);
    if (reads) from.resume();
    else from.pause();
  };
  const add = (piece: Buffer | 'end') => {
    if (piece !== 'end') noted?.(piece.length, true);
    waiting.push({ piece, due_ms: performance.now() + state.delay_ms });
    pump();
  };
  from.on('data', add);
  from.on('end', () => add('end'));
  to.on('drain', pump);
  // A break on one side is a break on the other, as soon as the way there is open.
  const breaks = () => {
    if (isOpen()) to.resetAndDestroy();
    else own.broken = true;
  };
  from.on('error', breaks);
  from.on('close', (broken) => broken && breaks());
  return pump;
}
