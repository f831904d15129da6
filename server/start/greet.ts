import { firstAdministratorLink } from '../commands/identity/firstAdministrator.ts';
import type { Store } from '../db/prepareStore.ts';
import type { Env } from '../env.ts';
import type { App } from '../lib/app.ts';
import { demoAccounts } from '../queries/demo.ts';

/** Says where it is, and how to get in. */
export async function greet(env: Env, app: App, store: Store): Promise<void> {
  const workers = env.workers > 1 ? ` (${env.workers} workers)` : '';
  console.log(`\nRolecall is at ${env.publicUrl}${workers}\n`);
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
