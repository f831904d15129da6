import { beforeAll, describe, expect, test } from 'vitest';
import { newId } from '../../../shared/lib/ids.ts';
import type { ErrorBody } from '../../../shared/protocol/index.ts';
import type { RawClient } from '../../world/rawClient.ts';
import { openHouse } from '../identity/house.ts';
import { openDoors, type OpenDoors } from './doors.ts';

// The doors of sharing rules, restrictions and shares.

let doors: OpenDoors;
let ada: RawClient;
let eve: RawClient;
let evesId: string;
beforeAll(async () => {
  const house = await openHouse();
  doors = await openDoors(house);
  const all = ['all' as const];
  const grants = { company: { read: all, create: true, update: all, assign: all } };
  await house.addPerson('Ada', [await house.addRole({ name: 'Keeper', grants, system: ['manage_roles'] })]);
  const reader = { company: { read: ['own' as const] } };
  evesId = await house.addPerson('Eve', [await house.addRole({ name: 'Reader', grants: reader })]);
  [ada, eve] = [await doors.signIn('Ada'), await doors.signIn('Eve')];
});
const rule = (name: string) => ({
  name,
  object: 'company',
  criteria: { city: 'Ulm' },
  to: { kind: 'user', id: evesId },
  level: 'read',
});
const codeOf = ({ body }: { body: unknown }) => (body as ErrorBody).error.code;

const DOORS: [method: string, path: string][] = [
  ...['sharing-rules', 'restrictions'].flatMap((plural): [string, string][] => [
    ['GET', plural],
    ['POST', plural],
    ['GET', `${plural}/${newId()}`],
    ['PATCH', `${plural}/${newId()}`],
    ['DELETE', `${plural}/${newId()}`],
  ]),
  ['GET', `shares?object=company&id=${newId()}`],
  ['POST', 'shares'],
  ['DELETE', `shares/${newId()}`],
  ['POST', 'criteria/count'],
];
test.each(DOORS)('without a cookie %s /api/%s is 401', async (method, path) => {
  const body = ['POST', 'PATCH'].includes(method) ? {} : undefined;
  expect((await doors.outsider().send(method, `/api/${path}`, body)).status).toBe(401);
});

test('a rule through its doors, from first to last', async () => {
  const one = await ada.post('/api/companies', { name: 'Ulm Works', city: 'Ulm' });
  const path = `/api/companies/${(one.body as { id: string }).id}`;
  expect((await eve.get(path)).status).toBe(404);
  const made = await ada.post('/api/sharing-rules', rule('Ulm'), { 'idempotency-key': 'ulm' });
  expect([made.status, made.text]).toEqual([201, expect.stringContaining('"progress":null')]);
  const { id } = made.body as { id: string };
  expect((await ada.post('/api/sharing-rules', rule('Ulm'), { 'idempotency-key': 'ulm' })).body).toEqual(
    made.body,
  );
  expect((await eve.get(path)).status).toBe(200);
  expect((await ada.get('/api/sharing-rules')).body).toEqual({ rows: [made.body], next: null });
  expect((await ada.get(`/api/sharing-rules/${id}`)).body).toEqual(made.body);
  expect(codeOf(await eve.get(`/api/sharing-rules/${id}`))).toBe('not_allowed');

  const changed = await ada.patch(`/api/sharing-rules/${id}`, { version: 1, criteria: { city: 'Bonn' } });
  expect([changed.status, changed.body]).toMatchObject([200, { version: 2, criteria: { city: 'Bonn' } }]);
  expect((await eve.get(path)).status).toBe(404);
  const late = await ada.patch(`/api/sharing-rules/${id}`, { version: 1, active: false });
  expect([late.status, codeOf(late)]).toEqual([409, 'version_conflict']);
  expect((await ada.delete(`/api/sharing-rules/${id}?version=1`)).status).toBe(409);
  expect((await ada.delete(`/api/sharing-rules/${id}`)).body).toEqual({ id, gone: true });
  expect((await ada.get(`/api/sharing-rules/${id}`)).status).toBe(404);
});

