import { randomBytes } from 'node:crypto';
import { createServer, type IncomingMessage, type Server as HttpServer } from 'node:http';
import type { Socket } from 'node:net';
import { hostname } from 'node:os';
import { customerActor } from '../shared/access/index.ts';
import { EXPORT_LIMITS, foreignOrigin } from '../shared/protocol/index.ts';
import { ensureClientBuilt } from './build.ts';
import { firstAdministratorLink } from './commands/identity/firstAdministrator.ts';
import { connect, PATIENCE, type Sql } from './db/connect.ts';
import { startEmbedded } from './db/embedded.ts';
import { migrate } from './db/migrate.ts';
import { prepareStore, type Store } from './db/prepareStore.ts';
import { readEnv, type Env } from './env.ts';
import { join } from './fanout/join.ts';
import { LiveNode } from './fanout/node.ts';
import { createHttp } from './http/app.ts';
import { builtClient, devClient } from './http/client.ts';
import type { HttpDeps } from './http/deps.ts';
import { health } from './http/health.ts';
import { isLoopback } from './http/host.ts';
import { COUNTS_AT_ONCE } from './http/policyChanges.ts';
import { sameOrigin, visitorOrigin } from './http/origin.ts';
import { tokenOf } from './http/cookie.ts';
import { enterLooking } from './identity/enterLooking.ts';
import { visitorByToken } from './identity/visitors.ts';
import { PATIENT_CONNECTIONS, startJobs } from './jobs/index.ts';
import type { App } from './lib/app.ts';
import { systemClock } from './lib/clock.ts';
import { describeFatal, FatalError } from './lib/fatal.ts';
import { log, setUpLog } from './lib/log.ts';
import { Shutdown } from './lib/shutdown.ts';
import { demoAccounts } from './queries/demo.ts';
import { createBus, type Bus, type BusPoke } from './redis/bus.ts';
import { createState } from './redis/state.ts';
import { DOORS, serveSockets, type SocketServer } from './socket/server.ts';

const shutdown = new Shutdown();
let stopping = false;

process.on('SIGINT', () => stop(0));
process.on('SIGTERM', () => stop(0));
start().catch(fail);

/** Builds everything in order; each thing that must be stopped says so as soon as it runs. */
async function start(): Promise<void> {
  const env = readEnv();
  const production = env.mode === 'production';
  const dev = process.argv.includes('--dev');
  setUpLog({ production, level: production ? 'info' : 'warn' });
  if (env.workers > 1)
    log.warn('one process serves: start further ones with the same DATABASE_URL and REDIS_URL');
  if (!dev) await ensureClientBuilt();

  const url = await openStore(env);
  const sql = await connect(url, { max: 12 });
  shutdown.add('the store', () => sql.end({ timeout: 5 }));
  const store = await prepareStore(sql, env);
  const { app, node, bus } = await joinNodes(env, url, sql, store);
  const hits = await createState({ url: env.redisUrl });
  shutdown.add('shared state', () => hits.close());

  // A client may take a minute for the next piece, and sorting everything takes longer than a page does.
  const patience = { statement_timeout_ms: 30_000, idle_in_transaction_timeout_ms: 90_000 };
  const { perNode: max } = EXPORT_LIMITS;
  const exportSql = await connect(url, { max, application_name: 'rolecall exports', ...patience });
  shutdown.add('exports', () => exportSql.end({ timeout: 5 }));
  const countSql = await connect(url, { max: COUNTS_AT_ONCE, application_name: 'rolecall counts', ...PATIENCE }); // prettier-ignore
  shutdown.add('counts', () => countSql.end({ timeout: 5 }));

  const server = createServer();
  const deps: HttpDeps = {
    app,
    exportSql,
    countSql,
    env: { ...env, production, demo: store.demo },
    gate: {
      open: () => node.lease.open(),
      stamp: (userId) => node.rights.stamp(userId),
      join: (who, cut) => join(node, who, cut),
    },
    hits,
    health: health({ node, bus, ping: () => answers(sql) }),
    client: dev ? await devClient(server, shutdown) : builtClient(),
  };
  server.on('request', createHttp(deps));
  await listen(server, openSocketDoors(server, node, deps), env);
  shutdown.add('jobs', startJobs(app, await patientApp(url, app), node, systemClock));
  await greet(env, app, store);
}

/** Migrates the store – the operator's, or our own – and answers the address for the program's role. */
async function openStore(env: Env): Promise<string> {
  if (env.databaseUrl !== undefined && env.migrationUrl !== undefined) {
    await migrate(env.migrationUrl, { appRole: new URL(env.databaseUrl).username });
    return env.databaseUrl;
  }
  if (env.mode === 'production') throw new FatalError('NODE_ENV=production needs a DATABASE_URL.');
  const embedded = await startEmbedded({ dataDir: env.dataDir });
  shutdown.add('Postgres', () => embedded.stop());
  void embedded.died.then(fail);
  await migrate(embedded.migrationUrl, { appRole: new URL(embedded.url).username });
  return embedded.url;
}

