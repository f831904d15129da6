import { describe, expect, test } from 'vitest';
import type { App } from '../../../server/lib/app.ts';
import { askEverything, Disagreement, Log, newTally } from '../../world/agreement.ts';
import { freshDatabase } from '../../world/database.ts';
import { Dice } from '../../world/dice.ts';
import { movePeople, moveRecords, moveTickets } from '../../world/randomMoves.ts';
import { randomOrganisation } from '../../world/randomOrganisation.ts';
import { moveSharing } from '../../world/randomSharing.ts';
import { shrink } from '../../world/shrink.ts';

// The heart of the product: who may do what is said once, in shared/access, and read three times – `decide`, SQL, and
// the mask that the fan-out puts on images of the log. Here random organisations are asked everything there is to ask,
// in all three, against an oracle that was written separately (test/world/oracle.ts).
//
// A seed is part of each test's name: `SEED=… npx vitest run test/server/access/readings` throws the same again.

const ORGANISATIONS = 4;
const RECORDS = 12;

const seed = Dice.runSeed();
const tally = { ...newTally(), moves: 0 };

describe(`the three readings agree with the oracle (SEED=${seed})`, () => {
  test.each(Array.from({ length: ORGANISATIONS }, (_, i) => seed + i))(
    'organisation %i',
    { timeout: 120_000 },
    async (own) => {
      const dice = new Dice(own);
      const { sql, drop } = await freshDatabase();
      const organisation = await randomOrganisation(sql, dice, dice.int(3, RECORDS));
      const app: App = { sql, registry: organisation.registry, nodeId: 'test', poke: () => undefined };

      const log = new Log();
      await log.follow(sql);
      await ask(app, log);

      tally.moves += await moveRecords(app, dice, organisation);
      tally.moves += await moveTickets(app, dice, organisation);
      await movePeople(app, dice, organisation);
      await moveSharing(organisation.means);
      await log.follow(sql);
      await ask(app, log);
      await drop();
    },
  );

  test('the questions had all kinds of answers', () => {
    expect(tally.questions).toBeGreaterThan(20_000);
    expect(tally.yes).toBeGreaterThan(1_000);
    expect(tally.no).toBeGreaterThan(1_000);
    expect(tally.partlyReadable).toBeGreaterThan(10);
    expect(tally.moves).toBeGreaterThan(10);
    expect(tally.exported).toBeGreaterThan(100);
    expect(tally.notExported, 'some may be read and not exported').toBeGreaterThan(100);
    for (const kind of ['notes', 'threads', 'customers', 'shared', 'concealed'] as const)
      expect(tally[kind], kind).toBeGreaterThan(0);
  });
});

/** `SHRINK=1` takes away of the organisation what a disagreement does not need, and says what is left. */
async function ask(app: App, log: Log): Promise<void> {
  try {
    await askEverything(app, log, tally);
  } catch (error) {
    if (!(error instanceof Disagreement) || process.env['SHRINK'] !== '1') throw error;
    throw new Error(await shrink(app, log, error), { cause: error });
  }
}
