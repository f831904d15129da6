import { afterEach, describe, expect, test, vi } from 'vitest';
import { newId } from '../../../shared/lib/ids.ts';
import { must } from '../../../shared/lib/must.ts';
import type { Me } from '../../../shared/protocol/index.ts';
import { ledger } from '../../world/ledger.ts';
import { enter, newDeal, startPair } from '../../world/pair.ts';
import { people, pipelines, roles, teams } from '../../world/people.ts';
import { RawClient, type Answer } from '../../world/rawClient.ts';
import { openSocket } from '../../world/rawSocket.ts';
import { openWire, Refused } from '../../world/wire.ts';

// What belongs to Enterprise North, asked for by a representative of Enterprise South. Whatever she tries, she learns
// nothing – not even that it is there – and changes nothing.

vi.setConfig({ testTimeout: 30_000, hookTimeout: 200_000 });
const { a, b, database } = await startPair();
const anna = await enter(a, people.anna);

/** No such words are in the demo: who hears them has heard of these records. */
const CANARY = 'Quagga';
const post = async (path: string, body: object): Promise<string> => {
  const answer = await anna.post(path, body);
  expect(answer.status, answer.text).toBe(201);
  return (answer.body as { id: string }).id;
};
const company = await post('/api/companies', { name: `${CANARY} Works` });
const contact = await post('/api/contacts', { name: `${CANARY} Person`, company });
const deal = (await newDeal(anna, { title: `${CANARY} deal`, company, contact, amount: 64_206.42 })).id;
const activity = await post('/api/activities', { kind: 'note', subject: `${CANARY} note`, deal });
const binned = (await newDeal(anna, { title: `${CANARY} binned` })).id;
expect((await anna.delete(`/api/deals/${binned}`)).status).toBe(200);
const annasSession = ((await anna.get('/api/me')).body as Me).session.id;

const chiamaka = await enter(b, people.chiamaka);
const own = (await newDeal(chiamaka, { title: 'Her own' })).id;
const herSession = ((await chiamaka.get('/api/me')).body as Me).session.id;
const socket = await openSocket(chiamaka);
const before = await ledger(database.sql);

afterEach(async () => {
  expect(await ledger(database.sql)).toEqual(before);
  for (const bytes of [chiamaka.bytes(), socket.bytes()]) {
    expect(bytes).not.toContain(CANARY);
    expect(bytes).not.toContain('64206');
  }
  for (const node of [a, b]) expect((await chiamaka.at(node.base).get('/healthz')).status).toBe(200);
});

const codeOf = ({ body }: Answer): string =>
  (body as { error?: { code: string } } | null)?.error?.code ?? 'none';

