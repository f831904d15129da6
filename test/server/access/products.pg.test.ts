import { describe, expect, test } from 'vitest';
import { createRecord } from '../../../server/commands/records/createRecord.ts';
import { deleteRecord } from '../../../server/commands/records/deleteRecord.ts';
import { updateRecord } from '../../../server/commands/records/updateRecord.ts';
import { readLog } from '../../../server/outbox/log.ts';
import { findRecord } from '../../../server/queries/findRecord.ts';
import { recordHistory } from '../../../server/queries/history.ts';
import { listRecords } from '../../../server/queries/listRecords.ts';
import type { Caller } from '../../../server/lib/app.ts';
import { mask } from '../../../shared/access/index.ts';
import { must } from '../../../shared/lib/must.ts';
import { parseView } from '../../../shared/protocol/index.ts';
import { openNordlicht, recordOf, refusal, stateOf } from '../../world/nordlicht.ts';
import { people } from '../../world/people.ts';
import { asking, Questions } from './asking.ts';

// Products are read by everyone who works with customers; what they cost, by those who sell and by those who reckon.

const { app, sql, add, as } = await openNordlicht();
const [rafael, kofi, anna, noor, mireille, bjorn, helena, oskar, jamila] = (await Promise.all(
  [people.rafael, people.kofi, people.anna, people.noor, people.mireille, people.bjorn, people.helena, people.oskar, people.jamila].map(as), // prettier-ignore
)) as [Caller, Caller, Caller, Caller, Caller, Caller, Caller, Caller, Caller];
const PRICE = 7_777.77;
const REFUSED = /^(not_allowed|field_not_editable)$/;
const object = app.registry.get('product');
const price = must(object.fields['price'], 'a price');
const made = await add('product', people.kofi, { code: 'N2', price: PRICE });
const deal = await add('deal', people.anna, { product: made.id });
await updateRecord(app, rafael, { object: 'product', id: made.id, values: { price: PRICE + 1 } });
await updateRecord(app, rafael, { object: 'product', id: made.id, values: { price: PRICE } });
await sql`select sequence_batch(10000)`;

const update = (caller: Caller, values: Record<string, unknown>) =>
  updateRecord(app, caller, { object: 'product', id: made.id, values });
const find = async (caller: Caller, name: string, id: string) =>
  must(await findRecord(app, caller.actor, app.registry.get(name), id), name);
const create = (caller: Caller, values: Record<string, unknown>) =>
  createRecord(app, caller, { object: 'product', values: { name: 'New', ...values } });

describe('the auditor', () => {
  test('is told of no product at all', async () => {
    expect(await findRecord(app, jamila.actor, object, made.id)).toBeNull();
    expect((await listRecords(app, jamila.actor, parseView(object, {}), { total: true })).rows).toEqual([]);
    expect(await refusal(create(jamila, {}))).toBe('not_allowed');
  });
});

describe.each([
  ['a support agent', bjorn],
  ['a support manager', mireille],
  ['a sales assistant', noor],
  ['marketing', helena],
])('the price leaves no trace for %s', (_who, caller) => {
  test('in the record, its history, and what is told of its changes', async () => {
    const record = await find(caller, 'product', made.id);
    expect(record).toMatchObject({ code: 'N2', active: true });
    const history = await recordHistory(app, caller.actor, object, made.id, { limit: 50 });
    const events = (await readLog(sql, 0, 10_000))
      .filter(({ id }) => id === made.id)
      .flatMap(({ before, after }) => [before && mask(caller.actor, app.registry, object, before), mask(caller.actor, app.registry, object, after)]); // prettier-ignore
    expect(events.length).toBeGreaterThan(4);
    for (const told of [record, history, events]) expect(JSON.stringify(told)).not.toMatch(/price|777[78]/);
  });

  test('and cannot be asked for, in any form', async () => {
    const questions = new Questions(app, caller);
    for (const request of asking(price)) await questions.list(object, request);
    expect(Object.keys(questions.answers).length).toBeGreaterThan(8);
    for (const answer of Object.values(questions.answers))
      expect(JSON.parse(answer)).toMatchObject({ error: { code: 'field_not_readable', fields: { price: 'Not readable' } } }); // prettier-ignore
    const { rows } = await listRecords(app, caller.actor, parseView(object, { q: '7777' }));
    expect(rows).toEqual([]);
  });

  test('nor be set', async () => {
    const before = await stateOf(sql);
    expect([await refusal(update(caller, { price: 1 }))].flat()[0]).toMatch(REFUSED);
    expect([await refusal(create(caller, { price: 1 }))].flat()[0]).toMatch(REFUSED);
    expect(await stateOf(sql)).toBe(before);
  });
});

describe('the price is read', () => {
  test.each([
    ['a sales manager', kofi, true],
    ['a representative', anna, false],
    ['the analyst', oskar, false],
  ])('by %s', async (_who, caller, edits) => {
    const record = await find(caller, 'product', made.id);
    expect(record).toMatchObject({ price: PRICE });
    expect(record.may.edit.includes('price')).toBe(edits);
    if (!edits) expect(await refusal(update(caller, { price: 1 }))).toBe('not_allowed');
  });
});

test('sales managers and marketing add and change products, and only an administrator deletes them', async () => {
  const own = recordOf(await create(kofi, { price: 10 }));
  expect(own).toMatchObject({ price: 10, active: true, owner: people.kofi.id });
  const theirs = recordOf(await create(helena, { series: 'Devices', active: false }));
  expect(theirs).toMatchObject({ series: 'Devices', active: false });
  expect(recordOf(await update(helena, { about: 'Made to last' }))['about']).toBe('Made to last');
  for (const caller of [kofi, anna, helena, bjorn])
    expect(await refusal(deleteRecord(app, caller, { object: 'product', id: own.id }))).toBe('not_allowed');
  await deleteRecord(app, rafael, { object: 'product', id: own.id });
});

test('a deal names a product; an assistant of sales sees which, and does not choose', async () => {
  const other = await add('product', people.kofi);
  const choose = (caller: Caller, product: string) =>
    updateRecord(app, caller, { object: 'deal', id: deal.id, values: { product } });
  expect(recordOf(await choose(anna, other.id))['product']).toBe(other.id);
  expect((await find(noor, 'deal', deal.id))['product']).toBe(other.id);
  expect(await refusal(choose(noor, made.id))).toMatchObject(['field_not_editable', { product: expect.any(String) }]); // prettier-ignore
});

test('an id elsewhere shows an analyst no person, and is no agent’s to change', async () => {
  const contact = await add('contact', people.anna, { external_id: 'P-1' });
  const told = await find(oskar, 'contact', contact.id);
  expect(told).not.toHaveProperty('external_id');
  const agent = await find(bjorn, 'contact', contact.id);
  expect(agent['external_id']).toBe('P-1');
  expect(agent.may.edit).not.toContain('external_id');
});
