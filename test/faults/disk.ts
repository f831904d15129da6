import { spawnSync } from 'node:child_process';
import { chmodSync, closeSync, openSync, rmSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { tempFolder } from '../world/folders.ts';

/** A small disk for the store, and the means to leave nothing of it. */
export interface Ballast {
  /** Where the store may live. */
  folder: string;
  fill(): void;
  empty(): void;
  /** Takes the disk away, with all that is on it. */
  remove(): void;
}

const SIZE_MB = 640;

/** A disk in memory, where this account may mount one; undefined elsewhere. */
export function smallDisk(): Ballast | undefined {
  if (process.platform !== 'linux' || process.getuid?.() !== 0) return undefined;
  const folder = tempFolder('disk');
  const mounted = spawnSync('mount', ['-t', 'tmpfs', '-o', `size=${SIZE_MB}m,mode=755`, 'tmpfs', folder]);
  if (mounted.status !== 0) {
    rmSync(folder, { recursive: true, force: true });
    return undefined;
  }
  chmodSync(folder, 0o755);
  const path = join(folder, 'ballast');
  return {
    folder,
    fill() {
      const file = openSync(path, 'w');
      try {
        for (const size of [1_000_000, 4_096]) {
          const piece = Buffer.alloc(size, 1);
          for (;;) if (!wrote(file, piece)) break;
        }
      } finally {
        closeSync(file);
      }
    },
    empty: () => rmSync(path, { force: true }),
    remove() {
      rmSync(path, { force: true });
      spawnSync('umount', ['-l', folder]);
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

function wrote(file: number, piece: Buffer): boolean {
  try {
    return writeSync(file, piece) === piece.length;
  } catch {
    return false;
  }
}
