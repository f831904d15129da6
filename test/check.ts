import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { ensureClientBuilt } from '../server/build.ts';

/**
 * `npm run check`: everything that can be said about the code without running it. Two steps at a time, each
 * with one line; a step that fails shows what it had to say, and the exit code is then 1.
 */
const steps: Step[] = [
  { name: 'svelte', run: () => command('svelte-check', ...SVELTE) },
  { name: 'sizes', run: sizes },
  {
    name: 'types',
    run: () => command('tsc', '--noEmit', '--incremental', '--tsBuildInfoFile', '.cache/tsc.json'),
  },
  {
    name: 'lint',
    run: () => command('eslint', '--max-warnings=0', '--cache', '--cache-location', '.cache/eslint/', '.'),
  },
  {
    name: 'format',
    run: () => command('prettier', '--check', '--cache', '--cache-location', '.cache/prettier', '.'),
  },
  {
    name: 'layers',
    run: () => command('vitest', 'run', '--project=unit', 'test/architecture', 'test/readme'),
  },
];

/** Only what a component can touch: `types` has the rest, so that both take about as long. */
const SVELTE = ['--tsconfig', 'test/tsconfig.svelte.json', '--fail-on-warnings', '--output', 'human'];
const ROOT = join(import.meta.dirname, '..');
/** What a browser must have before the console can start: compressed JavaScript. */
const FIRST_LOAD_BYTES_MAX = 150_000;
/** The customer's chat, whole: it is loaded by pages of others. */
const WIDGET_BYTES_MAX = 40_000;

interface Step {
  name: string;
  run(): Promise<Outcome>;
}
interface Outcome {
  ok: boolean;
  /** Shown if it is one line, or if the step failed. */
  says: string;
}

const failed: string[] = [];
const waiting = [...steps];
await Promise.all([work(), work()]);
if (failed.length > 0) {
  console.log(`\nFailed: ${failed.join(', ')}`);
  process.exitCode = 1;
}

async function work(): Promise<void> {
  for (let step = waiting.shift(); step; step = waiting.shift()) {
    const start_ms = performance.now();
    const { ok, says } = await step.run().catch((error: unknown) => ({ ok: false, says: String(error) }));
    const seconds = ((performance.now() - start_ms) / 1000).toFixed(1);
    const short = says.trim().includes('\n') ? '' : says.trim();
    console.log(
      `${ok ? 'ok    ' : 'FAILED'} ${step.name.padEnd(7)} ${seconds.padStart(5)} s  ${ok ? short : ''}`,
    );
    if (ok) continue;
    failed.push(step.name);
    console.log(`\n${says.trim()}\n`);
  }
}

/** Runs a tool of node_modules. */
function command(tool: string, ...words: string[]): Promise<Outcome> {
  return new Promise((resolve, reject) => {
    const env = { ...process.env, FORCE_COLOR: '0', NO_COLOR: '1' };
    const child = spawn(join(ROOT, 'node_modules/.bin', tool), words, {
      cwd: ROOT,
      env,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const said: string[] = [];
    for (const stream of [child.stdout, child.stderr])
      stream.on('data', (data: Buffer) => said.push(data.toString()));
    child.once('error', reject);
    child.once('close', (code) => resolve({ ok: code === 0, says: code === 0 ? '' : said.join('') }));
  });
}

async function sizes(): Promise<Outcome> {
  await ensureClientBuilt();
  const folder = join(ROOT, 'dist/client');
  const outcomes = [firstLoad(folder), widget(folder)];
  const failures = outcomes.filter(({ ok }) => !ok);
  const said = failures.length > 0 ? failures : outcomes;
  return { ok: failures.length === 0, says: said.map(({ says }) => says).join('; ') };
}

/** The chat's one script, styles and words included, compressed. */
function widget(folder: string): Outcome {
  const bytes = gzipSync(readFileSync(join(folder, 'widget.js')), { level: 9 }).length;
  const words = `widget ${kB(bytes)} of ${kB(WIDGET_BYTES_MAX)}`;
  return bytes <= WIDGET_BYTES_MAX
    ? { ok: true, says: words }
    : { ok: false, says: `${words}. Leave out what a customer can do without.` };
}

/** The scripts that index.html asks for at once (Vite lists there all that the entry imports), compressed. */
function firstLoad(folder: string): Outcome {
  const html = readFileSync(join(folder, 'index.html'), 'utf8');
  const files = [...html.matchAll(/(?:src|href)="\/?([^":]+\.(?:js|css))"/g)].map((match) => match[1] ?? '');
  const size = (ending: string) =>
    [...new Set(files)]
      .filter((file) => file.endsWith(ending))
      .reduce((sum, file) => sum + gzipSync(readFileSync(join(folder, file)), { level: 9 }).length, 0);
  const scripts = size('.js');
  const words = `first load ${kB(scripts)} of ${kB(FIRST_LOAD_BYTES_MAX)} compressed JavaScript, and ${kB(size('.css'))} CSS`;
  if (scripts === 0)
    return { ok: false, says: 'dist/client/index.html names no script: was the client built?' };
  const advice = 'Load what the first page does not need with import() where it is needed.';
  return scripts <= FIRST_LOAD_BYTES_MAX
    ? { ok: true, says: words }
    : { ok: false, says: `${words}. ${advice}` };
}

function kB(bytes: number): string {
  return `${(bytes / 1000).toFixed(1)} kB`;
}
