import { beforeAll, expect, test } from 'vitest';
import type { RawClient } from '../../world/rawClient.ts';
import { openHouse, type House } from '../identity/house.ts';
import { openDoors, type OpenDoors } from './doors.ts';

const CANARY = 918_273_645.37;
const all = ['all' as const];
const whole = { read: all, create: true, update: all, delete: all, assign: all };

let house: House;
let doors: OpenDoors;
let ada: RawClient;
let pipeline: string;
beforeAll(async () => {
  house = await openHouse();
  doors = await openDoors(house);
  const seller = await house.addRole({
    name: 'Seller',
    grants: { deal: whole, company: whole, contact: whole, activity: whole, pipeline: whole },
    fields: { deal: { amount: 'edit', discount: 'edit', margin: 'edit' } },
  });
  const assistant = await house.addRole({
    name: 'Assistant',
    grants: { deal: { read: all, update: all }, pipeline: { read: all } },
    fields: { deal: { amount: 'hidden' } },
  });
  await house.addPerson('Ada', [seller]);
  await house.addPerson('Assistant', [assistant]);
  await house.addPerson('Nobody');
  ada = await doors.signIn('Ada');
  const stage = (key: string, kind: string, probability: number) => ({
    key,
    name: key,
    kind,
    probability,
    color: 'blue',
    requires: [],
  });
  const answer = await ada.post('/api/pipelines', {
    name: 'Sales',
    position: 1,
    stages: [stage('first', 'open', 10), stage('second', 'open', 50), stage('won', 'won', 100)],
  });
  expect(answer.status).toBe(201);
  pipeline = idOf(answer);
});

const idOf = (answer: { body: unknown }) => (answer.body as { id: string }).id;
const addDeal = async (values: object = {}) => {
  const answer = await ada.post('/api/deals', { title: 'Deal', pipeline, stage: 'first', ...values });
  expect(answer.status, answer.text).toBe(201);
  return answer.body as { id: string; version: number; title: string };
};

test('a record is added, read, changed, put into the bin and taken out again', async () => {
  const deal = await addDeal({ title: 'Wind park', amount: 1200.5 });
  expect(deal).toMatchObject({
    version: 1,
    title: 'Wind park',
    amount: 1200.5,
    may: { edit: expect.arrayContaining(['amount']) },
  });
  const path = `/api/deals/${deal.id}`;
  expect((await ada.get(path)).body).toEqual(deal);
  expect(await ada.patch(path, { version: 1, stage: 'second' })).toMatchObject({
    status: 200,
    body: { version: 2, stage: 'second' },
  });
  expect(await ada.delete(`${path}?version=1`)).toMatchObject({ status: 409 });
  expect(await ada.delete(path)).toMatchObject({
    status: 200,
    body: { id: deal.id, version: 3, gone: true },
  });
  expect((await ada.get(path)).status).toBe(404);
  expect(await ada.post(`${path}/restore`, {})).toMatchObject({
    status: 200,
    body: { version: 4, stage: 'second' },
  });
});

test('a list is filtered, sorted, searched, added up and paged', async () => {
  for (const [title, amount] of [
    ['Alpha', 10],
    ['Beta', 20.25],
    ['Gamma', 30],
  ] as const)
    await addDeal({ title: `Paged ${title}`, amount });
  const query = new URLSearchParams({
    q: 'paged',
    sort: '-amount',
    limit: '2',
    total: 'true',
    filter: '{"amount":{"gte":5},"or":[{"stage":"first"},{"stage":"won"}]}',
  });
  const first = await ada.get(`/api/deals?${query}`);
  const page = first.body as { rows: { title: string }[]; next: string; total: object };
  expect(page.rows.map((row) => row.title)).toEqual(['Paged Gamma', 'Paged Beta']);
  expect(page.total).toMatchObject({ count: 3, sum: { amount: 60.25 } });
  query.set('cursor', page.next);
  query.delete('total');
  const second = (await ada.get(`/api/deals?${query}`)).body as { rows: { title: string }[]; next: null };
  expect(second).toMatchObject({ rows: [{ title: 'Paged Alpha' }], next: null });
  expect('total' in second).toBe(false);
  query.set('sort', 'amount');
  expect((await ada.get(`/api/deals?${query}`)).body).toMatchObject({ error: { code: 'bad_cursor' } });
});

test.each([
  '{',
  '[]',
  '7',
  '"x"',
  '{"nothing":1}',
  '{"__proto__":1}',
  '{"amount":{"near":1}}',
  '{"or":[]}',
  '{"or":[{"or":[{"or":[{"or":[{}]}]}]}]}',
])('the filter %s is refused', async (filter) => {
  expect(await ada.get(`/api/deals?${new URLSearchParams({ filter })}`)).toMatchObject({
    status: 400,
    body: { error: { code: 'bad_filter' } },
  });
});