describe('what is not hers', () => {
  const records: [plural: string, id: string][] = [
    ['deals', deal],
    ['deals', binned],
    ['companies', company],
    ['contacts', contact],
    ['activities', activity],
  ];
  const ways: [method: string, tail: string, body?: object][] = [
    ['GET', ''],
    ['GET', '/history'],
    ['GET', '/history?limit=1'],
    ['PATCH', '', {}],
    ['PATCH', '', { owner: people.chiamaka.id }],
    ['PATCH', '', { version: 1, title: 'Mine' }],
    ['PATCH', '', { version: 1, name: 'Mine' }],
    ['PATCH', '', { version: 1, subject: 'Mine' }],
    ['DELETE', ''],
    ['DELETE', '?version=1'],
    ['POST', '/restore'],
  ];

  test.each(records)('%s %s: every door says what it says of an id that never was', async (plural, id) => {
    for (const [method, tail, body] of ways) {
      const [real, made] = [
        await chiamaka.send(method, `/api/${plural}/${id}${tail}`, body),
        await chiamaka.send(method, `/api/${plural}/${newId()}${tail}`, body),
      ];
      expect([real.status, real.text], `${method} ${tail}`).toEqual([made.status, made.text]);
      expect(real.status, `${method} ${tail} ${real.text}`).toBeGreaterThanOrEqual(400);
      expect([400, 404]).toContain(real.status);
      if (body === undefined || Object.keys(body).length === 0) expect(codeOf(real)).toBe('not_found');
    }
  });

  test('a list, a filter, a search and a page of it are empty', async () => {
    const asked: [plural: string, query: Record<string, unknown>][] = [
      ['deals', { filter: { id: deal } }],
      ['deals', { filter: { id: { in: [deal, binned] } }, total: 'true' }],
      ['deals', { filter: { company } }],
      ['deals', { filter: { owner: people.anna.id, title: { contains: CANARY } }, total: 'true' }],
      ['deals', { q: CANARY }],
      ['companies', { q: CANARY, total: 'true' }],
      ['contacts', { filter: { company } }],
      ['activities', { filter: { deal } }],
      ['activities', { filter: { subject: { contains: CANARY } }, total: 'true' }],
    ];
    for (const [plural, query] of asked) {
      const text = new URLSearchParams(
        Object.entries(query).map(([key, value]): [string, string] => [
          key,
          typeof value === 'string' ? value : JSON.stringify(value),
        ]),
      );
      const answer = await chiamaka.get(`/api/${plural}?${text}`);
      expect(answer.status, answer.text).toBe(200);
      expect(answer.body).toMatchObject({ rows: [], next: null });
      const { total } = answer.body as { total?: { count: number } };
      expect(total?.count ?? 0).toBe(0);
    }
  });

  test('an explanation of it is not given', async () => {
    const ask = (user: string, id: string) =>
      chiamaka.get(`/api/explain?user=${user}&action=read&object=deal&id=${id}`);
    expect((await ask(people.chiamaka.id, deal)).text).toBe((await ask(people.chiamaka.id, newId())).text);
    expect((await ask(people.chiamaka.id, deal)).status).toBe(404);
    for (const id of [deal, newId()]) {
      expect(codeOf(await ask(people.anna.id, id))).toBe('not_allowed');
      expect(codeOf(await chiamaka.get(`/api/who-can-see?object=deal&id=${id}`))).toBe('not_allowed');
    }
  });

  test('its id in the body of something of hers is no such thing', async () => {
    const attempts: [method: string, path: string, field: string, id: string, rest: object][] = [
      ['POST', '/api/activities', 'deal', deal, { kind: 'note', subject: 'x' }],
      ['POST', '/api/activities', 'company', company, { kind: 'note', subject: 'x' }],
      ['POST', '/api/contacts', 'company', company, { name: 'x' }],
      ['PATCH', `/api/deals/${own}`, 'company', company, {}],
      ['PATCH', `/api/deals/${own}`, 'contact', contact, {}],
      [
        'POST',
        '/api/deals',
        'company',
        company,
        { title: 'x', pipeline: pipelines.newBusiness, stage: 'qualified' },
      ],
    ];
    for (const [method, path, field, id, rest] of attempts) {
      const [real, made] = [
        await chiamaka.send(method, path, { ...rest, [field]: id }),
        await chiamaka.send(method, path, { ...rest, [field]: newId() }),
      ];
      expect([real.status, real.text], `${method} ${path} ${field}`).toEqual([422, made.text]);
      expect(Object.keys((real.body as { error: { fields: object } }).error.fields)).toEqual([field]);
    }
  });

  test('a view of it is the view of nothing', async () => {
    const views = [
      { object: 'deal', record: deal },
      { object: 'deal', filter: { id: { in: [deal] } } },
      { object: 'deal', filter: { owner: people.anna.id }, q: CANARY },
      { object: 'deal', q: CANARY },
      { object: 'activity', filter: { deal } },
      { object: 'company', record: company },
      { object: 'session', record: annasSession },
      { object: 'session', filter: { user: people.anna.id } },
    ];
    for (const view of views) {
      const { rows, totals, next } = await socket.open(view, 'nothing');
      expect({ rows, count: totals?.count, next }, JSON.stringify(view)).toEqual({ rows: [], count: 0 });
    }
  });
});