/** Makes this process a node: on the bus, reading the log, holding a lease. */
async function joinNodes(env: Env, url: string, sql: Sql, { registry }: Store) {
  const logSql = await connect(url, { max: 2, application_name: 'rolecall log' });
  shutdown.add('the log', () => logSql.end({ timeout: 5 }));
  const nodeId = `${hostname().slice(0, 40)}-${process.pid}-${randomBytes(3).toString('hex')}`;
  const app: App = {
    sql,
    registry,
    nodeId,
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
  const bus: Bus = await createBus({ url: env.redisUrl, onPoke });
  shutdown.add('the bus', () => bus.close());
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
async function patientApp(url: string, app: App): Promise<App> {
  const sql = await connect(url, {
    max: PATIENT_CONNECTIONS,
    application_name: 'rolecall jobs',
    ...PATIENCE,
  });
  shutdown.add('the jobs’ store', () => sql.end({ timeout: 5 }));
  return {
    ...app,
    sql,
    // The same one: it grows by what is added.
    get registry() {
      return app.registry;
    },
    set registry(registry) {
      app.registry = registry;
    },
  };
}

/** Two ways in for sockets: people of ours come with a cookie from our own pages, customers with a token from others. */
function openSocketDoors(http: HttpServer, node: LiveNode, { app, env }: HttpDeps): SocketServer[] {
  const reachable = ({ headers }: IncomingMessage) => !env.demo || isLoopback(headers.host);
  return [
    serveSockets({
      http,
      node,
      ...DOORS.people,
      allow: (request) => reachable(request) && sameOrigin(env, request),
      authenticate: (request, { seeAs }) => enterLooking(app, tokenOf(request, env), seeAs),
    }),
    serveSockets({
      http,
      node,
      ...DOORS.customers,
      allow: async (request) => reachable(request) && visitorOrigin({ env, app }, null, request),
      authenticate: async (request, { token }) => {
        const { visitorId, channelId } = await visitorByToken(app, token);
        if (!(await visitorOrigin({ env, app }, channelId, request))) throw foreignOrigin();
        return { userId: visitorId, sessionId: visitorId, actor: customerActor(visitorId) };
      },
    }),
  ];
}

function listen(server: HttpServer, io: SocketServer[], { port, host }: Env): Promise<void> {
  const connections = new Set<Socket>();
  server.on('connection', (connection) => {
    connections.add(connection);
    connection.once('close', () => connections.delete(connection));
  });
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => reject(describeListen(error, port, host)));
    server.listen(port, host, () => {
      shutdown.add('HTTP and sockets', () => closeServer(server, io, connections));
      resolve();
    });
  });
}

function describeListen(error: NodeJS.ErrnoException, port: number, host: string): Error {
  if (error.code === 'EADDRINUSE') {
    return new FatalError(`Port ${port} on ${host} is in use: stop what uses it, or set PORT to another.`);
  }
  if (error.code === 'EACCES')
    return new FatalError(`Port ${port} may not be used by this user: set PORT to another.`);
  if (error.code === 'EADDRNOTAVAIL' || error.code === 'ENOTFOUND') {
    return new FatalError(`HOST=${host} is no address of this machine.`);
  }
  return error;
}

const answers = (sql: Sql): Promise<boolean> =>
  sql`select 1`.then(
    () => true,
    () => false,
  );

/** Says goodbye to the sockets, and lets requests in flight finish; what is left after a while is cut. */
async function closeServer(server: HttpServer, io: SocketServer[], connections: Set<Socket>): Promise<void> {
  // The server waits for sockets too, and a client need not go because it is asked to.
  const late = setTimeout(() => connections.forEach((connection) => connection.destroy()), 3_000);
  const closed = new Promise((resolve) => server.close(resolve));
  server.closeIdleConnections();
  await Promise.all([closed, ...io.map((door) => door.close())]);
  clearTimeout(late);
}

async function greet(env: Env, app: App, store: Store): Promise<void> {
  console.log(`\nRolecall is at ${env.publicUrl}\n`);
  if (store.demo) {
    console.log('It holds the demo. Sign in as any of these:');
    for (const { email, password, role } of await demoAccounts(app)) {
      console.log(`  ${email.padEnd(36)} ${password.padEnd(18)} ${role}`);
    }
  } else if (store.empty) {
    console.log(
      'Nobody is in it yet. The first administrator enters by this link, which works once, for 24 hours:',
    );
    console.log(`  ${await firstAdministratorLink(app, env.publicUrl)}`);
  }
}

function fail(error: unknown): void {
  // What breaks while we are stopping is part of stopping.
  if (!stopping) console.error(describeFatal(error));
  stop(1);
}

function stop(code: number): void {
  if (stopping) {
    // Asked a second time: now, in whatever order.
    if (code === 0) process.exit(1);
    return;
  }
  stopping = true;
  void shutdown.run().then(() => process.exit(code));
}
