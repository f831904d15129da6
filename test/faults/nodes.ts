import { readdirSync, readFileSync } from 'node:fs';
import { freePort } from '../world/ports.ts';
import { startProxy, type Proxy } from '../world/proxy.ts';
import { startNode, type TestNode } from '../world/server.ts';
import { now_ms, type History } from './history.ts';
import { startRoad, type Road } from './roads.ts';
import type { RigStore } from './store.ts';

/** One node, which is ended and started again, and the links that lead to and from it. */
export interface RigNode {
  index: number;
  /** The process that is there now; null while there is none. */
  process: TestNode | null;
  road: Road;
  /** A second way of clients to it, for those who read slowly. */
  lane: Road;
  toStore: Proxy;
  toRedis: Proxy;
  start(env?: Record<string, string>): Promise<void>;
  kill(): Promise<void>;
  /** SIGTERM; true if it ended in order. */
  stop(): Promise<boolean>;
  ready(): Promise<boolean>;
  close(): Promise<void>;
}

export async function prepareNode(
  index: number,
  store: RigStore,
  redisUrl: string,
  history: History,
): Promise<RigNode> {
  const port = await freePort();
  const aimed = (address: string) => Object.assign(new URL(address), { port: `${store.port()}` }).href;
  const toStore = await startProxy(aimed(store.url));
  const toRedis = await startProxy(redisUrl);
  const road = await startRoad(index, port);
  const lane = await startRoad(index, port);
  const through = (address: string) => Object.assign(new URL(address), { port: `${toStore.port}` }).href;
  const node: RigNode = {
    index,
    process: null,
    road,
    lane,
    toStore,
    toRedis,
    async start(env = {}) {
      const database = { url: through(store.url), migrationUrl: through(store.migrationUrl) };
      const started = await startNode({ database, redisUrl: toRedis.url, port, env });
      node.process = started;
      void started.ended.then((how) => {
        // Nobody asked it to.
        if (node.process !== started) return;
        node.process = null;
        const words = `node ${index} ended with ${how}: ${started.output().slice(-600)}`;
        history.note({ kind: 'violation', invariant: 'nodes live', words, at: now_ms() });
      });
    },
    async kill() {
      const { process: old } = node;
      node.process = null;
      await old?.kill();
    },
    async stop() {
      const { process: old } = node;
      node.process = null;
      return old?.stop().then(() => true, () => false) ?? true; // prettier-ignore
    },
    async ready() {
      if (!node.process) return false;
      const signal = AbortSignal.timeout(1_000);
      return fetch(`${node.process.base}/readyz`, { signal }).then(({ ok }) => ok, () => false); // prettier-ignore
    },
    async close() {
      await node.stop();
      for (const proxy of [toStore, toRedis]) await proxy.stop();
      for (const one of [road, lane]) await one.stop();
    },
  };
  return node;
}

/** Memory in MB and open files of a process; undefined where there is no /proc. */
export function usageOf(pid: number): { rss_mb: number; fds: number } | undefined {
  try {
    const [, kb = '0'] = /^VmRSS:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? [];
    return { rss_mb: Math.round(Number(kb) / 1024), fds: readdirSync(`/proc/${pid}/fd`).length };
  } catch {
    return undefined;
  }
}

/**
 * Words for `NODE_OPTIONS` by which a process has a clock that can be set: it begins `hours` off, and SIGUSR2 sets it
 * right or wrong again, as an administrator does. Monotonic time goes on.
 */
export function clockOff(hours: number): string {
  const code = `
    const Real = Date; let off = ${hours * 3_600_000};
    process.on('SIGUSR2', () => { off = off === 0 ? ${(hours || 1) * 3_600_000} : 0; });
    globalThis.Date = new Proxy(Real, {
      construct: (_, args) => args.length > 0 ? new Real(...args) : new Real(Real.now() + off),
      apply: () => new Real(Real.now() + off).toString(),
      get: (target, name) => name === 'now' ? () => Real.now() + off : Reflect.get(target, name),
    });`;
  return `--import=data:text/javascript,${encodeURIComponent(code)}`;
}