describe('what she has no right to', () => {
  const role = { name: 'Mine', purpose: '', grants: {}, fields: {}, system: ['manage_roles'] };
  test.each<[string, string, object | undefined, number, string]>([
    ['DELETE', `/api/sessions/${annasSession}`, undefined, 404, 'not_found'],
    ['DELETE', `/api/sessions/${newId()}`, undefined, 404, 'not_found'],
    ['GET', `/api/users/${people.anna.id}/sessions`, undefined, 404, 'not_found'],
    ['DELETE', `/api/users/${people.anna.id}/sessions`, undefined, 404, 'not_found'],
    ['DELETE', `/api/roles/${roles.salesAssistant}/sessions`, undefined, 404, 'not_found'],
    ['GET', `/api/roles/${roles.salesAssistant}`, undefined, 404, 'not_found'],
    ['PATCH', `/api/roles/${roles.salesAssistant}`, { purpose: 'x' }, 403, 'not_allowed'],
    ['POST', '/api/roles', role, 403, 'not_allowed'],
    ['POST', '/api/assignments', { user: people.giulia.id, role: roles.salesAssistant }, 403, 'not_allowed'],
    [
      'DELETE',
      `/api/assignments?user=${people.noor.id}&role=${roles.salesAssistant}`,
      undefined,
      403,
      'not_allowed',
    ],
    ['PATCH', `/api/users/${people.chiamaka.id}`, { manager: null }, 403, 'not_allowed'],
    ['PATCH', `/api/users/${people.anna.id}`, { active: false }, 403, 'not_allowed'],
    ['POST', '/api/users', { name: 'X', active: true }, 403, 'not_allowed'],
    ['PATCH', `/api/teams/${teams.south}`, { name: 'Mine' }, 403, 'not_allowed'],
    ['PATCH', `/api/pipelines/${pipelines.newBusiness}`, { name: 'Mine' }, 403, 'not_allowed'],
    ['PATCH', `/api/sessions/${herSession}`, { device: 'x' }, 404, 'not_found'],
    ['PATCH', `/api/deals/${own}`, { owner: people.anna.id }, 403, 'not_allowed'],
    ['PATCH', `/api/deals/${own}`, { team: teams.north }, 403, 'not_allowed'],
    ['PATCH', `/api/deals/${own}`, { participants: [people.anna.id] }, 403, 'not_allowed'],
    ['PATCH', `/api/deals/${own}`, { discount: 5 }, 422, 'field_not_editable'],
    ['PATCH', `/api/deals/${own}`, { margin: 5 }, 422, 'field_not_editable'],
    ['PATCH', `/api/deals/${own}`, { stage: 'nowhere' }, 422, 'invalid'],
    ['PATCH', `/api/deals/${own}`, { pipeline: pipelines.renewals }, 422, 'invalid'],
    ['PATCH', `/api/deals/${own}`, { amount: '12' }, 422, 'invalid'],
  ])('%s %s %j is %i %s', async (method, path, body, status, code) => {
    const answer = await chiamaka.send(method, path, body);
    expect([answer.status, codeOf(answer)], answer.text).toEqual([status, code]);
  });

  test.each<[key: 'sort' | 'filter', value: unknown]>([
    ['sort', 'margin'],
    ['sort', '-margin'],
    ['filter', { margin: { gte: 1 } }],
    ['filter', { margin: null }],
    ['filter', { or: [{ title: 'x' }, { and: [{ margin: { lt: 9 } }] }] }],
  ])('asking for %s %j is refused by either door', async (key, value) => {
    const text = typeof value === 'string' ? value : JSON.stringify(value);
    const answer = await chiamaka.get(`/api/deals?${key}=${encodeURIComponent(text)}`);
    expect([answer.status, codeOf(answer)]).toEqual([400, 'field_not_readable']);
    const view = { object: 'deal', [key]: value };
    expect(await socket.ask('open', { id: 'hidden', view })).toMatchObject({
      error: { code: 'field_not_readable' },
    });
  });
});

describe('what nobody knows', () => {
  test.each([
    ['PATCH', `/api/deals/${own}`, { titel: 'x' }, 'unknown_field'],
    ['PATCH', `/api/deals/${own}`, { title: 'x', may: {} }, 'unknown_field'],
    ['PATCH', `/api/deals/${own}`, { touched: {} }, 'unknown_field'],
    ['PATCH', `/api/deals/${own}`, { stage_since: '2020-01-01T00:00:00.000Z' }, 'unknown_field'],
    ['PATCH', `/api/deals/${own}`, { custom: { campaign: 'x' } }, 'unknown_field'],
    ['PATCH', `/api/deals/${own}`, '{"__proto__":{"amount":1}}', 'unknown_field'],
    ['POST', '/api/session', { email: 'a', password: 'b', admin: true }, 'malformed'],
    ['POST', '/api/welcome', { token: 'x'.repeat(43), role: 'administrator' }, 'malformed'],
    ['POST', `/api/deals/${own}/restore`, { force: true }, 'malformed'],
    ['GET', '/api/deals?fliter={}', undefined, 'malformed'],
    ['GET', '/api/deals?limit=501', undefined, 'malformed'],
    ['GET', '/api/deals?sort=token_hash', undefined, 'bad_filter'],
    ['GET', '/api/deals?filter={"custom":1}', undefined, 'bad_filter'],
    ['GET', '/api/deals?filter={"deleted_at":{"empty":false}}', undefined, 'bad_filter'],
    ['GET', '/api/sessions?user=x', undefined, 'malformed'],
    ['GET', '/api/deals?cursor=AAAA', undefined, 'bad_cursor'],
  ])('%s %s %j is refused', async (method, path, body, code) => {
    const answer = await chiamaka.send(method, encodeURI(path), body);
    expect([answer.status, codeOf(answer)], answer.text).toEqual([400, code]);
  });

  test('filters of any size and shape are the asker’s mistake, and cost no more than an answer', async () => {
    const deep = (levels: number): object => (levels === 0 ? { title: 'x' } : { or: [deep(levels - 1)] });
    const filters: unknown[] = [
      deep(2_000),
      Object.fromEntries(Array.from({ length: 2_000 }, (_, n) => [`or${n}`, 1])),
      { or: Array.from({ length: 800 }, () => ({ title: 'x' })) },
      { id: { in: Array.from({ length: 501 }, () => 'x') } },
      { title: { contains: '%'.repeat(300) } },
      { title: { contains: '\u0000' } },
      { amount: { gte: 1e400 } },
      { amount: { gte: 'NaN' } },
      { closes_on: { gte: '99999-13-45' } },
      [1],
      'x',
    ];
    for (const filter of filters) {
      const text = JSON.stringify(filter);
      const viaHttp = await chiamaka.get(`/api/deals?filter=${encodeURIComponent(text)}`);
      expect([400, 413, 431], text.slice(0, 80)).toContain(viaHttp.status);
      const viaSocket = await socket.ask('open', { id: 'f', view: { object: 'deal', filter } });
      expect(viaSocket, text.slice(0, 80)).toHaveProperty('error.code');
    }
  });
});

