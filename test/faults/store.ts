import { readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { connect, type Sql } from '../../server/db/connect.ts';
import { startEmbedded, type Embedded } from '../../server/db/embedded.ts';
import { migrate } from '../../server/db/migrate.ts';
import { tempFolder } from '../world/folders.ts';
import { until } from '../world/until.ts';

/** Connections that Postgres has in all; a fault takes away what the nodes leave of them. */
const CONNECTIONS_MAX = 120;

/** A Postgres of the rig's own, which it may break. */
export interface RigStore {
  /** For nodes; their proxies put themselves in place of its port. */
  url: string;
  migrationUrl: string;
  port(): number;
  /** The superuser's connection to the program's database, without limits of time. Another after each restart. */
  admin(): Sql;
  /** A further pool of the superuser's, or one whose names are looked for in these schemas. */
  open(schemas?: readonly string[], max?: number): Promise<Sql>;
  /** As `pg_ctl stop -m immediate`, and started again, at another port. */
  crash(): Promise<void>;
  /** SIGSTOP and SIGCONT for it and all its backends. */
  pause(): void;
  resume(): void;
  stop(): Promise<void>;
}

/** `within`: where its files are to lie; a folder that is gone afterwards, if nothing is said. */
export async function startStore(within?: string): Promise<RigStore> {
  const dataDir = within ?? tempFolder('faults');
  // What was committed must outlive a crash of Postgres, though not one of the machine. The checker asks when
  // each transaction was committed.
  const settings = { fsync: 'off', full_page_writes: 'off', track_commit_timestamp: 'on', max_connections: `${CONNECTIONS_MAX}`, superuser_reserved_connections: '10' }; // prettier-ignore
  let postgres: Embedded = await startEmbedded({ dataDir, settings });
  await migrate(postgres.migrationUrl, { appRole: new URL(postgres.url).username });
  const { url, migrationUrl } = postgres;

  const open = async (schemas: readonly string[] = ['pg_catalog', 'public'], max = 4) => {
    const address = new URL(postgres.adminUrl);
    address.pathname = new URL(url).pathname;
    address.searchParams.set('search_path', schemas.join(','));
    const patience = { statement_timeout_ms: 0, lock_timeout_ms: 0, idle_in_transaction_timeout_ms: 0 };
    return connect(address.href, { max, application_name: 'rig', ...patience });
  };
  let admin = await open();
  const pid = () => Number(readFileSync(join(dataDir, 'postgres/postmaster.pid'), 'utf8').split('\n')[0]);
  const signal = (name: NodeJS.Signals) => {
    for (const one of [pid(), ...childrenOf(pid())]) {
      try {
        process.kill(one, name);
      } catch {
        // A backend that has ended meanwhile.
      }
    }
  };
  return {
    url,
    migrationUrl,
    port: () => Number(new URL(postgres.adminUrl).port),
    admin: () => admin,
    open,
    async crash() {
      process.kill(pid(), 'SIGQUIT');
      await postgres.died;
      void admin.end({ timeout: 0 }).catch(() => undefined);
      postgres = await startEmbedded({ dataDir, settings });
      admin = await open();
    },
    pause: () => signal('SIGSTOP'),
    resume: () => signal('SIGCONT'),
    async stop() {
      signal('SIGCONT');
      await admin.end({ timeout: 1 }).catch(() => undefined);
      await postgres.stop();
      rmSync(dataDir, { recursive: true, force: true });
    },
  };
}

/** Waits until nothing is left in the outbox and nobody is in the middle of a transaction. */
export async function settled(sql: Sql, timeout_ms: number): Promise<void> {
  await until(
    async () => {
      const [row] = await sql<{ still: boolean }[]>`
        select not exists (select from outbox) and not exists (
          select from pg_stat_activity
          where application_name like 'rolecall%' and xact_start is not null and backend_xid is not null) as still
      `;
      return row?.still;
    },
    { timeout_ms, every_ms: 50, what: 'the outbox to be empty' },
  );
}

function childrenOf(parent: number): number[] {
  return readdirSync('/proc')
    .map(Number)
    .filter((pid) => Number.isInteger(pid) && parentOf(pid) === parent);
}

function parentOf(pid: number): number | undefined {
  try {
    // pid (name) state ppid …
    return Number(readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').at(-1)?.split(' ')[1]);
  } catch {
    return undefined;
  }
}
