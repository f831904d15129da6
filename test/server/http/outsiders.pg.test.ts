import { request } from 'node:http';
import { beforeAll, expect, test } from 'vitest';
import { newId } from '../../../shared/lib/ids.ts';
import { endSessions } from '../../../server/identity/endSessions.ts';
import { newToken } from '../../../server/identity/tokens.ts';
import type { RawClient } from '../../world/rawClient.ts';
import { openHouse, type House } from '../identity/house.ts';
import { openDoors, type OpenDoors } from './doors.ts';

let house: House;
let doors: OpenDoors;
let ada: string;
let company: string;
beforeAll(async () => {
  house = await openHouse();
  doors = await openDoors(house);
  const all = ['all' as const];
  const keeper = await house.addRole({
    name: 'Keeper',
    grants: { company: { read: all, create: true, update: all, delete: all } },
  });
  ada = await house.addPerson('Ada', [keeper]);
  const client = await doors.signIn('Ada');
  company = ((await client.post('/api/companies', { name: 'Nordlicht' })).body as { id: string }).id;
});

const DOORS: [method: string, path: string, body?: object][] = [
  ['GET', '/api/me'],
  ['DELETE', '/api/session'],
  ['GET', '/api/sessions'],
  ['DELETE', '/api/sessions'],
  ['DELETE', `/api/sessions/${newId()}`],
  ['GET', `/api/users/${newId()}/sessions`],
  ['DELETE', `/api/users/${newId()}/sessions`],
  ['DELETE', `/api/roles/${newId()}/sessions`],
  ['GET', '/api/roles'],
  ['POST', '/api/roles', {}],
  ['GET', `/api/roles/${newId()}`],
  ['PATCH', `/api/roles/${newId()}`, {}],
  ['DELETE', `/api/roles/${newId()}`],
  ['POST', '/api/assignments', {}],
  ['DELETE', '/api/assignments'],
  ['POST', '/api/role-preview', {}],
  ['POST', '/api/policy-changes/1/undo', {}],
  ['GET', '/api/explain'],
  ['GET', '/api/who-can-see'],
  ['GET', '/api/companies'],
  ['GET', '/api/companies/export'],
  ['GET', '/api/companies/export/size'],
  ['POST', '/api/companies', { name: 'X' }],
  ['GET', `/api/companies/${newId()}`],
  ['PATCH', `/api/companies/${newId()}`, {}],
  ['DELETE', `/api/companies/${newId()}`],
  ['GET', `/api/companies/${newId()}/history`],
  ['POST', `/api/companies/${newId()}/restore`],
];

/** Everything that a refused request must leave as it was. */
async function written(): Promise<unknown> {
  const [row] = await house.app.sql`
    select (select count(*) from company) as companies, (select sum(version) from company) as versions,
      (select count(*) from outbox) as outbox, (select count(*) from session where ended_at is not null) as ended
  `;
  return row;
}

test.each(DOORS)('without a cookie %s %s is 401', async (method, path, body) => {
  const answer = await doors.outsider().send(method, path, body);
  expect(answer).toMatchObject({ status: 401, body: { error: { code: 'unauthenticated' } } });
  expect(answer.headers['cache-control']).toBe('no-store');
});

test.each([
  'x=%',
  'rolecall=%',
  'rolecall=%E0%A4%A',
  'rolecall',
  '=',
  ';;;',
  'rolecall=""',
  `rolecall=${'a'.repeat(5000)}`,
  `rolecall=${newToken()}`,
  `rolecall=${newToken()}; rolecall=${newToken()}`,
])('the cookie %s is nobody', async (cookie) => {
  const answer = await doors.outsider().get('/api/me', { cookie });
  expect(answer).toMatchObject({ status: 401, body: { error: { code: 'unauthenticated' } } });
});

test('the public id of a session, and the hash of its token, are no cookies', async () => {
  const guest = await house.enter(ada);
  const [row] = await house.app.sql`select id, token_hash from session where id = ${guest.caller.sessionId}`;
  for (const value of [row!.id, row!.token_hash]) {
    expect((await doors.outsider().get('/api/me', { cookie: `rolecall=${String(value)}` })).status).toBe(401);
  }
  expect((await doors.outsider().get('/api/me', { cookie: `rolecall=${guest.token}` })).status).toBe(200);
});

test('an ended session reads nothing, writes nothing and says that it is over', async () => {
  const guest = await house.enter(ada);
  const client = doors.outsider();
  client.cookies.set('rolecall', guest.token);
  expect((await client.get('/api/companies')).status).toBe(200);
  await endSessions(house.app, guest.caller, { sessions: [guest.caller.sessionId] }, 'logout');
  const before = await written();
  for (const [method, path, body] of DOORS) {
    expect(await client.send(method, path, body)).toMatchObject({
      status: 401,
      body: { error: { code: 'session_ended' } },
    });
  }
  expect(await written()).toEqual(before);
});

