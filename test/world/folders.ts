import { mkdtempSync, readdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { identify, isAlive } from '../../server/lib/processes.ts';
import { must } from '../../shared/lib/must.ts';

const PREFIX = 'rolecall-test-';

/** A new folder under the system's temporary one, named after this process so that it is known for left over. */
export function tempFolder(kind: string): string {
  return mkdtempSync(join(tmpdir(), `${PREFIX}${must(identify(process.pid), 'this process')}-${kind}-`));
}

/** Folders of processes that are no more: they were killed before they could clear away. */
export function leftFolders(within = tmpdir()): string[] {
  const names = readdirSync(within).filter((name) => name.startsWith(PREFIX));
  const left = names.filter((name) => !isAlive(name.slice(PREFIX.length).split('-')[0] ?? ''));
  return left.map((name) => join(within, name));
}
