import { spawn } from 'node:child_process';
import { parseArgs } from 'node:util';

/**
 * `npm run soak -- NAME --minutes N [--seed S]`: goes on with random tests, seed after seed, for as long as one likes. At
 * the first failure it prints the seed, what failed, and the same again with everything taken away that the failure does
 * not need; then it exits with 1.
 */
const SOAKS: Record<string, { tests: string[]; shrunk: string[] }> = {
  // Random organisations asked everything in all readings and by the oracle; fields hidden in two stores, at every door
  // and on open screens; explanations and previews against what comes to be; lists against the matching of the fan-out;
  // random changes of records and of policy, with what each connected client then holds.
  access: {
    tests: [
      'test/server/access/readings.pg.test.ts',
      'test/server/access/noninterference.pg.test.ts',
      'test/server/access/noninterferenceDoors.pg.test.ts',
      'test/server/access/noninterferenceLive.pg.test.ts',
      'test/server/access/privateNotes.pg.test.ts',
      'test/server/queries/explainTrue.pg.test.ts',
      'test/server/commands/preview/preview.pg.test.ts',
      'test/server/records/filter.pg.test.ts',
      'test/server/fanout/convergence.pg.test.ts',
      'test/server/fanout/conversations.pg.test.ts',
    ],
    shrunk: ['test/server/access/readings.pg.test.ts'],
  },
};

/** A round of the readings asks so many organisations, each with the next seed. */
const SEEDS = 4;

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { minutes: { type: 'string', default: '10' }, seed: { type: 'string' } },
});
const soak = SOAKS[positionals[0] ?? ''];
const minutes = Number(values.minutes);
if (!soak || !(minutes > 0)) {
  console.error(`Usage: npm run soak -- ${Object.keys(SOAKS).join('|')} --minutes N [--seed S]`);
  process.exit(1);
}

const until_ms = performance.now() + minutes * 60_000;
let seed = Number(values.seed ?? Math.floor(Math.random() * 2 ** 31));
for (let rounds = 0; performance.now() < until_ms || rounds === 0; rounds++, seed += SEEDS) {
  const { failed, output, said } = await run(soak.tests, { SEED: String(seed) });
  console.log(`${new Date().toISOString()} SEED=${seed}: ${said}`);
  if (!failed) continue;
  console.log(output);
  const shrunk = await run(soak.shrunk, { SEED: String(seed), SHRINK: '1' });
  if (shrunk.failed) console.log(`With everything taken away that it does not need:\n${shrunk.output}`);
  console.log(`Failed with SEED=${seed}: SEED=${seed} npx vitest run ${soak.tests.join(' ')}`);
  process.exit(1);
}
console.log('Nothing found.');

function run(
  tests: readonly string[],
  env: Record<string, string>,
): Promise<{ failed: boolean; output: string; said: string }> {
  return new Promise((resolve, reject) => {
    const words = ['vitest', 'run', '--no-color', ...tests];
    const child = spawn('npx', words, { env: { ...process.env, ...env }, stdio: ['ignore', 'pipe', 'pipe'] });
    let output = '';
    for (const stream of [child.stdout, child.stderr])
      stream.on('data', (data: Buffer) => (output = (output + data.toString()).slice(-200_000)));
    child.on('error', reject);
    child.on('close', (code) => {
      const said = /^\d+ passed, \d+ failed$/m.exec(output)?.[0] ?? `ended with ${code}`;
      resolve({ failed: code !== 0, output, said });
    });
  });
}
