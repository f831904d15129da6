import cluster from 'node:cluster';
import { endOrphan } from '../db/embedded.ts';
import type { Metric } from '../http/deps.ts';
import { monotonic_ms } from '../lib/clock.ts';
import { log } from '../lib/log.ts';
import { identify } from '../lib/processes.ts';
import type { BusPoke } from '../redis/messages.ts';
import type { WorkerChannel } from '../redis/workerBus.ts';
import { siblingWordSchema, type Word } from './words.ts';

const TOLD_EVERY_ms = 1_000;
/** What a sibling has not repeated for so long is left out: it died, or stands still. */
const SILENT_ms = 5_000;

/** This process as one of several that `npm start -- --workers N` runs on one machine, behind one port. */
export interface Worker {
  /** Pokes to and from the others; used where there is no Redis. */
  channel: WorkerChannel;
  /** Counts of all workers that speak; `own` are this one's. Told to the others from now on. */
  shareMetrics(own: () => Metric[]): () => Metric[];
  /** It serves. */
  ready(): void;
  /** It ends, and why; the primary tells the operator. Fulfilled when that is on the way. */
  failed(words: string): Promise<unknown>;
}

/** Undefined in a process that serves alone. `dataDir`: where a Postgres of our own would be. */
export function asWorker(dataDir: string): Worker | undefined {
  const self = cluster.worker;
  if (!self) return undefined;
  const name = String(self.id);
  const listeners: ((poke: BusPoke) => void)[] = [];
  const heard = new Map<string, { metrics: Metric[]; at_ms: number }>();
  process.on('message', (message) => {
    const word = siblingWordSchema.safeParse(message).data;
    if (word === undefined) return log.debug('a message of the primary is not ours and was ignored');
    if (word.kind === 'poke') for (const deliver of listeners) deliver(word.poke);
    else heard.set(word.worker, { metrics: word.metrics, at_ms: monotonic_ms() });
  });
  endWithPrimary(dataDir);

  return {
    channel: {
      send: (poke) => say({ kind: 'poke', poke }),
      listen: (deliver) => void listeners.push(deliver),
      healthy: () => process.connected,
    },
    shareMetrics(own) {
      setInterval(() => void say({ kind: 'metrics', worker: name, metrics: own() }), TOLD_EVERY_ms).unref();
      return () => {
        const live = [...heard].filter(([, { at_ms }]) => monotonic_ms() - at_ms < SILENT_ms);
        const all = [
          [name, own()] as const,
          ...live.map(([worker, { metrics }]) => [worker, metrics] as const),
        ];
        return all.flatMap(([worker, metrics]) => metrics.map((metric) => ({ ...metric, worker })));
      };
    },
    ready: () => void say({ kind: 'ready' }),
    failed: (words) => say({ kind: 'failed', words }),
  };
}

/** Never rejects: without a primary there is nobody to tell, and this process is about to end. */
const say = (word: Word): Promise<unknown> =>
  new Promise((done) => {
    if (process.connected) process.send?.(word, undefined, {}, done);
    else done(null);
  });

// Node ends a worker as soon as its primary is gone. A Postgres that the primary ran would stay behind.
function endWithPrimary(dataDir: string): void {
  const primary = identify(process.ppid);
  process.on('exit', () => {
    if (primary !== undefined && !process.connected) endOrphan(dataDir, primary);
  });
}
