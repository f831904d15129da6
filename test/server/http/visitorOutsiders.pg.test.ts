import { beforeAll, describe, expect, test } from 'vitest';
import { newToken } from '../../../server/identity/tokens.ts';
import { newId } from '../../../shared/lib/ids.ts';
import {
  messagesIn,
  ticketIn,
  writtenBy,
  address,
  CANARY,
  codeOf,
  key,
  openChat,
  OTHER,
  SHOP,
  type ChatHouse,
} from './chat.ts';

let chat: ChatHouse;
beforeAll(async () => {
  chat = await openChat();
});

const messagesOf = (ticket: string) => messagesIn(chat, ticket);
const written = () => writtenBy(chat);

describe('another visitor', () => {
  test('reaches nothing of a thread that is not theirs, whichever id they name', async () => {
    const vera = await chat.visitor({ name: 'Vera' });
    const said = await vera.say(`Secret ${CANARY}`);
    const ticket = ticketIn(said);
    const message = (said.body as { message: { id: string } }).message.id;
    const mallory = await chat.visitor({ name: 'Mallory' });
    const before = await written();
    for (const id of [ticket, message, vera.id]) {
      for (const [method, path, body] of [
        ['GET', `/api/visitor/${id}`],
        ['GET', `/api/visitor/messages`],
        ['GET', `/api/visitor/messages/${id}`],
        ['GET', `/api/visitor/tickets/${id}`],
        ['GET', `/api/visitor?visitor=${id}`],
        ['GET', `/api/visitor?ticket=${id}`],
        ['POST', `/api/visitor/messages?ticket=${id}`, { body: 'X' }],
        ['POST', '/api/visitor/messages', { body: 'X', ticket: id }],
        ['POST', '/api/visitor/messages', { body: 'X', customer: id }],
        ['POST', '/api/visitor/messages', { body: 'X', from: 'us' }],
        ['POST', '/api/visitor/messages', '{"body":"X","__proto__":{"ticket":"x"}}'],
        ['POST', '/api/visitor/seen', { ticket: id }],
        ['PATCH', '/api/visitor', { visitor: id, name: 'X' }],
        ['PATCH', '/api/visitor', { channel: chat.other }],
        ['DELETE', `/api/visitor?visitor=${id}`],
        ['DELETE', `/api/visitor/${id}`],
      ] as const) {
        const { status } = await mallory.send(method, path, body);
        expect([400, 404], `${method} ${path}`).toContain(status);
      }
    }
    expect(await written()).toEqual(before);
    expect(ticketIn(await mallory.say('Mine'))).not.toBe(ticket);
    expect(mallory.client.bytes()).not.toContain(CANARY);
    expect(mallory.client.bytes()).not.toContain('Vera');
  });

  test("a key that somebody else used is one's own", async () => {
    const [vera, max] = [await chat.visitor(), await chat.visitor()];
    const same = key();
    const [one, two] = [await vera.say('Same', same), await max.say('Same', same)];
    expect([one.status, two.status]).toEqual([201, 201]);
    expect(ticketIn(one)).not.toBe(ticketIn(two));
  });
});

