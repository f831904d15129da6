import { afterAll, beforeAll, expect, test } from 'vitest';
import { ensureBuiltInRoles } from '../../../server/db/builtIns.ts';
import { addPeople } from '../../../server/db/demo/organisation.ts';
import { PIPELINES } from '../../../server/db/demo/pipelines.ts';
import { transaction, type Tx } from '../../../server/db/transaction.ts';
import { insertRecord, insertRecords } from '../../../server/records/write.ts';
import { Dice } from '../../world/dice.ts';
import { people, pipelines } from '../../world/people.ts';
import { until } from '../../world/until.ts';
import { LossyPair } from './lossyPair.ts';
import { registry } from './world.ts';

// What no node is told of, and what commits out of turn.

/** No poke ever arrives. */
class Deaf extends Dice {
  override chance(): boolean {
    return false;
  }
}

const ctx = { actorId: null, requestId: 'test' };
let pair: LossyPair;

beforeAll(async () => {
  pair = await LossyPair.start(new Deaf(1), (sql) =>
    transaction(sql, async (tx) => {
      await ensureBuiltInRoles(tx);
      await addPeople(tx, registry, 'nobody signs in here');
      const rows = PIPELINES.map(({ id, name, stages }, position) => ({ id, values: { name, stages, position } })); // prettier-ignore
      await insertRecords(tx, { registry }, ctx, registry.get('pipeline'), rows);
    }),
  );
  for (let i = 0; i < 2; i++) await pair.connect(people.kofi.id, [{ object: 'deal', limit: 500 }]);
}, 60_000);

afterAll(() => pair.stop());

const add = (tx: Tx, title: string) =>
  insertRecord(tx, { registry }, ctx, registry.get('deal'), {
    title,
    pipeline: pipelines.newBusiness,
    stage: 'qualified',
    owner: people.anna.id,
  });

const held = () =>
  pair.clients.map((client) => client.windows.get('v0')?.rows.map(({ title }) => title) ?? []);
const untilHeld = (title: string) =>
  until(() => held().every((titles) => titles.includes(title)), { what: `${title} at both clients` });

test('a change of which no node was told comes by the poll, at every node', async () => {
  await transaction(pair.sql, (tx) => add(tx, 'Told to nobody'));
  await untilHeld('Told to nobody');
  await pair.mustHaveConverged();
});

test('a change that is committed after later ones is not passed over', async () => {
  let commit = (): void => undefined;
  const waits = new Promise<void>((resolve) => (commit = resolve));
  let written = (): void => undefined;
  const isWritten = new Promise<void>((resolve) => (written = resolve));
  const late = transaction(pair.sql, async (tx) => {
    await add(tx, 'Begun first');
    written();
    await waits;
  });
  await isWritten;
  await transaction(pair.sql, (tx) => add(tx, 'Committed first'));
  await untilHeld('Committed first');
  expect(held().flat()).not.toContain('Begun first');
  commit();
  await late;
  await untilHeld('Begun first');
  await pair.mustHaveConverged();
});