describe('pages of other sites', () => {
  const unsafe: [string, string, object?][] = [
    ['POST', '/api/deals', { title: 'x' }],
    ['PATCH', `/api/deals/${own}`, { title: 'x' }],
    ['DELETE', `/api/deals/${own}`],
    ['DELETE', '/api/sessions'],
    ['POST', '/api/session', { email: people.anna.email, password: 'x' }],
  ];
  const origins = ['https://evil.example', 'null', '', a.base, b.base.replace('http:', 'https:')];

  test.each(origins)('from origin "%s" every change is refused, and so is the handshake', async (origin) => {
    for (const [method, path, body] of unsafe) {
      expect(codeOf(await chiamaka.send(method, path, body, { origin }))).toBe('foreign_origin');
    }
    await expect(openSocket(chiamaka, { headers: { origin } })).rejects.toBeInstanceOf(Refused);
  });

  test('without an origin but with a browser’s word that the site is another, too', async () => {
    for (const site of ['cross-site', 'same-site']) {
      const headers = { origin: undefined, 'sec-fetch-site': site };
      for (const [method, path, body] of unsafe) {
        expect(codeOf(await chiamaka.send(method, path, body, headers))).toBe('foreign_origin');
      }
      await expect(openSocket(chiamaka, { headers })).rejects.toBeInstanceOf(Refused);
    }
    // A program that is no browser says neither; the cookie alone lets it in.
    const hers = await openSocket(chiamaka, { headers: { origin: undefined } });
    expect(hers.connected).toBe(true);
    hers.wire.destroy();
  });

  test('a foreign name that leads to this machine reaches neither the demo nor its sockets', async () => {
    const host = `evil.example:${b.port}`;
    const headers = { host, origin: `http://${host}` };
    expect((await chiamaka.get('/api/me', headers)).status).toBe(403);
    expect((await chiamaka.post('/api/session', { email: 'x', password: 'y' }, headers)).status).toBe(403);
    await expect(openSocket(chiamaka, { headers })).rejects.toBeInstanceOf(Refused);
  });
});

test('sockets open to sessions only, and by WebSocket only', async () => {
  const nobody = new RawClient(b.base);
  await expect(openSocket(nobody)).rejects.toThrow(/unauthenticated/);
  for (const cookie of ['rolecall=%', `rolecall=${'x'.repeat(43)}`, `rolecall=${herSession}`]) {
    await expect(openSocket(nobody, { headers: { cookie } })).rejects.toThrow(/unauthenticated/);
  }
  await expect(openSocket(nobody, { auth: { token: herSession } })).rejects.toThrow(/unauthenticated/);
  const polling = await chiamaka.get('/socket.io/?EIO=4&transport=polling');
  expect(polling.status).toBe(400);
  expect(polling.text).not.toContain('sid');
  for (const path of ['/socket.io/?EIO=3&transport=websocket', '/socket.io/?transport=websocket']) {
    const wire = await openWire(b.base + path, { cookie: chiamaka.cookieHeader() }).catch(() => null);
    wire?.destroy();
    expect(wire === null || !wire.messages.some((text) => text.startsWith('40'))).toBe(true);
  }
  expect(must(socket.connected, 'her socket')).toBe(true);
});
