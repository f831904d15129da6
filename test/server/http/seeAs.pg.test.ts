import { expect, test } from 'vitest';
import { ledger } from '../../world/ledger.ts';
import { openHouse } from '../identity/house.ts';
import { openDoors } from './doors.ts';

// Whoever looks as somebody else, or as a role, only looks: no door does anything for them, whatever either may do.

const house = await openHouse();
const doors = await openDoors(house);
const { sql } = house.app;
const all = ['all' as const];
const company = { read: all, create: true, update: all, delete: all, export: all };
const admin = await house.addRole({
  name: 'Administrator',
  grants: { company },
  system: ['see_as', 'manage_roles', 'manage_users'],
});
const seller = await house.addRole({ name: 'Seller', grants: { company } });
await house.addPerson('Ada', [admin]);
const ben = await house.addPerson('Ben', [seller]);
const ada = await doors.signIn('Ada');
const made = await ada.post('/api/companies', { name: 'Halden Works' });
const path = `/api/companies/${(made.body as { id: string }).id}`;

test.each([
  ['a person', 'user', ben],
  ['a role', 'role', seller.id],
])('as %s', async (_what, kind, id) => {
  expect((await ada.post('/api/see-as', { [kind]: id })).status).toBe(201);
  const looking = { 'rolecall-see-as': `${kind}:${id}` };
  expect((await ada.get(path, looking)).body).toMatchObject({ name: 'Halden Works' });

  const before = await ledger(sql);
  const tries = [
    await ada.post('/api/companies', { name: 'X' }, looking),
    await ada.patch(path, { name: 'X' }, looking),
    await ada.delete(path, undefined, looking),
    await ada.post('/api/assignments', { user: ben, role: admin.id }, looking),
    await ada.get('/api/companies/export', looking),
    await ada.delete('/api/session', undefined, looking),
  ];
  for (const answer of tries)
    expect(answer).toMatchObject({ status: 403, body: { error: { code: 'read_only' } } });
  expect(await ledger(sql)).toEqual(before);

  expect((await ada.patch(path, { city: `As ${kind}` })).status, 'as herself').toBe(200);
});
