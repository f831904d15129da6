import { beforeAll, expect, test } from 'vitest';
import { newId } from '../../../shared/lib/ids.ts';
import type { ErrorBody } from '../../../shared/protocol/index.ts';
import type { RawClient } from '../../world/rawClient.ts';
import { openHouse } from '../identity/house.ts';
import { openDoors, type OpenDoors } from './doors.ts';

// The doors of requests for access and of approvals.

let doors: OpenDoors;
let ada: RawClient;
let eve: RawClient;
let reader: string;
beforeAll(async () => {
  const house = await openHouse();
  doors = await openDoors(house);
  const all = ['all' as const];
  const grants = { company: { read: all, create: true, update: all, assign: all } };
  await house.addPerson('Ada', [await house.addRole({ name: 'Keeper', grants, system: ['manage_roles'] })]);
  await house.addPerson('Ben', [await house.addRole({ name: 'Approver', system: ['approve_roles'] })]);
  const role = await house.addRole({ name: 'Reader', grants: { company: { read: ['own'] } } });
  reader = role.id;
  await house.addPerson('Eve', [role]);
  [ada, eve] = [await doors.signIn('Ada'), await doors.signIn('Eve')];
});
const codeOf = ({ body }: { body: unknown }) => (body as ErrorBody).error.code;
const rowsOf = ({ body }: { body: unknown }) => (body as { rows: { id: string; status: string }[] }).rows;

const DOORS: [method: string, path: string][] = [
  ['POST', 'access-requests'],
  ['GET', 'access-requests'],
  ['GET', 'me/access-requests'],
  ...['preview', 'grant', 'decline'].map((act): [string, string] => [
    'POST',
    `access-requests/${newId()}/${act}`,
  ]),
  ['GET', 'policy-setting'],
  ['PUT', 'policy-setting'],
  ['GET', 'policy-proposals'],
  ['POST', 'policy-proposals'],
  ...['approve', 'decline', 'withdraw'].map((act): [string, string] => [
    'POST',
    `policy-proposals/${newId()}/${act}`,
  ]),
];
test.each(DOORS)('without a cookie %s /api/%s is 401', async (method, path) => {
  const body = method === 'GET' ? undefined : {};
  expect((await doors.outsider().send(method, `/api/${path}`, body)).status).toBe(401);
});

test('what is asked for is answered with the same bytes, there or not, and with nothing of it', async () => {
  const made = await ada.post('/api/companies', { name: 'Ulm Works' });
  const { id } = made.body as { id: string };
  const ask = (one: string, key: string) =>
    eve.post(
      '/api/access-requests',
      { object: 'company', id: one, reason: 'Why not' },
      { 'idempotency-key': key },
    );
  const [there, nowhere] = [await ask(id, 'there'), await ask(newId(), 'none')];
  expect([there.status, there.text]).toEqual([202, '{"status":"open"}']);
  expect([nowhere.status, nowhere.text]).toEqual([there.status, there.text]);
  expect((await ask(id, 'there')).text).toBe(there.text);
  expect((await eve.get(`/api/companies/${id}`)).status).toBe(404);
  expect(rowsOf(await eve.get('/api/me/access-requests'))).toHaveLength(2);
  const strange = { object: 'company', id, reason: 'x', nothing: 1 };
  expect(codeOf(await eve.post('/api/access-requests', strange))).toBe('malformed');

  const [waiting] = rowsOf(await ada.get('/api/access-requests'));
  const path = `/api/access-requests/${waiting?.id}`;
  expect((await ada.post(`${path}/preview`, {})).body).toMatchObject({ now: null, enough: true });
  expect((await eve.post(`${path}/grant`, {})).status).toBe(403);
  expect((await ada.post(`${path}/grant`, {})).status).toBe(200);
  expect((await eve.get(`/api/companies/${id}`)).status).toBe(200);
  expect(codeOf(await ada.post(`${path}/decline`, {}))).toBe('already_done');
});

test('a change that waits is proposed, seen by whoever may approve, and made by their yes', async () => {
  expect((await ada.get('/api/policy-setting')).body).toEqual({ approvals: false });
  const ben = await doors.signIn('Ben');
  expect((await ben.send('PUT', '/api/policy-setting', { approvals: true })).status).toBe(403);
  expect((await ada.send('PUT', '/api/policy-setting', { approvals: true })).body).toEqual({
    approvals: true,
  });
  const refused = await ada.send('PATCH', `/api/roles/${reader}`, { purpose: 'Reads' });
  expect([refused.status, codeOf(refused)]).toEqual([409, 'approval_required']);
  const change = { kind: 'role', id: reader, policy: { purpose: 'Reads' } };
  const proposed = await ada.post('/api/policy-proposals', { change, reason: 'It does' });
  expect(proposed.status).toBe(201);
  const { id } = proposed.body as { id: string };
  expect(rowsOf(await eve.get('/api/policy-proposals'))).toEqual([]);
  expect(rowsOf(await ben.get('/api/policy-proposals'))).toEqual([
    expect.objectContaining({ id, status: 'open' }),
  ]);
  expect((await ada.post(`/api/policy-proposals/${id}/approve`, {})).status).toBe(403);
  expect((await eve.post(`/api/policy-proposals/${id}/approve`, {})).status).toBe(403);
  expect((await ben.post(`/api/policy-proposals/${id}/approve`, { words: 'Yes' })).body).toEqual({
    id,
    status: 'made',
  });
  expect((await ada.get(`/api/roles/${reader}`)).body).toMatchObject({ purpose: 'Reads' });
});
