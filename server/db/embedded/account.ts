import { spawnSync } from 'node:child_process';
import { statSync } from 'node:fs';
import { FatalError } from '../../lib/fatal.ts';

/** Whom a child process runs as; empty: as ourselves. */
export type Account = { uid: number; gid: number } | Record<string, never>;

const NAME = 'postgres';

/**
 * Whom PostgreSQL runs as on `folder`. It refuses to run as root, so root hands it to the folder's owner or, for a
 * new folder, to the system's user `postgres`, which is made if there is none.
 * Throws `FatalError` if no such user can be had.
 */
export function accountFor(folder: string): Account {
  if (process.getuid?.() !== 0) return {};
  const owner = statSync(folder, { throwIfNoEntry: false });
  if (owner !== undefined && owner.uid !== 0) return { uid: owner.uid, gid: owner.gid };
  return lookUp() ?? create();
}

function lookUp(): Account | undefined {
  const [uid, gid] = ['-u', '-g'].map((flag) => {
    const { status, stdout } = spawnSync('id', [flag, NAME], { encoding: 'utf8' });
    return status === 0 ? Number(stdout) : undefined;
  });
  return uid !== undefined && gid !== undefined ? { uid, gid } : undefined;
}

function create(): Account {
  const flags = ['--system', '--user-group', '--no-create-home', '--shell', '/usr/sbin/nologin', NAME];
  spawnSync('useradd', flags);
  // Looked up even if that failed: another process may have made the same user just now.
  const account = lookUp();
  if (account === undefined) {
    throw new FatalError(
      `PostgreSQL does not run as root and the user "${NAME}" could not be made. ` +
        `Run "useradd --system ${NAME}", start as an ordinary user, or set DATABASE_URL.`,
    );
  }
  return account;
}
