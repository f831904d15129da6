import type { Demo } from '../../shared/protocol/index.ts';
import { demoAccounts as readAccounts } from '../db/demo/accounts.ts';
import type { App } from '../lib/app.ts';

/** The demo's people whom a newcomer may sign in as, in the order they are offered; none in a store that is no demo. */
export async function demoAccounts(app: App): Promise<Demo['accounts']> {
  const [store] = await app.sql<{ demo: boolean }[]>`select demo from organisation`;
  return store?.demo ? readAccounts(app.sql) : [];
}
