import { ensureClientBuilt } from './build.ts';
import { readSettings, type Env } from './env.ts';
import { describeFatal } from './lib/fatal.ts';
import { setUpLog } from './lib/log.ts';
import { Shutdown } from './lib/shutdown.ts';
import { greet } from './start/greet.ts';
import { serve } from './start/serve.ts';
import { openStore } from './start/store.ts';
import { asWorker, type Worker } from './start/worker.ts';
import { serveByWorkers } from './start/workers.ts';

const shutdown = new Shutdown();
let stopping = false;
let worker: Worker | undefined;

// A terminal's Ctrl-C reaches all its processes: workers wait until the one that started them tells them.
process.on('SIGINT', () => worker ?? stop(0));
process.on('SIGTERM', () => stop(0));
start().catch(fail);

/** Builds everything in order. */
async function start(): Promise<void> {
  const { dev, env } = readSettings();
  const production = env.mode === 'production';
  setUpLog({ production, level: production ? 'info' : 'warn' });
  worker = asWorker(env.dataDir);
  if (worker) return work(worker, env);

  if (!dev) await ensureClientBuilt();
  const url = await openStore(env, shutdown, fail);
  const { app, store } =
    env.workers > 1
      ? await serveByWorkers({ env, url, shutdown, fail })
      : await serve({ env, url, dev, shutdown, worker });
  await greet(env, app, store);
}

/** The same as one of several: store and client are made ready by the one that started us. */
async function work(self: Worker, env: Env): Promise<void> {
  await serve({ env, url: env.databaseUrl ?? '', dev: false, shutdown, worker: self });
  self.ready();
}

function fail(error: unknown): void {
  // What breaks while we are stopping is part of stopping.
  if (stopping) return;
  if (!worker) console.error(describeFatal(error));
  void Promise.resolve(worker?.failed(describeFatal(error))).then(() => stop(1));
}

function stop(code: number): void {
  if (stopping) {
    // Asked a second time: now, in whatever order. A worker is told by its primary, and perhaps by the system as well.
    if (code === 0 && !worker) process.exit(1);
    return;
  }
  stopping = true;
  void shutdown.run().then(() => process.exit(code));
}
