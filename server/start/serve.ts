import { randomBytes } from 'node:crypto';
import { createServer } from 'node:http';
import { hostname } from 'node:os';
import { EXPORT_LIMITS } from '../../shared/protocol/index.ts';
import { forgetNodes } from '../commands/identity/recordSockets.ts';
import { connect, PATIENCE, type Sql } from '../db/connect.ts';
import { prepareStore, type Store } from '../db/prepareStore.ts';
import type { Env } from '../env.ts';
import { join } from '../fanout/join.ts';
import { LiveNode } from '../fanout/node.ts';
import { createHttp } from '../http/app.ts';
import { builtClient, devClient } from '../http/client.ts';
import type { HttpDeps } from '../http/deps.ts';
import { health } from '../http/health.ts';
import { COUNTS_AT_ONCE } from '../http/policyChanges.ts';
import { PATIENT_CONNECTIONS, startJobs } from '../jobs/index.ts';
import type { App } from '../lib/app.ts';
import { systemClock } from '../lib/clock.ts';
import type { Shutdown } from '../lib/shutdown.ts';
import { createBus, type Bus, type BusPoke } from '../redis/bus.ts';
import { createState } from '../redis/state.ts';
import { createWorkerBus } from '../redis/workerBus.ts';
import { openSocketDoors } from './doors.ts';
import { Drain } from './drain.ts';
import { listen } from './listen.ts';
import type { Worker } from './worker.ts';

export interface Serving {
  env: Env;
  /** Of the migrated store, for the program's role. */
  url: string;
  /** Serves the client as it is written, not as it was built. */
  dev: boolean;
  shutdown: Shutdown;
  /** This process among those of one machine that share the port; absent: it has the port for itself. */
  worker: Worker | undefined;
}

/** Makes this process a node that serves; each thing that must be stopped says so as soon as it runs. */
export async function serve({
  env,
  url,
  dev,
  shutdown,
  worker,
}: Serving): Promise<{ app: App; store: Store }> {
  const pool = async (name: string, ...[options]: [Parameters<typeof connect>[1]]) => {
    const sql = await connect(url, options);
    shutdown.add(name, () => sql.end({ timeout: 5 }));
    return sql;
  };
  const sql = await pool('the store', { max: 12 });
  const store = await prepareStore(sql, env);
  const logSql = await pool('the log', { max: 2, application_name: 'rolecall log' });
  const { app, node, bus } = await joinNodes({ env, url, shutdown, worker }, { sql, logSql, store });
  const hits = await createState({ url: env.redisUrl });
  shutdown.add('shared state', () => hits.close());

  // A client may take a minute for the next piece, and sorting everything takes longer than a page does.
  const patience = { statement_timeout_ms: 30_000, idle_in_transaction_timeout_ms: 90_000 };
  const { perNode: max } = EXPORT_LIMITS;
  const exportSql = await pool('exports', { max, application_name: 'rolecall exports', ...patience });
  const countSql = await pool('counts', { max: COUNTS_AT_ONCE, application_name: 'rolecall counts', ...PATIENCE }); // prettier-ignore
  const jobSql = await pool('the jobs’ store', { max: PATIENT_CONNECTIONS, application_name: 'rolecall jobs', ...PATIENCE }); // prettier-ignore
  shutdown.add('jobs', startJobs(app, withPool(app, jobSql), node, systemClock));

  const server = createServer();
  const drain = new Drain(server, { shared: worker !== undefined });
  const own = health({ node, bus, ping: () => answers(sql), serving: () => drain.serving });
  const deps: HttpDeps = {
    app,
    exportSql,
    countSql,
    env: { ...env, production: env.mode === 'production', demo: store.demo },
    gate: {
      open: () => node.lease.open(),
      stamp: (userId) => node.rights.stamp(userId),
      join: (who, cut) => join(node, who, cut),
    },
    hits,
    health: { ...own, metrics: worker?.shareMetrics(own.metrics) ?? own.metrics },
    client: dev ? await devClient(server, shutdown) : builtClient(),
  };
  server.on('request', createHttp(deps));
  const doors = openSocketDoors(server, node, deps);
  await listen(server, env);
  shutdown.add('HTTP and sockets', () => drain.run(doors));
  return { app, store };
}

/** Makes this process a node: on the bus, reading the log, holding a lease. */
async function joinNodes(
  { env, url, shutdown, worker }: Omit<Serving, 'dev'>,
  { sql, logSql, store }: { sql: Sql; logSql: Sql; store: Store },
): Promise<{ app: App; node: LiveNode; bus: Bus }> {
  const app: App = {
    sql,
    registry: store.registry,
    nodeId: `${hostname().slice(0, 40)}-${process.pid}-${randomBytes(3).toString('hex')}`,
    // What this node commits it sequences itself, and tells the others once it is in the log.
    poke: (kind) => (kind === 'log' ? node.wakeLog(true) : bus.publish({ kind })),
  };
  const node: LiveNode = new LiveNode({
    app,
    logSql,
    connect: () => connect(url, { max: 1, application_name: 'rolecall heartbeat' }),
    clock: systemClock,
    announce: (head) => bus.publish({ kind: 'log', head }),
    tell: (poke) => bus.publish(poke),
  });
  const bus: Bus =
    worker && env.redisUrl === undefined
      ? createWorkerBus({ channel: worker.channel, onPoke })
      : await createBus({ url: env.redisUrl, onPoke });
  shutdown.add('the bus', () => bus.close());
  // After its last heartbeat, which would name it again; what that changes the others find in the outbox.
  shutdown.add('its name among the nodes', () => forgetNodes({ ...app, poke: () => undefined }, 'self'));
  await node.start();
  shutdown.add('the live node', () => node.stop());
  return { app, node, bus };

  function onPoke(poke: BusPoke): void {
    if (poke.kind === 'log') node.wakeLog(false);
    else if (poke.kind === 'presence') node.presence.hear(poke);
    else void node.pulse();
  }
}

/** The same program with a pool of its own for work on many records, which takes longer than a request may. */
const withPool = (app: App, sql: Sql): App => ({
  ...app,
  sql,
  // The same one: it grows by what is added.
  get registry() {
    return app.registry;
  },
  set registry(registry) {
    app.registry = registry;
  },
});

const answers = (sql: Sql): Promise<boolean> =>
  sql`select 1`.then(
    () => true,
    () => false,
  );
