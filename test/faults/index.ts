import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { ensureClientBuilt } from '../../server/build.ts';
import { setUpLog } from '../../server/lib/log.ts';
import { checkRun, printReport } from './check/index.ts';
import { runRig } from './rig.ts';

/**
 * `npm run faults -- --seed S --minutes N [--clients C] [--nodes K] [--only WORD …] [--folder F]`: real nodes, a real
 * Postgres and Redis, clients that hold views, writes and faults by the seed; then everything that was written down is
 * held against the rig's own copy of the store. Exit code 0: nothing found; 1: violations, said above with what happened
 * around them; 2: the rig itself failed.
 */
const { values } = parseArgs({
  options: {
    seed: { type: 'string' },
    minutes: { type: 'string', default: '5' },
    clients: { type: 'string', default: '120' },
    nodes: { type: 'string', default: '3' },
    only: { type: 'string', multiple: true },
    folder: { type: 'string' },
  },
});
const seed = Number(values.seed ?? Math.floor(Math.random() * 2 ** 31));
const [minutes, clients, nodes] = [values.minutes, values.clients, values.nodes].map(Number) as [number, number, number]; // prettier-ignore
if (![seed, minutes, clients, nodes].every((number) => number >= 0)) {
  console.error('Usage: npm run faults -- [--seed S] [--minutes N] [--clients C] [--nodes K] [--only WORD] [--folder F]'); // prettier-ignore
  process.exit(2);
}
setUpLog({ production: false, level: 'error' });
const folder = values.folder ?? join(tmpdir(), `rolecall-faults-${seed}`);
const say = (text: string) => console.log(text);
say(`seed ${seed}, ${minutes} min`);
try {
  await ensureClientBuilt();
  const run = await runRig({ seed, minutes, clients, nodes, folder, say, ...(values.only && { only: values.only }) }); // prettier-ignore
  try {
    const report = await checkRun(run);
    printReport(report, say);
    process.exitCode = report.violations.length > 0 ? 1 : 0;
    if (process.exitCode) say(`Again: npm run faults -- --seed ${seed} --minutes ${minutes} --clients ${clients} --nodes ${nodes}\nAll that happened: ${run.history}`); // prettier-ignore
  } finally {
    await run.end();
  }
} catch (error) {
  console.error(error);
  process.exitCode = 2;
}
process.exit();
