import { startProxy, type Proxy } from '../world/proxy.ts';
import { now_ms } from './history.ts';

/** A way of clients to a node, by a proxy that tells when bytes left the node. */
export interface Road {
  node: number;
  base: string;
  proxy: Proxy;
  /**
   * The earliest moment at which the node can have sent the message that ends after so many bytes of the connection from
   * this port. Later than in truth it never is: where the rig was slow to look, or had stopped reading, it says when it
   * last knew that nothing was waiting.
   */
  since(port: number, bytes: number): number;
  stop(): Promise<void>;
}

/** After reading stood still, what comes may be old for so long. */
const OLD_ms = 1_000;

export async function startRoad(node: number, target: number): Promise<Road> {
  const lines = new Map<number, Line>();
  watchTurns();
  const hear = (port: number, bytes: number, reading: boolean) => {
    const line = lines.get(port) ?? { total: 0, read: 0, marks: [], stood_ms: 0, again_ms: 0, reads: true };
    lines.set(port, line);
    const now = now_ms();
    if (bytes > 0) {
      line.total += bytes;
      const old = now - line.again_ms < OLD_ms;
      line.marks.push({ end: line.total, since: old ? Math.min(line.stood_ms, turns[0]) : turns[0] });
    }
    if (reading === line.reads) return;
    line.reads = reading;
    if (reading) line.again_ms = now;
    // Stopped again before all of it was read.
    else if (now - line.again_ms >= OLD_ms) line.stood_ms = turns[0];
  };
  const proxy = await startProxy(target, hear);
  return {
    node,
    base: `http://127.0.0.1:${proxy.port}`,
    proxy,
    since(port, bytes) {
      const line = lines.get(port);
      if (!line) return 0;
      const first = line.marks.find(({ end }) => end > line.read);
      line.read = bytes;
      while (line.marks[0] && line.marks[0].end <= bytes) line.marks.shift();
      return first?.since ?? 0;
    },
    stop: () => proxy.stop(),
  };
}

interface Line {
  total: number;
  read: number;
  marks: { end: number; since: number }[];
  /** Since when nothing was read, the last time that this was so. */
  stood_ms: number;
  again_ms: number;
  reads: boolean;
}

/** When our event loop last came round, and the time before: what is read now can have come since the first of these. */
let turns: [number, number] = [now_ms(), now_ms()];
let watching: NodeJS.Timeout | undefined;
function watchTurns(): void {
  watching ??= setInterval(() => (turns = [turns[1], now_ms()]), 5).unref();
}