const UNSAFE: [string, string, object?][] = [
  ['POST', '/api/session', { email: 'x', password: 'y' }],
  ['POST', '/api/companies', { name: 'Foreign' }],
  ['PATCH', '/api/companies/:company', { name: 'Foreign' }],
  ['DELETE', '/api/companies/:company'],
  ['DELETE', '/api/sessions'],
  ['PUT', '/api/companies/:company', { name: 'Foreign' }],
];

test('what changes something is refused when a page of another site sends it', async () => {
  const client = await doors.signIn('Ada');
  const before = await written();
  const port = new URL(doors.base).port;
  const origins = [
    'https://evil.example',
    'null',
    '',
    doors.base.replace('http:', 'https:'),
    `http://127.0.0.1`,
    `http://127.0.0.1:${port}.evil.example`,
    `http://localhost:${port}`,
    `${doors.base}/`,
  ];
  for (const origin of origins) {
    for (const [method, path, body] of UNSAFE) {
      const answer = await client.send(method, path.replace(':company', company), body, { origin });
      expect(answer, `${method} ${path} from "${origin}"`).toMatchObject({
        status: 403,
        body: { error: { code: 'foreign_origin' } },
      });
    }
  }
  for (const site of ['cross-site', 'same-site']) {
    const answer = await client.post(
      '/api/companies',
      { name: 'Foreign' },
      { origin: undefined, 'sec-fetch-site': site },
    );
    expect(answer.status).toBe(403);
  }
  expect(await written()).toEqual(before);
});

test('a program that is no browser names no origin and is heard', async () => {
  const client = await doors.signIn('Ada');
  expect((await client.post('/api/companies', { name: 'By hand' }, { origin: undefined })).status).toBe(201);
});

test.each([
  ['text/plain', '{"name":"Form"}'],
  ['application/x-www-form-urlencoded', 'name=Form'],
  ['multipart/form-data; boundary=x', '--x--'],
  ['application/jsonp', '{"name":"Form"}'],
  ['', '{"name":"Form"}'],
])('a body of "%s" is refused', async (type, body) => {
  const client = await doors.signIn('Ada');
  const before = await written();
  expect(await client.post('/api/companies', body, { 'content-type': type })).toMatchObject({
    status: 400,
    body: { error: { code: 'malformed' } },
  });
  expect(await written()).toEqual(before);
});

test.each(['{', 'null', '[]', '"x"', '7', '{"name":"a"}{', '\u0000', '[['.repeat(50_000)])(
  'a body %s is malformed',
  async (body) => {
    const client = await doors.signIn('Ada');
    expect(await client.post('/api/companies', body)).toMatchObject({
      status: 400,
      body: { error: { code: 'malformed' } },
    });
  },
);

test('compressed bodies, and bodies where none belongs, are refused', async () => {
  const client = await doors.signIn('Ada');
  expect((await client.post('/api/companies', '{}', { 'content-encoding': 'gzip' })).status).toBe(400);
  expect((await client.delete(`/api/companies/${company}`, { version: 1 })).status).toBe(400);
  expect((await client.send('GET', '/api/companies', { filter: {} })).status).toBe(400);
});

test('too much is refused, whether it is announced or not', async () => {
  const client = await doors.signIn('Ada');
  const much = JSON.stringify({ name: 'x'.repeat(300_000) });
  expect(await client.post('/api/companies', much)).toMatchObject({
    status: 413,
    body: { error: { code: 'too_large' } },
  });
  expect(await chunked(client, much)).toBe(413);
});

test('unknown keys are refused, never ignored', async () => {
  const client = await doors.signIn('Ada');
  const before = await written();
  for (const path of [
    '/api/me?x=1',
    '/api/companies?fliter={}',
    `/api/companies/${company}?x=1`,
    '/api/roles?x',
    '/api/sessions?all=true',
    '/api/demo?x=1',
    '/api/openapi.json?x=1',
    '/api/companies?limit=1&limit=2',
    '/api/companies?filter[name]=x',
    `/api/companies/${company}/history?order=asc`,
  ]) {
    expect(await client.get(path), path).toMatchObject({
      status: 400,
      body: { error: { code: 'malformed' } },
    });
  }
  expect((await client.delete('/api/sessions?except=everything')).status).toBe(400);
  expect((await client.delete(`/api/companies/${company}?force=true`)).status).toBe(400);
  for (const [body, code] of [
    [{ name: 'A', nmae: 'B' }, 'unknown_field'],
    [{ name: 'A', id: newId() }, 'unknown_field'],
    [{ name: 'A', deleted_at: null }, 'unknown_field'],
    ['{"name":"A","__proto__":{"owner":"x"}}', 'unknown_field'],
    ['{"name":"A","constructor":1}', 'unknown_field'],
  ] as const) {
    expect(await client.post('/api/companies', body)).toMatchObject({
      status: 400,
      body: { error: { code } },
    });
  }
  const signIn = { email: 'a', password: 'b', remember: true };
  expect(await client.post('/api/session', signIn)).toMatchObject({
    status: 400,
    body: { error: { fields: { remember: 'Unknown' } } },
  });
  expect(await written()).toEqual(before);
});

