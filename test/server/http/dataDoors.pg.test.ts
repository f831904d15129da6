import { beforeAll, expect, test } from 'vitest';
import { openHouse } from '../identity/house.ts';
import { openDoors, type OpenDoors } from './doors.ts';

// The doors that look through the records of all objects: GET /api/search and /api/data-health.

let doors: OpenDoors;
beforeAll(async () => {
  const house = await openHouse();
  doors = await openDoors(house);
  const all = ['all' as const];
  const keeper = await house.addRole({
    name: 'Keeper',
    grants: { company: { read: all, create: true, update: all } },
  });
  await house.addPerson('Ada', [keeper]);
  await house.addPerson('Eve');
  const ada = await doors.signIn('Ada');
  for (const name of ['Nordlicht GmbH', 'Nordlicht']) await ada.post('/api/companies', { name });
});

test.each(['/api/search?q=nord', '/api/data-health', '/api/data-health/duplicates?object=company'])(
  'without a cookie GET %s is 401',
  async (path) => {
    expect(await doors.outsider().get(path)).toMatchObject({
      status: 401,
      body: { error: { code: 'unauthenticated' } },
    });
  },
);

test('who may read no companies is told of none, in no form', async () => {
  const eve = await doors.signIn('Eve');
  for (const path of [
    '/api/search?q=nordlicht',
    '/api/data-health',
    '/api/data-health?check=company_owner',
    '/api/data-health/duplicates?object=company',
  ]) {
    const { status, text } = await eve.get(path);
    expect([path, status]).toEqual([path, 200]);
    expect(text).not.toMatch(/nordlicht|company/i);
  }
  expect((await eve.get('/api/data-health/duplicates?object=user')).status).toBe(404);
});

test('whoever may is told', async () => {
  const ada = await doors.signIn('Ada');
  expect((await ada.get('/api/search?q=nord')).body).toMatchObject({
    groups: [{ object: 'company', more: false, rows: [{ title: 'Nordlicht' }, { title: 'Nordlicht GmbH' }] }],
  });
  expect((await ada.get('/api/data-health?check=company_industry')).body).toEqual({
    checks: [
      {
        key: 'company_industry',
        kind: 'missing',
        object: 'company',
        count: 2,
        of: 2,
        filter: { industry: null },
      },
    ],
  });
  expect((await ada.get('/api/data-health/duplicates?object=company')).body).toMatchObject({
    groups: [{ alike: ['name'], count: 2 }],
    total: 1,
    next: null,
  });
});

test.each([
  '/api/search',
  '/api/search?q=a',
  '/api/search?q=%20a%20',
  '/api/search?q=a%00b',
  `/api/search?q=${'x'.repeat(201)}`,
  '/api/search?q=nord&q=licht',
  '/api/search?q=nord&limit=9',
  '/api/search?q=nord&object=company',
  '/api/data-health?check=nothing',
  '/api/data-health?today=2020-01-01',
  '/api/data-health/duplicates',
  '/api/data-health/duplicates?object=session',
  '/api/data-health/duplicates?object=__proto__',
  '/api/data-health/duplicates?object=company&cursor=x',
  '/api/data-health/duplicates?object=company&limit=51',
])('GET %s is the mistake of whoever asks', async (path) => {
  const ada = await doors.signIn('Ada');
  expect((await ada.get(path)).status).toBe(400);
});

test.each(['POST', 'PUT', 'PATCH', 'DELETE'])('there is nothing to %s', async (method) => {
  const ada = await doors.signIn('Ada');
  const body = method === 'DELETE' ? undefined : {};
  for (const path of ['/api/search', '/api/data-health', '/api/data-health/duplicates'])
    expect((await ada.send(method, path, body)).status, path).toBe(404);
});
