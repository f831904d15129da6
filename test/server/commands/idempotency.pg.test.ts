import { expect, test } from 'vitest';
import { assignRole } from '../../../server/commands/governance/assignRole.ts';
import { unassignRole } from '../../../server/commands/governance/unassignRole.ts';
import { pruneIdempotency } from '../../../server/commands/idempotency.ts';
import { endUserSessions } from '../../../server/commands/identity/endUserSessions.ts';
import { createRecord } from '../../../server/commands/records/createRecord.ts';
import { deleteRecord } from '../../../server/commands/records/deleteRecord.ts';
import { updateRecord } from '../../../server/commands/records/updateRecord.ts';
import { openNordlicht, recordOf, refusal } from '../../world/nordlicht.ts';
import { people } from '../../world/people.ts';

const { app, sql, add, as } = await openNordlicht();
const [anna, kofi] = await Promise.all([people.anna, people.kofi].map(as));

const create = (title: string, idempotencyKey?: string, caller = anna) =>
  createRecord(app, caller!, { object: 'deal', values: { title }, idempotencyKey });
const deals = async (title: string) => (await sql`select 1 from deal where title = ${title}`).count;

test('20 in parallel make one record, and all are told of it', async () => {
  const outcomes = await Promise.all(Array.from({ length: 20 }, () => create('Once', 'key-1')));
  const records = outcomes.map(recordOf);
  expect(new Set(records.map(({ id }) => id)).size).toBe(1);
  expect(new Set(outcomes.map(({ status }) => status))).toEqual(new Set([201]));
  expect(await deals('Once')).toBe(1);
  expect((await sql`select 1 from outbox where record_id = ${records[0]!.id}`).count).toBe(1);
});

test('without a key every request is a new one', async () => {
  await Promise.all([create('Twice'), create('Twice')]);
  expect(await deals('Twice')).toBe(2);
});

test('a key belongs to a person and to one request', async () => {
  await create('Mine', 'key-2');
  await create('Mine', 'key-2', kofi);
  expect(await deals('Mine')).toBe(2);
  expect(await refusal(create('Other', 'key-2'))).toBe('idempotency_conflict');
  expect(
    await refusal(
      updateRecord(app, anna!, { object: 'deal', id: people.anna.id, values: {}, idempotencyKey: 'key-2' }),
    ),
  ).toBe('idempotency_conflict');
});

test('what was refused did not use the key up', async () => {
  expect(
    await refusal(
      createRecord(app, anna!, {
        object: 'deal',
        values: { title: 'X', stage: 'no' },
        idempotencyKey: 'key-3',
      }),
    ),
  ).toEqual(['invalid', { stage: expect.any(String) }]);
  expect(recordOf(await create('Then', 'key-3')).title).toBe('Then');
});

test('a change is made once, and answered again with the record and the rights of now', async () => {
  const deal = await add('deal', people.anna, { amount: 1 });
  const request = { object: 'deal', id: deal.id, values: { amount: 2 }, version: 1, idempotencyKey: 'key-4' };
  await updateRecord(app, anna!, request);
  await updateRecord(app, kofi!, { object: 'deal', id: deal.id, values: { amount: 3 } });
  expect(recordOf(await updateRecord(app, anna!, request))).toMatchObject({ amount: 3, version: 3 });
  await updateRecord(app, kofi!, { object: 'deal', id: deal.id, values: { owner: people.dawit.id } });
  expect(await updateRecord(app, anna!, request)).toEqual({
    status: 200,
    gone: { id: deal.id, version: 4, gone: true },
  });
});

test('deleting twice with a key is deleting once', async () => {
  const deal = await add('deal', people.anna);
  const request = { object: 'deal', id: deal.id, idempotencyKey: 'key-5' };
  const first = await deleteRecord(app, anna!, request);
  expect(await deleteRecord(app, anna!, request)).toEqual(first);
  expect(await refusal(deleteRecord(app, anna!, { object: 'deal', id: deal.id }))).toBe('not_found');
});

test('a role is given and taken once', async () => {
  const rafael = await as(people.rafael);
  const [role] = await sql<{ id: string }[]>`select id from role where built_in = 'auditor'`;
  const held = { user: people.giulia.id, role: role!.id };
  const given = await assignRole(app, rafael, { ...held, idempotencyKey: 'key-6' });
  await unassignRole(app, rafael, { ...held, idempotencyKey: 'key-7' });
  await unassignRole(app, rafael, { ...held, idempotencyKey: 'key-7' });
  expect(await refusal(assignRole(app, rafael, { ...held, idempotencyKey: 'key-6' }))).toBe('not_found');
  const again = await assignRole(app, rafael, held);
  expect(again.id).not.toBe(given.id);
  expect(await assignRole(app, rafael, { ...held, idempotencyKey: 'key-6' })).toEqual(again);
  expect(await refusal(assignRole(app, rafael, { ...held, ends_at: '2099-01-01T00:00:00Z', idempotencyKey: 'key-6' }))).toBe('idempotency_conflict'); // prettier-ignore
});

test('an end of sessions asked for again ends no session opened since, and has the same receipt', async () => {
  const rafael = await as(people.rafael);
  await Promise.all([as(people.oskar), as(people.oskar)]);
  const end = (idempotencyKey?: string) => endUserSessions(app, rafael, people.oskar.id, idempotencyKey);
  const first = await end('key-8');
  expect(first.ended).toBe(2);
  await as(people.oskar);
  expect(await end('key-8')).toEqual(first);
  expect((await end()).ended).toBe(1);
  const nobody = await end('key-9');
  expect(nobody).toEqual({ ended: 0, receipt: { nodes: [], pending: [] } });
  expect(await end('key-9')).toEqual(nobody);
  expect(await refusal(end('key-6'))).toBe('idempotency_conflict');
});

test('keys have a length, and are forgotten after a day', async () => {
  expect(await refusal(create('X', ''))).toBe('malformed');
  expect(await refusal(create('X', 'k'.repeat(201)))).toBe('malformed');
  await create('Old', 'old-key');
  await sql`update idempotency set at = now() - interval '25 hours' where key = 'old-key'`;
  expect(await pruneIdempotency(app)).toBe(1);
  expect(await pruneIdempotency(app)).toBe(0);
  await create('Old', 'old-key');
  expect(await deals('Old')).toBe(2);
});