test('a share through its doors', async () => {
  const one = await ada.post('/api/companies', { name: 'Bonn Works' });
  const { id } = one.body as { id: string };
  const share = { object: 'company', id, to: { kind: 'user', id: evesId.toUpperCase() }, level: 'read' };
  const made = await ada.post('/api/shares', share);
  expect([made.status, made.body]).toMatchObject([201, { record: id, to: { kind: 'user', id: evesId } }]);
  expect((await eve.get(`/api/companies/${id}`)).status).toBe(200);
  expect((await eve.get(`/api/shares?object=company&id=${id}`)).body).toEqual({
    rows: [made.body],
    next: null,
  });
  const gone = await ada.delete(`/api/shares/${(made.body as { id: string }).id}`);
  expect(gone.status).toBe(200);
  expect((await eve.get(`/api/companies/${id}`)).status).toBe(404);
  expect((await eve.get(`/api/shares?object=company&id=${id}`)).text).toBe(
    (await eve.get(`/api/shares?object=company&id=${newId()}`)).text,
  );
});

test('what criteria match is counted before there is a rule', async () => {
  await ada.post('/api/companies', { name: 'Count one', city: 'Kiel' });
  const { body } = await ada.post('/api/criteria/count', { object: 'company', criteria: { city: 'Kiel' } });
  expect(body).toEqual({ count: 1, total: expect.any(Number) });
  expect(codeOf(await eve.post('/api/criteria/count', { object: 'company', criteria: {} }))).toBe(
    'not_allowed',
  );
});

describe('what no door takes', () => {
  test.each<[string, string, unknown]>([
    ['POST', 'sharing-rules', {}],
    ['POST', 'sharing-rules', []],
    ['POST', 'sharing-rules', { ...rule('x'), colour: 'red' }],
    ['POST', 'sharing-rules', { ...rule('x'), criteria: 'all' }],
    ['POST', 'sharing-rules?dry=1', rule('x')],
    ['PATCH', `sharing-rules/${newId()}`, { name: 'No version' }],
    ['PATCH', `sharing-rules/${newId()}`, { version: 1, object: 'deal' }],
    ['DELETE', `sharing-rules/${newId()}?version=0`, undefined],
    ['POST', 'restrictions', { ...rule('x') }],
    ['PATCH', `restrictions/${newId()}`, { version: 1, to: null }],
    ['POST', 'shares', { object: 'company', id: 'x', to: { kind: 'user', id: newId() }, level: 'read' }],
    ['POST', 'shares', { object: 'company', id: newId(), to: { kind: 'user', id: newId() }, level: 'own' }],
    [
      'POST',
      'shares',
      { object: 'company', id: newId(), to: { kind: 'user', id: newId() }, level: 'read', ends_at: 'soon' },
    ],
    ['GET', 'shares?object=company', undefined],
    ['GET', 'sharing-rules?q=x', undefined],
    ['POST', 'criteria/count', { object: 'company' }],
  ])('%s /api/%s with %j is malformed', async (method, path, body) => {
    const answer = await ada.send(method, `/api/${path}`, body);
    expect([answer.status, codeOf(answer)]).toEqual([400, 'malformed']);
  });

  test('ten thousand criteria are too many, and too large a body is refused', async () => {
    const some = (many: number) => ({ or: Array.from({ length: many }, () => ({ city: 'Ulm' })) });
    expect(codeOf(await ada.post('/api/sharing-rules', { ...rule('x'), criteria: some(10_000) }))).toBe(
      'bad_filter',
    );
    expect(codeOf(await ada.post('/api/sharing-rules', { ...rule('x'), criteria: some(40_000) }))).toBe(
      'too_large',
    );
  });

  test.each(['sharing-rules', 'restrictions', 'shares'])(
    'ids of %s that are none are not found',
    async (plural) => {
      for (const id of ['x', newId(), '00000000-0000-0000-0000-000000000000'])
        expect((await ada.delete(`/api/${plural}/${id}`)).status).toBe(404);
    },
  );
});
