import { expect, test } from 'vitest';
import { transaction } from '../../../server/db/transaction.ts';
import { recordHistory } from '../../../server/queries/history.ts';
import { changeRecord, removeRecord, restoreRecord } from '../../../server/records/write.ts';
import type { Values } from '../../../server/records/columns.ts';
import { newId } from '../../../shared/lib/ids.ts';
import { freshDatabase } from '../../world/database.ts';
import { office } from '../../world/office.ts';

const { sql } = await freshDatabase();
const { app, ids, teams, pipeline, add, grant, as } = await office(sql);
await grant('ada', { grants: { deal: { read: ['reports'] } }, fields: { deal: { amount: 'read' } } });
await grant('ben', { grants: { deal: { read: ['own'] } } });
const object = app.registry.get('deal');
const ctx = { actorId: ids.ada, requestId: 'test' };
const { id } = await add(
  'deal',
  { title: 'A', amount: 5, pipeline, stage: 'first', owner: ids.ben, team: teams.north },
  ctx,
);
const change = (values: Values) => transaction(sql, (tx) => changeRecord(tx, app, ctx, object, id, values));
await change({ amount: 6 });
await change({ amount: 7, title: 'B' });
await transaction(sql, (tx) => removeRecord(tx, app, ctx, object, id));
await transaction(sql, (tx) => restoreRecord(tx, app, ctx, object, id));
await sql`select sequence_batch(1000)`;

const told = async (name: 'ada' | 'ben' | 'cem', options = {}) =>
  (await recordHistory(app, (await as(name)).actor, object, id, options))?.entries.map(({ op, changes }) => [
    op,
    changes,
  ]);

test('who may read all of it is told all of it, latest first', async () => {
  const all = await told('ada');
  expect(all?.map(([op]) => op)).toEqual(['restore', 'delete', 'update', 'update', 'create']);
  expect(all?.[2]).toEqual(['update', { amount: [6, 7], title: ['A', 'B'] }]);
  expect(all?.[3]).toEqual(['update', { amount: [5, 6] }]);
  expect(all?.[4]?.[1]).toMatchObject({ amount: [null, 5], title: [null, 'A'], owner: [null, ids.ben] });
});

test('what may not be read is not told, and an update of nothing else is not there at all', async () => {
  const some = await told('ben');
  expect(some?.map(([op]) => op)).toEqual(['restore', 'delete', 'update', 'create']);
  expect(some?.[2]).toEqual(['update', { title: ['A', 'B'] }]);
  expect(JSON.stringify(some)).not.toMatch(/amount/);
});

test('a record that may not be read now, or is not there, has no history', async () => {
  expect(await told('cem')).toBeUndefined();
  const { actor } = await as('ada');
  expect(await recordHistory(app, actor, object, newId())).toBeNull();
  expect(await recordHistory(app, actor, object, 'x')).toBeNull();
});

test('it comes in pages', async () => {
  const { actor } = await as('ada');
  const first = await recordHistory(app, actor, object, id, { limit: 3 });
  expect(first?.entries).toHaveLength(3);
  expect(first?.next).toBe(first?.entries[2]?.seq);
  const second = await recordHistory(app, actor, object, id, { limit: 3, before: first?.next ?? 0 });
  expect(second).toMatchObject({
    entries: [{ op: 'update' }, { op: 'create', actor: ids.ada, version: 1 }],
    next: null,
  });
});
