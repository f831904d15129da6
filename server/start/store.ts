import { startEmbedded } from '../db/embedded.ts';
import { migrate } from '../db/migrate.ts';
import type { Env } from '../env.ts';
import { FatalError } from '../lib/fatal.ts';
import type { Shutdown } from '../lib/shutdown.ts';

/** Connections that an embedded Postgres offers: for each process at most some 40, and for tools. */
const CONNECTIONS_EACH = 40;
const CONNECTIONS_LEAST = 100;

/**
 * Migrates the store – the operator's, or our own – and answers the address for the program's role. `died` is called if
 * a Postgres of our own ends by itself.
 */
export async function openStore(
  env: Env,
  shutdown: Shutdown,
  died: (error: unknown) => void,
): Promise<string> {
  if (env.databaseUrl !== undefined && env.migrationUrl !== undefined) {
    await migrate(env.migrationUrl, { appRole: new URL(env.databaseUrl).username });
    return env.databaseUrl;
  }
  if (env.mode === 'production') throw new FatalError('NODE_ENV=production needs a DATABASE_URL.');
  const connections = Math.max(CONNECTIONS_LEAST, (env.workers + 1) * CONNECTIONS_EACH);
  const embedded = await startEmbedded({
    dataDir: env.dataDir,
    settings: { max_connections: String(connections) },
  });
  shutdown.add('Postgres', () => embedded.stop());
  void embedded.died.then(died);
  await migrate(embedded.migrationUrl, { appRole: new URL(embedded.url).username });
  return embedded.url;
}
