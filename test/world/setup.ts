import { existsSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestProject } from 'vitest/node';
import { startEmbedded } from '../../server/db/embedded.ts';
import { migrate } from '../../server/db/migrate.ts';
import { setUpLog } from '../../server/lib/log.ts';
import { leftFolders, tempFolder } from './folders.ts';
import { reaches } from './source.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** The run's Postgres, absent if no chosen file needs one. `template` is migrated and otherwise empty. */
    store: { url: string; migrationUrl: string; adminUrl: string; template: string } | undefined;
  }
}

/** Once for the whole run, and only for the files that were chosen: one Postgres, one build of the client. */
export default async function setup(project: TestProject): Promise<(() => Promise<void>) | undefined> {
  const chosen = project.vitest.state.getPaths();
  const store = chosen.filter((path) => path.endsWith('.pg.test.ts') || path.includes('/test/journeys/'));
  if (store.length === 0) return undefined;

  setUpLog({ production: false, level: 'warn' });
  // Every node would build it otherwise, and its start be too slow for those who wait for it.
  const built = reaches(store, 'test/world/server.ts') ? buildClient() : undefined;
  // Failing is awaited below; until then it must not count as unhandled.
  built?.catch(() => undefined);
  const stop = await startStore(project);
  try {
    await built;
  } catch (error) {
    await stop();
    throw error;
  }
  return stop;
}

async function buildClient(): Promise<void> {
  // Loaded only now, as it brings all of Vite with it.
  const { ensureClientBuilt } = await import('../../server/build.ts');
  await ensureClientBuilt();
}

async function startStore(project: TestProject): Promise<() => Promise<void>> {
  await removeLeftovers();
  const dataDir = tempFolder('postgres');
  // Every file has a database and nodes of its own, and each of these several connections.
  const postgres = await startEmbedded({ dataDir, fsync: false, settings: { max_connections: '400' } });
  const stop = async () => {
    await postgres.stop();
    rmSync(dataDir, { recursive: true, force: true });
  };
  try {
    await migrate(postgres.migrationUrl, { appRole: new URL(postgres.url).username });
  } catch (error) {
    await stop();
    // Without the cause, which quotes the whole file.
    throw new Error(error instanceof Error ? error.message : String(error));
  }
  const { url, migrationUrl, adminUrl } = postgres;
  project.provide('store', {
    url,
    migrationUrl,
    adminUrl,
    template: new URL(migrationUrl).pathname.slice(1),
  });
  return stop;
}

/** A run that was killed leaves its Postgres and its folders behind. */
export async function removeLeftovers(within = tmpdir()): Promise<void> {
  for (const folder of leftFolders(within)) {
    try {
      // Starting on a folder stops whatever was left running on it, which is all that is wanted here.
      if (existsSync(join(folder, 'postgres')))
        await (await startEmbedded({ dataDir: folder, fsync: false })).stop();
    } catch {
      // Broken half-way, or another run is clearing it: the folder is gone, or goes next.
    }
    rmSync(folder, { recursive: true, force: true });
  }
}
