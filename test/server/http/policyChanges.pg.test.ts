import { beforeAll, describe, expect, test } from 'vitest';
import { newId } from '../../../shared/lib/ids.ts';
import type { PolicyChangeEntry, PreviewAnswer } from '../../../shared/protocol/index.ts';
import type { RawClient } from '../../world/rawClient.ts';
import { openHouse, type House } from '../identity/house.ts';
import { openDoors, type OpenDoors } from './doors.ts';

let house: House;
let doors: OpenDoors;
let ada: RawClient;
let bea: RawClient;
let reader: string;
let ben: string;
beforeAll(async () => {
  house = await openHouse();
  doors = await openDoors(house);
  const all = ['all' as const];
  const keeper = await house.addRole({
    name: 'Keeper',
    grants: { company: { read: all, create: true }, user: { read: all, update: all } },
    system: ['manage_roles', 'manage_users'],
  });
  reader = (await house.addRole({ name: 'Reader', grants: { company: { read: all } } })).id;
  await house.addPerson('Ada', [keeper]);
  await house.addPerson('Bea', []);
  ben = await house.addPerson('Ben', []);
  [ada, bea] = [await doors.signIn('Ada'), await doors.signIn('Bea')];
  for (const name of ['One', 'Two']) await ada.post('/api/companies', { name });
});

const preview = (client: RawClient, change: unknown) => client.post('/api/role-preview', { change });

describe('whoever could not make a change', () => {
  test('is refused as by the change, and learns nothing', async () => {
    const answer = await preview(bea, { kind: 'assign', user: ben, role: reader });
    expect(answer).toMatchObject({
      status: 403,
      body: { error: { code: 'not_allowed', needs: 'manage_roles' } },
    });
    expect(answer.body).not.toHaveProperty('people');
    expect(await preview(bea, { kind: 'role', id: reader, policy: { purpose: 'x' } })).toMatchObject({
      status: 403,
    });
    expect(await bea.get('/api/policy-changes')).toMatchObject({ status: 200, body: { rows: [] } });
    expect(await bea.post('/api/policy-changes/1/undo')).toMatchObject({ status: 404 });
  });

  test('nor may one look at what would raise their own rights', async () => {
    const me = (await ada.get('/api/me')).body as { user: { id: string } };
    const answer = await preview(ada, { kind: 'assign', user: me.user.id, role: reader });
    expect(answer).toMatchObject({ status: 403, body: { error: { code: 'not_allowed' } } });
  });
});

describe('bad input', () => {
  test.each([
    ['no change', undefined],
    ['an unknown kind', { kind: 'everything' }],
    ['an unknown key', { kind: 'unassign', user: newId(), role: newId(), more: 1 }],
    ['no id at all', { kind: 'person', id: 'x', values: {} }],
    ['a policy of nonsense', { kind: 'role', id: newId(), policy: { grants: 7 } }],
  ])('%s is malformed', async (_what, change) => {
    expect(await preview(ada, change)).toMatchObject({ status: 400, body: { error: { code: 'malformed' } } });
  });

  test.each([
    ['a role that is not there', { kind: 'role', id: newId(), policy: {} }, 404],
    ['nobody', { kind: 'assign', role: newId() }, 422],
    [
      'an end in the past',
      { kind: 'assign', user: newId(), role: newId(), ends_at: '2020-01-01T00:00:00Z' },
      422,
    ],
    ['an object that is none', { kind: 'role', id: 'reader', policy: { grants: { nothing: {} } } }, 422],
    ['an undo of what never was', { kind: 'undo', id: 999_999 }, 404],
  ])('%s is refused as the change would be', async (_what, change, status) => {
    const asked = 'id' in change && change.id === 'reader' ? { ...change, id: reader } : change;
    expect((await preview(ada, asked)).status).toBe(status);
  });
});

test('says what an assignment would come to, makes it not, and takes it back once it was made', async () => {
  const before = await house.app.sql`select count(*)::int as n from audit_entry where action like 'role.%'`;
  const answer = await preview(ada, { kind: 'assign', user: ben, role: reader });
  expect(answer.status).toBe(200);
  expect(answer.body as PreviewAnswer).toMatchObject({
    people: 1,
    objects: [{ object: 'company', gained: 2, lost: 0, people_gained: 1, people_lost: 0 }],
    list: [{ user: ben, name: 'Ben', objects: [{ object: 'company', gained: 2, lost: 0 }] }],
    orphans: { tickets: 0, records: 0 },
    exact: true,
  });
  expect(await house.app.sql`select count(*)::int as n from audit_entry where action like 'role.%'`).toEqual(
    before,
  );
  expect((await ada.post('/api/assignments', { user: ben, role: reader })).status).toBe(201);
  expect((await preview(ada, { kind: 'assign', user: ben, role: reader })).body).toMatchObject({
    people: 0,
    objects: [],
  });
  const { rows } = (await ada.get('/api/policy-changes')).body as { rows: PolicyChangeEntry[] };
  const undo = await preview(ada, { kind: 'undo', id: rows[0]!.id });
  expect(undo.body).toMatchObject({ people: 1, objects: [{ object: 'company', gained: 0, lost: 2 }] });
  expect(await ada.post(`/api/policy-changes/${rows[0]!.id}/undo`)).toMatchObject({
    status: 200,
    body: { id: rows[0]!.id },
  });
  expect(await ada.post(`/api/policy-changes/${rows[0]!.id}/undo`)).toMatchObject({
    status: 409,
    body: { error: { code: 'already_done' } },
  });
});