describe('origins', () => {
  test('a foreign page is refused before anything is looked at, its preflight too', async () => {
    const vera = await chat.visitor();
    const before = await written();
    for (const origin of [
      'https://evil.example',
      'null',
      '',
      'file://',
      `${SHOP}/`,
      `${SHOP}.evil.example`,
      SHOP.replace('https', 'http'),
      `${SHOP}:8443`,
      'https://www.shop.example',
      chat.doors.base.replace('http:', 'https:'),
    ]) {
      for (const [method, path, body] of [
        ['OPTIONS', '/api/visitor'],
        ['OPTIONS', '/api/visitor/messages'],
        ['POST', '/api/visitor', { channel: chat.channel }],
        ['GET', '/api/visitor'],
        ['POST', '/api/visitor/messages', { body: 'X' }],
        ['POST', '/api/visitor/seen', {}],
        ['DELETE', '/api/visitor'],
      ] as const) {
        const answer = await vera.send(method, path, body, { origin });
        expect(answer, `${method} ${path} from "${origin}"`).toMatchObject({
          status: 403,
          body: { error: { code: 'foreign_origin' } },
        });
        expect(answer.headers['access-control-allow-origin']).toBeUndefined();
        expect(answer.headers.vary).toContain('Origin');
      }
    }
    for (const site of ['cross-site', 'same-site']) {
      const answer = await vera.send('GET', '/api/visitor', undefined, { origin: undefined, 'sec-fetch-site': site }); // prettier-ignore
      expect(answer.status).toBe(403);
    }
    expect(await written()).toEqual(before);
  });

  test('a page that shows the chat is heard, without cookies; the rest of the API stays closed to it', async () => {
    const vera = await chat.visitor({}, SHOP);
    const preflight = await vera.send('OPTIONS', '/api/visitor/messages', undefined, {
      'access-control-request-method': 'POST',
      'access-control-request-headers': 'authorization,content-type,idempotency-key',
      authorization: undefined,
    });
    expect(preflight).toMatchObject({
      status: 204,
      text: '',
      headers: {
        'access-control-allow-origin': SHOP,
        'access-control-allow-methods': 'GET, POST, PATCH, DELETE',
        'access-control-allow-headers': 'Authorization, Content-Type, Idempotency-Key',
      },
    });
    const answers = [
      await vera.say('Hello'),
      await vera.send('GET', '/api/visitor'),
      await vera.say(''),
      await vera.send('GET', '/api/visitor', undefined, { authorization: `Bearer ${newToken()}` }),
    ];
    expect(answers.map(({ status }) => status)).toEqual([201, 200, 422, 401]);
    for (const { headers } of [preflight, ...answers]) {
      expect(headers['access-control-allow-origin']).toBe(SHOP);
      expect(headers['access-control-allow-credentials']).toBeUndefined();
    }
    for (const [method, path, body] of [
      ['OPTIONS', '/api/session'],
      ['OPTIONS', '/api/visitors'],
      ['POST', '/api/session', { email: 'x', password: 'y' }],
      ['GET', '/api/demo'],
      ['GET', '/api/openapi.json'],
      ['POST', '/api/deals', {}],
    ] as const) {
      const { headers } = await vera.send(method, path, body);
      expect(headers['access-control-allow-origin'], path).toBeUndefined();
    }
  });

  test("a token of one channel does not work on another's pages, and nobody comes by a channel from there", async () => {
    const vera = await chat.visitor({}, SHOP);
    await vera.say('Hello');
    const before = await written();
    for (const answer of [
      await vera.send('GET', '/api/visitor', undefined, { origin: OTHER }),
      await vera.say('Here', { origin: OTHER }),
      await vera.send('DELETE', '/api/visitor', undefined, { origin: OTHER }),
      await vera.client.post('/api/visitor', { channel: chat.channel }, { origin: OTHER }),
    ]) {
      expect(codeOf(answer)).toBe('foreign_origin');
    }
    const refused = await vera.say('Here', { origin: OTHER });
    expect(refused.headers['access-control-allow-origin']).toBeUndefined();
    expect(await written()).toEqual(before);
  });

  test('a channel that is switched off lets nobody new in, and its web sites are foreign', async () => {
    const shut = await chat.add('channel', { name: 'Shut', queue: chat.queue, origins: 'https://shut.example', active: false }); // prettier-ignore
    const client = chat.doors.outsider();
    for (const channel of [shut, newId()])
      expect((await client.post('/api/visitor', { channel })).body).toMatchObject({
        error: { code: 'invalid', fields: { channel: 'No such channel' } },
      });
    expect(codeOf(await client.post('/api/visitor', { channel: shut }, { origin: 'https://shut.example' }))).toBe('foreign_origin'); // prettier-ignore
  });
});

