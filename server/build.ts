import { spawn } from 'node:child_process';
import { createHash, randomUUID } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, relative } from 'node:path';
import { environmentFor } from './env.ts';
import { FatalError } from './lib/fatal.ts';
import { identify } from './lib/processes.ts';

const ROOT = dirname(import.meta.dirname);
/** In the built folder, so that a build and what it was made from change places in one step. Not served. */
const STAMP = '.stamp';
const INPUTS = ['client', 'shared', 'vite.config.ts', 'package-lock.json'];

/**
 * Builds the browser's part into `dist/client` unless what lies there was made from the same files. Several processes
 * may start at once: each builds in a folder of its own, and the first to finish puts it in place.
 * Prints a line if it built. Throws `FatalError` if the build fails.
 */
export async function ensureClientBuilt(root = ROOT): Promise<void> {
  const output = join(root, 'dist', 'client');
  const stamp = hashInputs(root);
  if (builtFrom(output) === stamp) return;
  const begun = performance.now();
  sweep(output);
  const unfinished = `${output}.new-${process.pid}-${randomUUID()}`;
  try {
    await build(root, unfinished);
    writeFileSync(join(unfinished, STAMP), stamp);
    put(unfinished, output, stamp);
  } finally {
    rmSync(unfinished, { recursive: true, force: true });
  }
  console.log(`built the client in ${((performance.now() - begun) / 1000).toFixed(1)} s`);
}

/** By content: a fresh checkout or a container's copy gives new times to the same files. */
function hashInputs(root: string): string {
  const hash = createHash('sha256');
  for (const input of INPUTS) {
    for (const path of filesIn(join(root, input))) {
      hash
        .update(`${relative(root, path)}\0`)
        .update(readFileSync(path))
        .update('\0');
    }
  }
  return hash.digest('hex');
}

function filesIn(path: string): string[] {
  if (!existsSync(path)) return [];
  try {
    return readdirSync(path)
      .sort()
      .flatMap((name) => filesIn(join(path, name)));
  } catch {
    return [path];
  }
}

function builtFrom(output: string): string | undefined {
  const path = join(output, STAMP);
  return existsSync(path) ? readFileSync(path, 'utf8') : undefined;
}

/** In a process of its own: Vite would stay in memory, and it builds for whatever NODE_ENV this process has. */
async function build(root: string, target: string): Promise<void> {
  const vite = join(dirname(createRequire(import.meta.url).resolve('vite/package.json')), 'bin', 'vite.js');
  const words = [vite, 'build', '--outDir', target, '--emptyOutDir', '--logLevel', 'warn'];
  const child = spawn(process.execPath, words, {
    cwd: root,
    env: environmentFor({ NODE_ENV: 'production', NODE_OPTIONS: undefined, VITEST: undefined }),
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => (output = (output + text).slice(-10_000)));
  }
  const code = await new Promise<number | null>((resolve, reject) => {
    child.once('error', reject).once('close', resolve);
  });
  if (code === 0) return;
  process.stderr.write(output);
  throw new FatalError('The client could not be built; the lines above say why.');
}

/** The first to finish wins; whoever finds the same already there leaves it. */
function put(finished: string, output: string, stamp: string): void {
  const old = finished.replace('.new-', '.old-');
  for (let attempt = 0; attempt < 5; attempt += 1) {
    if (builtFrom(output) === stamp) return;
    try {
      if (existsSync(output)) renameSync(output, old);
      renameSync(finished, output);
      return;
    } catch (error) {
      // Another process changed places in between: look again whether that is the same. Any other failure stays.
      if (attempt === 4) throw error;
    } finally {
      rmSync(old, { recursive: true, force: true });
    }
  }
}

/** Removes what a build that was cut short has left. */
function sweep(output: string): void {
  mkdirSync(dirname(output), { recursive: true });
  for (const name of readdirSync(dirname(output))) {
    const pid = /^client\.(?:new|old)-(\d+)-/.exec(name)?.[1];
    if (pid === undefined || Number(pid) === process.pid || identify(Number(pid)) !== undefined) continue;
    rmSync(join(dirname(output), name), { recursive: true, force: true });
  }
}

// `npm run build` runs this file itself.
if (process.argv[1] === import.meta.filename) {
  try {
    await ensureClientBuilt();
  } catch (error) {
    console.error(error instanceof FatalError ? error.message : error);
    process.exitCode = 1;
  }
}