test('two changes of different fields are merged, of the same field the second is told what is there', async () => {
  const deal = await addDeal();
  const path = `/api/deals/${deal.id}`;
  await ada.patch(path, { version: 1, title: 'Theirs' });
  expect(await ada.patch(path, { version: 1, next_step: 'Call' })).toMatchObject({
    status: 200,
    body: { title: 'Theirs', next_step: 'Call' },
  });
  expect(await ada.patch(path, { version: 1, title: 'Mine' })).toMatchObject({
    status: 409,
    body: { error: { code: 'version_conflict', current: { id: deal.id, title: 'Theirs', version: 3 } } },
  });
  for (const version of ['1', 0, 1.5, null])
    expect((await ada.patch(path, { version, title: 'X' })).status).toBe(400);
});

test('a replayed request is done once, and answered with the rights of now', async () => {
  const key = { 'idempotency-key': 'k-1' };
  const body = { title: 'Once', pipeline, stage: 'first' };
  const tries = await Promise.all(Array.from({ length: 8 }, () => ada.post('/api/deals', body, key)));
  expect(new Set(tries.map((answer) => `${answer.status} ${idOf(answer)}`)).size).toBe(1);
  expect((await ada.get('/api/deals?q=once')).body).toMatchObject({ rows: [{ title: 'Once' }], next: null });
  expect(await ada.post('/api/deals', { ...body, title: 'Twice' }, key)).toMatchObject({
    status: 409,
    body: { error: { code: 'idempotency_conflict' } },
  });
});

test('history tells who changed what', async () => {
  const deal = await addDeal({ title: 'Story' });
  await ada.patch(`/api/deals/${deal.id}`, { stage: 'second' });
  await house.app.sql`select sequence_batch()`;
  const { body } = await ada.get(`/api/deals/${deal.id}/history?limit=1`);
  expect(body).toMatchObject({
    entries: [{ op: 'update', version: 2, changes: { stage: ['first', 'second'] } }],
    next: expect.any(Number),
  });
});

test('what is wrong is told per field', async () => {
  expect(await ada.post('/api/deals', { title: '', amount: 'much', pipeline, stage: 'first' })).toMatchObject(
    {
      status: 422,
      body: { error: { code: 'invalid', fields: { title: expect.any(String), amount: expect.any(String) } } },
    },
  );
});

test('who has no role sees lists with nothing in them, and no record', async () => {
  const deal = await addDeal();
  const nobody = await doors.signIn('Nobody');
  expect((await nobody.get('/api/deals?filter={}&total=true')).body).toMatchObject({
    rows: [],
    next: null,
    total: { count: 0 },
  });
  const theirs = await nobody.get(`/api/deals/${deal.id}`);
  const nothing = await nobody.get(`/api/deals/${pipeline}`);
  expect([theirs.status, theirs.text]).toEqual([404, nothing.text]);
  for (const answer of [
    await nobody.patch(`/api/deals/${deal.id}`, { title: 'X' }),
    await nobody.delete(`/api/deals/${deal.id}`),
  ]) {
    expect([answer.status, answer.text]).toEqual([404, nothing.text]);
  }
});

test('a hidden value is in no answer, whatever is asked', async () => {
  const deal = await addDeal({ title: 'Canary', amount: CANARY, margin: 12.34 });
  await ada.patch(`/api/deals/${deal.id}`, { amount: CANARY - 1 });
  await ada.patch(`/api/deals/${deal.id}`, { amount: CANARY });
  await house.app.sql`select sequence_batch()`;
  expect((await ada.get('/api/deals')).text).toContain(String(CANARY));

  const assistant = await doors.signIn('Assistant');
  const path = `/api/deals/${deal.id}`;
  expect(await assistant.patch(path, { title: 'Canary 2', version: 1 })).toMatchObject({ status: 200 });
  expect(await assistant.patch(path, { title: 'Canary 3', version: 1 })).toMatchObject({ status: 409 });
  expect(await assistant.patch(path, { amount: 1 })).toMatchObject({ status: 422 });
  for (const query of [
    '',
    '?sort=-amount',
    '?filter={"amount":{"gt":0}}',
    '?filter={"or":[{"amount":1},{"title":"x"}]}',
    '?total=true',
    '?q=918273645',
    '?q=canary&sort=title&limit=1',
  ]) {
    const answer = await assistant.get(`/api/deals${query}`);
    if (query.includes('amount'))
      expect(answer).toMatchObject({ status: 400, body: { error: { code: 'field_not_readable' } } });
    else expect(answer.status).toBe(200);
  }
  await assistant.get(path);
  await assistant.get(`${path}/history`);
  await assistant.get(
    `/api/explain?user=${(await house.enter(await person('Assistant'))).caller.actor.userId}&action=read&object=deal&id=${deal.id}&field=amount`,
  );
  await assistant.get('/api/me');
  await assistant.get('/api/openapi.json');
  expect(assistant.bytes()).toContain('Canary');
  expect(assistant.bytes()).not.toContain('918273645');
  expect(assistant.bytes()).not.toContain('918273644');
  expect(assistant.bytes()).not.toContain('12.34');
});

async function person(name: string): Promise<string> {
  const [row] = await house.app.sql<{ id: string }[]>`select id from user_account where name = ${name}`;
  return row!.id;
}
