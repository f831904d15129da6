import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import { OBJECTS } from '../../../shared/objects/index.ts';
import { meSchema, receiptSchema, sessionSchema } from '../../../shared/protocol/index.ts';
import { firstAdministratorLink } from '../../../server/commands/identity/firstAdministrator.ts';
import { ensureBuiltIns } from '../../../server/db/builtIns.ts';
import { builtClient } from '../../../server/http/client.ts';
import { later } from '../../world/cleanup.ts';
import { RawClient } from '../../world/rawClient.ts';
import { emailOf, openHouse, PASSWORD, type House } from '../identity/house.ts';
import { openDoors, type OpenDoors } from './doors.ts';

let house: House;
let doors: OpenDoors;
beforeAll(async () => {
  house = await openHouse();
  await house.addPerson('Ada');
  doors = await openDoors(house, {}, builtClient(someClient()));
});

/** As Vite builds it, in small. */
function someClient(): string {
  const folder = mkdtempSync(join(tmpdir(), 'rolecall-client-'));
  later(async () => rmSync(folder, { recursive: true }));
  mkdirSync(join(folder, 'assets'));
  writeFileSync(join(folder, 'index.html'), '<!doctype html><title>Rolecall</title>');
  writeFileSync(join(folder, 'assets', 'index-4f2a.js'), 'console.log("rolecall");'.repeat(200));
  writeFileSync(join(folder, '.stamp'), 'secret');
  return folder;
}

test('signing in sets a cookie that script cannot read, and no body holds the token', async () => {
  const client = doors.outsider();
  const answer = await client.post('/api/session', { email: emailOf('Ada'), password: PASSWORD });
  expect(answer).toMatchObject({ status: 200, body: { user: { name: 'Ada', email: emailOf('Ada') } } });
  const [cookie] = answer.headers['set-cookie'] ?? [];
  expect(cookie).toMatch(/^rolecall=[\w-]{43}; Max-Age=2592000; Path=\/; HttpOnly; SameSite=Lax$/);
  expect(answer.text).not.toContain(client.cookies.get('rolecall'));
  const me = meSchema.parse((await client.get('/api/me')).body);
  expect(me.user.name).toBe('Ada');
  const { rows } = (await client.get('/api/sessions')).body as { rows: unknown[] };
  expect(rows.map((row) => sessionSchema.parse(row))).toMatchObject([
    { current: true, address: '127.0.0.1' },
  ]);

  const out = await client.delete('/api/session');
  expect(receiptSchema.parse(out.body).ended).toBe(1);
  expect(out.headers['set-cookie']).toEqual(['rolecall=; Max-Age=0; Path=/; HttpOnly; SameSite=Lax']);
  expect((await client.get('/api/me')).status).toBe(401);
});

test('in production the cookie is bound to the host and to TLS, and only our own origin is heard', async () => {
  const { base } = await openDoors(house, { production: true, publicUrl: 'https://crm.example' });
  const client = new RawClient(base);
  const credentials = { email: emailOf('Ada'), password: PASSWORD };
  expect((await client.post('/api/session', credentials)).status).toBe(403);
  expect((await client.post('/api/session', credentials, { origin: 'http://crm.example' })).status).toBe(403);
  const answer = await client.post('/api/session', credentials, { origin: 'https://crm.example' });
  expect(answer.headers['set-cookie']?.[0]).toMatch(
    /^__Host-rolecall=[\w-]{43}; Max-Age=2592000; Path=\/; HttpOnly; Secure; SameSite=Lax$/,
  );
  expect(answer.headers['strict-transport-security']).toBe('max-age=31536000');
  expect(answer.headers['content-security-policy']).toContain("connect-src 'self' wss://");
  expect(
    (await client.get('/api/me', { cookie: `rolecall=${client.cookies.get('__Host-rolecall')}` })).status,
  ).toBe(401);
  expect((await client.get('/api/me')).status).toBe(200);
});

test('an address is only taken from a proxy that is trusted', async () => {
  const forged = { 'x-forwarded-for': '203.0.113.66' };
  for (const [trustProxy, address] of [
    [false, '127.0.0.1'],
    [1, '203.0.113.66'],
  ] as const) {
    const { base } = await openDoors(house, { trustProxy });
    const client = new RawClient(base);
    await client.post('/api/session', { email: emailOf('Ada'), password: PASSWORD }, forged);
    const { rows } = (await client.get('/api/sessions')).body as {
      rows: { current: boolean; address: string }[];
    };
    expect(rows.find((row) => row.current)?.address).toBe(address);
  }
});

test.each([
  '/',
  '/deals/123',
  '/api/me',
  '/api/nothing',
  '/healthz',
  '/assets/index-4f2a.js',
  '/nothing.js',
  '/api/%',
])('%s carries the headers that protect', async (path) => {
  const { headers } = await doors.outsider().get(path);
  const policy = String(headers['content-security-policy']);
  for (const part of ["default-src 'self'", "object-src 'none'", "base-uri 'none'", "frame-ancestors 'none'"])
    expect(policy).toContain(part);
  expect(policy).not.toMatch(/script-src|unsafe-eval|\*/);
  expect(headers).toMatchObject({
    'x-content-type-options': 'nosniff',
    'referrer-policy': 'same-origin',
    'x-request-id': expect.any(String),
  });
  expect(headers).not.toHaveProperty('x-powered-by');
  expect(headers).not.toHaveProperty('etag');
  expect(headers).not.toHaveProperty('access-control-allow-origin');
});

test('a host name that is no host name gets into no header', async () => {
  const answer = await doors.outsider().get('/', { host: "x; script-src 'unsafe-inline'" });
  expect(String(answer.headers['content-security-policy'])).not.toContain('script-src');
});