test.each([
  ['GET', '/api'],
  ['GET', '/api/nothing'],
  ['GET', '/api/__proto__'],
  ['GET', '/api/constructor'],
  ['GET', '/api/companies/x'],
  ['GET', '/api/companies/__proto__'],
  ['GET', `/api/companies/${newId()}`],
  ['GET', `/api/companies/${newId()}/nothing`],
  ['PUT', '/api/companies'],
  ['PATCH', '/api/companies'],
  ['DELETE', '/api/companies'],
  ['POST', '/api/me'],
  ['POST', '/api/sessions'],
  ['PATCH', `/api/sessions/${newId()}`],
  ['GET', '/api/demo'],
  ['GET', '/nothing'],
])('%s %s is 404, as JSON', async (method, path) => {
  const client = await doors.signIn('Ada');
  expect(
    await client.send(method, path, method === 'PATCH' || method === 'POST' ? {} : undefined),
  ).toMatchObject({
    status: 404,
    body: { error: { code: 'not_found' } },
  });
});

test.each([
  '/api/%',
  '/api/companies/%E0%A4%A',
  '/api/companies/%00',
  '/api/companies?filter=%',
  '/api/companies?filter={"name":"\\u0000"}',
  '/api/companies?q=%00',
  '/api/companies?cursor=%00',
  '/api/companies?sort=%00',
])('%s is the mistake of whoever asks', async (path) => {
  const client = await doors.signIn('Ada');
  const { status } = await client.get(path);
  expect([400, 404]).toContain(status);
});

test.each(['', ' ', 'a b', 'é'.normalize('NFC'), 'x'.repeat(201)])(
  '"%s" is no Idempotency-Key',
  async (key) => {
    const client = await doors.signIn('Ada');
    const before = await written();
    const answer = await client.post('/api/companies', { name: 'Key' }, { 'idempotency-key': key });
    expect(answer).toMatchObject({ status: 400, body: { error: { code: 'malformed' } } });
    expect(await written()).toEqual(before);
  },
);

test('a node that has lost the store answers nobody, but says that it runs', async () => {
  const client = await doors.signIn('Ada');
  doors.gate.isOpen = false;
  try {
    for (const path of ['/api/companies', '/api/me', '/api/openapi.json']) {
      const answer = await client.get(path);
      expect(answer).toMatchObject({ status: 503, body: { error: { code: 'unavailable' } } });
      expect(answer.headers['retry-after']).toBe('1');
    }
    expect((await client.post('/api/session', {})).status).toBe(503);
    expect((await client.get('/healthz')).status).toBe(200);
    expect(await client.get('/readyz')).toMatchObject({
      status: 503,
      body: { ok: false, failing: ['bus', 'lease'] },
    });
  } finally {
    doors.gate.isOpen = true;
  }
  expect((await client.get('/readyz')).status).toBe(200);
  expect((await client.get('/metrics')).text).toContain('\nrolecall_sockets 3\n');
});

test('an answer that was ready when the lease ran out is not given', async () => {
  const client = await doors.signIn('Ada');
  let asked = 0;
  doors.gate.onStamp = () => void (doors.gate.isOpen = ++asked < 2);
  try {
    expect((await client.get('/api/companies')).status).toBe(503);
  } finally {
    doors.gate.onStamp = () => undefined;
    doors.gate.isOpen = true;
  }
});

/** Sent piece by piece, without a length; answers the status. */
function chunked(client: RawClient, text: string): Promise<number> {
  const { hostname, port } = new URL(client.base);
  return new Promise((resolve, reject) => {
    const headers = {
      'content-type': 'application/json',
      origin: client.base,
      cookie: client.cookieHeader(),
    };
    const outgoing = request({ host: hostname, port, path: '/api/companies', method: 'POST', headers });
    outgoing.on('response', (incoming) => resolve(incoming.resume().statusCode ?? 0));
    outgoing.on('error', reject);
    for (let from = 0; from < text.length; from += 10_000) outgoing.write(text.slice(from, from + 10_000));
    outgoing.end();
  });
}
