import { expect, test } from 'vitest';
import { setUpLog } from '../../server/lib/log.ts';
import { Dice } from '../world/dice.ts';
import { tempFolder } from '../world/folders.ts';
import { checkRun, printReport } from './check/index.ts';
import { runRig } from './rig.ts';

// The rig of `npm run faults`, for a minute: once as it always was, once as it never was.

setUpLog({ production: false, level: 'error' });
const SEEDS = [...new Set([20_261_125, Dice.runSeed()])];

test.each(SEEDS)(
  'whatever breaks, nothing is lost and nothing leaks (SEED=%i)',
  async (seed) => {
    const said: string[] = [];
    const say = (text: string) => void said.push(text);
    const folder = tempFolder('history');
    const run = await runRig({ seed, minutes: 0.2, clients: 24, nodes: 2, folder, say });
    try {
      const report = await checkRun(run);
      printReport(report, say);
      const told = `seed ${seed}, ${run.history}\n${said.join('\n')}`;
      expect(report.violations, told).toEqual([]);
      // What found nothing may have looked at nothing.
      expect(report.writes.acknowledged, told).toBeGreaterThan(15);
      expect(report.shown, told).toBeGreaterThan(200);
      expect(report.faults.reduce((sum, { bit }) => sum + bit, 0), told).toBeGreaterThan(0); // prettier-ignore
    } finally {
      await run.end();
    }
  },
  400_000,
);
