import { rmSync } from 'node:fs';
import { connect, type Sql } from '../../server/db/connect.ts';
import { startEmbedded } from '../../server/db/embedded.ts';
import { migrate } from '../../server/db/migrate.ts';
import { setUpLog } from '../../server/lib/log.ts';
import { tempFolder } from '../world/folders.ts';

/** A store of one's own, migrated and empty. */
export interface BenchStore {
  /** The program's pool, with the program's limits. */
  sql: Sql;
  /** Owns the tables, and has all the time it needs. */
  owner: Sql;
  /** The superuser: for settings of the server. */
  admin: Sql;
  url: string;
  /** Of its owner. */
  migrationUrl: string;
  stop(): Promise<void>;
}

/**
 * Starts the Postgres that comes with the program, as the program does, on a folder that is gone afterwards, or on
 * `keep`, which stays. `settings`: further ones of Postgres.
 */
export async function startStore(keep?: string, settings: Record<string, string> = {}): Promise<BenchStore> {
  setUpLog({ production: false, level: 'warn' });
  const dataDir = keep ?? tempFolder('bench');
  const postgres = await startEmbedded({ dataDir, settings });
  await migrate(postgres.migrationUrl, { appRole: new URL(postgres.url).username });
  const sql = await connect(postgres.url, { max: 12 });
  const owner = await connect(postgres.migrationUrl, {
    max: 1,
    statement_timeout_ms: 0,
    lock_timeout_ms: 0,
    idle_in_transaction_timeout_ms: 0,
  });
  const admin = await connect(postgres.adminUrl, { max: 1 });
  return {
    sql,
    owner,
    admin,
    url: postgres.url,
    migrationUrl: postgres.migrationUrl,
    async stop() {
      await Promise.all([sql.end({ timeout: 2 }), owner.end({ timeout: 2 }), admin.end({ timeout: 2 })]);
      await postgres.stop();
      if (keep === undefined) rmSync(dataDir, { recursive: true, force: true });
    },
  };
}
