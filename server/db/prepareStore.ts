import type { Sql } from './connect.ts';
import { loadCustomFields } from '../access/customFields.ts';
import { OBJECTS, Registry } from '../../shared/objects/index.ts';
import { FatalError } from '../lib/fatal.ts';
import type { Env } from '../env.ts';
import { ensureBuiltIns, ensureBeginnings } from './builtIns.ts';
import { loadDemo } from './demo/index.ts';

/** What the store turned out to be. */
export interface Store {
  registry: Registry;
  /** It holds the demo organisation. */
  demo: boolean;
  /** Nobody is in it yet: the first administrator has to be let in. */
  empty: boolean;
}

/**
 * Makes a migrated store ready to serve: an empty one gets the built-in roles, and the demo where it is wanted; one without
 * a pipeline or a queue a first one. A store that holds the demo never serves in earnest: its passwords are known to all.
 * @throws FatalError
 */
export async function prepareStore(sql: Sql, env: Env): Promise<Store> {
  await ensureBuiltIns(sql);
  const before = await look(sql);
  if (before.empty && env.demo) await loadDemo(sql);
  const { demo, empty } = await look(sql);
  if (demo) refuseEarnest(env);
  await ensureBeginnings(sql);
  return { registry: new Registry(OBJECTS, await loadCustomFields(sql)), demo, empty };
}

async function look(sql: Sql): Promise<{ demo: boolean; empty: boolean }> {
  const [row] = await sql<[{ demo: boolean; empty: boolean }]>`
    select demo, not exists (select from user_account) as empty from organisation
  `;
  return row;
}

function refuseEarnest(env: Env): void {
  const why =
    env.mode === 'production' ? 'NODE_ENV=production'
    : !env.demo ? 'DEMO=0'
    : !isLoopback(env.host) ? `HOST=${env.host}`
    : !isLoopback(new URL(env.publicUrl).hostname) ? `PUBLIC_URL=${env.publicUrl}`
    : null; // prettier-ignore
  if (why) {
    throw new FatalError(
      `This store holds the demo, whose passwords everyone knows: it refuses ${why}. Use another store.`,
    );
  }
}

const isLoopback = (host: string): boolean => /^(localhost|127(\.\d+){3}|\[?::1\]?)$/.test(host);