test('any page is the one document, a file that is not there is none', async () => {
  const outsider = doors.outsider();
  for (const path of ['/', '/deals/0195', '/welcome', '/sessions?x=1']) {
    const answer = await outsider.get(path);
    expect(answer).toMatchObject({ status: 200, text: '<!doctype html><title>Rolecall</title>' });
    expect(answer.headers).toMatchObject({
      'content-type': 'text/html; charset=utf-8',
      'cache-control': 'no-cache',
    });
  }
  for (const path of [
    '/assets/gone.js',
    '/.stamp',
    '/../package.json',
    '/assets/../../package.json',
    '/%2e%2e/package.json',
    '/..%2fpackage.json',
  ]) {
    const { status, text } = await outsider.get(path);
    expect([path, status]).toEqual([path, 404]);
    expect(text).not.toMatch(/secret|dependencies/);
  }
  expect((await outsider.post('/', {})).status).toBe(404);
});

test('files named by their content are kept for ever, and sent compressed to who takes it', async () => {
  const outsider = doors.outsider();
  const plain = await outsider.get('/assets/index-4f2a.js');
  expect(plain.headers).toMatchObject({
    'cache-control': 'public, max-age=31536000, immutable',
    'content-type': 'text/javascript; charset=utf-8',
    vary: 'Accept-Encoding',
  });
  expect(plain.headers).not.toHaveProperty('content-encoding');
  const answer = await fetch(`${doors.base}/assets/index-4f2a.js`, {
    headers: { 'accept-encoding': 'gzip' },
  });
  expect(answer.headers.get('content-encoding')).toBe('gzip');
  expect(await answer.text()).toBe(plain.text);
});

test('the demo answers under loopback names only, and offers its accounts', async () => {
  const { base } = await openDoors(house, { demo: true });
  const client = new RawClient(base);
  for (const host of [
    'crm.example',
    'localhost.evil.example',
    '127.0.0.1.evil.example',
    '192.168.1.5',
    '127.0.0.1@evil.example',
    'localhost:80:80',
  ]) {
    for (const path of ['/', '/api/demo', '/healthz']) {
      expect((await client.get(path, { host })).status, `${host}${path}`).toBeGreaterThanOrEqual(400);
    }
  }
  for (const host of ['localhost:3000', '127.0.0.1', '[::1]:3000', 'LOCALHOST'])
    expect((await client.get('/healthz', { host })).status).toBe(200);
  expect(await client.get('/api/demo')).toMatchObject({ status: 200, body: { accounts: [] } });
});

test('the first administrator comes in by the link, and is signed in', async () => {
  const other = await openHouse();
  await ensureBuiltIns(other.app.sql);
  const { base } = await openDoors(other);
  const token = (await firstAdministratorLink(other.app, base))?.split('#token=')[1];
  const client = new RawClient(base);
  const person = { token, name: 'First', email: 'first@house.example', password: 'short' };
  expect((await client.post('/api/welcome', person)).status).toBe(400);
  expect((await client.post('/api/welcome', { ...person, password: 'password123' })).status).toBe(422);
  expect(await client.post('/api/welcome', { ...person, password: PASSWORD })).toMatchObject({
    status: 201,
    body: { user: { name: 'First' } },
  });
  expect((await client.get('/api/me')).body).toMatchObject({ roles: [{ name: 'Administrator' }] });
  expect((await client.post('/api/welcome', { ...person, password: PASSWORD })).status).toBe(404);
});

test('the API describes itself: every object, every reference there is', async () => {
  const { body, text } = await doors.outsider().get('/api/openapi.json');
  const api = body as {
    openapi: string;
    paths: Record<string, object>;
    components: { schemas: Record<string, object> };
  };
  expect(api.openapi).toBe('3.1.0');
  for (const { plural, name, grantedBy } of OBJECTS) {
    if (name === 'session') continue;
    const isOurs = name === 'notification' || name === 'import';
    // Of imports the file is sent, and the rest is the program's.
    const isRead = name === 'notification';
    expect(Object.keys(api.paths[`/api/${plural}`] ?? {}).sort()).toEqual(isRead ? ['get'] : ['get', 'post']);
    expect(Object.keys(api.paths[`/api/${plural}/{id}`] ?? {})).toEqual(
      isOurs || grantedBy ? ['get'] : ['get', 'patch', 'delete'],
    );
  }
  const refs = [...text.matchAll(/"\$ref":"#\/components\/schemas\/(\w+)"/g)].map(([, name]) => name ?? '');
  expect(refs.length).toBeGreaterThan(50);
  expect(refs.filter((name) => !(name in api.components.schemas))).toEqual([]);
  expect(api.components.schemas['DealValues']).toMatchObject({
    additionalProperties: false,
    properties: { amount: { title: 'Amount', 'x-sensitivity': 'sensitive' } },
  });
  expect(text).not.toContain('stage_since":{"readOnly":false');
});

test('every path that the description names is a door', async () => {
  const { body } = await doors.outsider().get('/api/openapi.json');
  const { paths } = body as { paths: Record<string, Record<string, { security?: object[] }>> };
  for (const [path, doorsOfPath] of Object.entries(paths)) {
    for (const [method, { security }] of Object.entries(doorsOfPath)) {
      const at = path.replace('{id}', '018f0000-0000-7000-8000-000000000000');
      const { status } = await doors
        .outsider()
        .send(method.toUpperCase(), at, ['post', 'patch'].includes(method) ? {} : undefined);
      // Open ones complain about the body; /api/demo is only there in a demo.
      if (security?.length !== 0) expect([method, path, status]).toEqual([method, path, 401]);
      else if (path !== '/api/demo') expect([method, path, status]).toEqual([method, path, 400]);
    }
  }
});