describe('too much', () => {
  test('a megabyte is refused, and so is a text that is too long', async () => {
    const vera = await chat.visitor();
    const before = await written();
    expect(codeOf(await vera.say('x'.repeat(1_000_000)))).toBe('too_large');
    expect(codeOf(await vera.say('x'.repeat(65_000)))).toBe('invalid');
    for (const body of ['x'.repeat(10_001), '', ' \n\t ', 'a\u0000b', '\ud800'])
      expect(await vera.say(body)).toMatchObject({ status: 422, body: { error: { fields: { body: expect.any(String) } } } }); // prettier-ignore
    for (const body of [null, 7, ['x'], { $ne: 1 }])
      expect(codeOf(await vera.send('POST', '/api/visitor/messages', { body }))).toBe('malformed');
    expect(await written()).toEqual(before);
    expect((await vera.say('订'.repeat(10_000))).status).toBe(201);
  });

  test('a hundred messages a second become 20, then one a second', async () => {
    const vera = await chat.visitor();
    const from = performance.now();
    const answers = await Promise.all(Array.from({ length: 100 }, (_, i) => vera.say(`${i}`, key())));
    const seconds = Math.ceil((performance.now() - from) / 1_000);
    const through = answers.filter(({ status }) => status === 201);
    expect(through.length).toBeGreaterThanOrEqual(20);
    expect(through.length).toBeLessThanOrEqual(20 + seconds);
    const refused = answers.find(({ status }) => status === 429)!;
    expect(refused.body).toMatchObject({ error: { code: 'too_many_requests' } });
    expect(refused.headers['retry-after']).toBe('1');
    expect((await messagesOf(ticketIn(through[0]!))).length).toBe(through.length);
    await new Promise((resolve) => setTimeout(resolve, 1_050));
    expect((await vera.say('Patient')).status).toBe(201);
  });

  test('from one address 20 visitors come in a minute; others do not suffer for it', async () => {
    const from = address();
    const come = (headers = { 'x-forwarded-for': from }) =>
      chat.doors.outsider().post('/api/visitor', { channel: chat.channel }, headers);
    const answers = await Promise.all(Array.from({ length: 25 }, () => come()));
    expect(answers.filter(({ status }) => status === 201).length).toBe(20);
    const refused = answers.find(({ status }) => status === 429)!;
    expect(Number(refused.headers['retry-after'])).toBeGreaterThan(0);
    expect((await come({ 'x-forwarded-for': address() })).status).toBe(201);
  });
});

test('unknown keys, methods and paths are refused', async () => {
  const vera = await chat.visitor();
  const before = await written();
  for (const [method, path, body, status] of [
    ['POST', '/api/visitor', { channel: chat.channel, token: vera.token }, 400],
    ['POST', '/api/visitor', { channel: 'x' }, 400],
    ['POST', '/api/visitor', {}, 400],
    ['POST', '/api/visitor', [], 400],
    ['POST', '/api/visitor?x=1', { channel: chat.channel }, 400],
    ['GET', '/api/visitor?x=1', undefined, 400],
    ['PATCH', '/api/visitor', { phone: '1' }, 400],
    ['POST', '/api/visitor/messages', { text: 'X' }, 400],
    ['POST', '/api/visitor/seen', { at: 1 }, 400],
    ['PUT', '/api/visitor', { name: 'X' }, 404],
    ['GET', '/api/visitor/seen', undefined, 404],
    ['POST', '/api/Visitor/messages', { body: 'X' }, 404],
    ['GET', '/api/visitor/%', undefined, 404],
  ] as const) {
    const answer = await vera.send(method, path, body);
    expect([status, 400], `${method} ${path}: ${answer.text}`).toContain(answer.status);
  }
  expect(await written()).toEqual(before);
});
