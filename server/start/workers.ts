import cluster, { type Worker } from 'node:cluster';
import { connect } from '../db/connect.ts';
import { prepareStore, type Store } from '../db/prepareStore.ts';
import type { Env } from '../env.ts';
import type { App } from '../lib/app.ts';
import { FatalError } from '../lib/fatal.ts';
import { monotonic_ms } from '../lib/clock.ts';
import { log } from '../lib/log.ts';
import type { Shutdown } from '../lib/shutdown.ts';
import { Deaths } from './deaths.ts';
import { Relay } from './relay.ts';
import { wordSchema } from './words.ts';

/** A worker that has not ended by itself so long after it was told to is killed. */
const GRACE_ms = 14_000;

interface Options {
  env: Env;
  /** Of the migrated store, for the program's role. */
  url: string;
  shutdown: Shutdown;
  /** Called once if workers cannot be kept running. */
  fail(error: unknown): void;
}

/** Prepares the store, has workers serve it, and answers what is needed to greet. */
export async function serveByWorkers(options: Options): Promise<{ app: App; store: Store }> {
  const { env, url, shutdown } = options;
  const sql = await connect(url, { max: 2, application_name: 'rolecall primary' });
  shutdown.add('the primary’s store', () => sql.end({ timeout: 5 }));
  const store = await prepareStore(sql, env);
  await startWorkers(options);
  // It is no node, and has nothing to tell them.
  return { app: { sql, registry: store.registry, nodeId: 'primary', poke: () => undefined }, store };
}

/**
 * Runs processes that serve behind one port, and this one serves nothing: it shares out connections, passes words
 * between them, and replaces those that die. Fulfilled when all serve for the first time.
 * Throws `FatalError` if one of them cannot start; what it said is told once.
 */
function startWorkers({ env, url, shutdown, fail }: Options): Promise<void> {
  const deaths = new Deaths();
  const relay = new Relay();
  /** Since when each serves; null: not yet. */
  const alive = new Map<Worker, { since_ms: number | null }>();
  let phase: 'starting' | 'serving' | 'stopping' = 'starting';
  let said: string | undefined;

  const fork = () => {
    if (phase === 'stopping') return;
    // The role that owns the tables is none of a worker's business.
    const worker = cluster.fork({ DATABASE_URL: url, MIGRATION_URL: undefined });
    alive.set(worker, { since_ms: null });
    relay.add(worker);
  };
  shutdown.add('the workers', () => stop(), GRACE_ms + 1_000);

  return new Promise<void>((resolve, reject) => {
    cluster.on('message', (worker, message) => {
      const word = wordSchema.safeParse(message).data;
      const state = alive.get(worker);
      if (word?.kind === 'poke' || word?.kind === 'metrics') relay.pass(worker, word);
      else if (word?.kind === 'failed') said = word.words;
      else if (word?.kind === 'ready' && state) {
        state.since_ms = monotonic_ms();
        if (phase !== 'starting' || [...alive.values()].some(({ since_ms }) => since_ms === null)) return;
        phase = 'serving';
        resolve();
      }
    });
    cluster.on('exit', (worker, code, signal) => {
      // What it said last may still be on the way.
      if (worker.isConnected()) worker.once('disconnect', () => ended(worker, signal ?? code));
      else ended(worker, signal ?? code);
    });
    for (let n = 0; n < env.workers; n += 1) fork();

    function ended(worker: Worker, how: string | number): void {
      const since_ms = alive.get(worker)?.since_ms ?? null;
      alive.delete(worker);
      relay.remove(worker);
      if (phase === 'stopping') return;
      if (phase === 'starting') {
        reject(said ? asSaid(said) : new FatalError(`A worker could not start: it ended with ${how}.`));
        return;
      }
      // Told to end by the operator, it has done so in order.
      const pause_ms = how === 0 ? 0 : deaths.next(since_ms === null ? 0 : monotonic_ms() - since_ms);
      if (pause_ms === null) {
        fail(new FatalError(`Workers end as soon as they are started, the last one with ${how}: giving up.`));
        return;
      }
      log.warn({ how, pause_ms }, 'a worker has ended, another one takes its place');
      if (said) log.warn(said);
      said = undefined;
      setTimeout(fork, pause_ms);
    }
  });

  async function stop(): Promise<void> {
    phase = 'stopping';
    const kill = (signal: 'SIGTERM' | 'SIGKILL') => {
      for (const worker of alive.keys()) worker.process.kill(signal);
    };
    const late = setTimeout(() => kill('SIGKILL'), GRACE_ms);
    const living = [...alive.keys()].filter((worker) => !worker.isDead());
    const gone = living.map((worker) => new Promise((ended) => worker.once('exit', ended)));
    kill('SIGTERM');
    await Promise.all(gone);
    clearTimeout(late);
  }
}

/** An error that is described by the very words of the worker. */
const asSaid = (words: string): Error => Object.assign(new Error(words), { stack: words });
