import { beforeAll, describe, expect, test } from 'vitest';
import { newToken } from '../../../server/identity/tokens.ts';
import type { RawClient } from '../../world/rawClient.ts';
import { messagesIn, ticketIn, writtenBy, CANARY, codeOf, key, openChat, type ChatHouse } from './chat.ts';

let chat: ChatHouse;
let ada: RawClient;
beforeAll(async () => {
  chat = await openChat();
  ada = await chat.doors.signIn('Ada');
});

const messagesOf = (ticket: string) => messagesIn(chat, ticket);
const written = () => writtenBy(chat);

describe('a conversation', () => {
  test('a visitor comes, writes, is answered, reads on and comes back', async () => {
    const vera = await chat.visitor({ name: ' Vera ', email: 'vera@example.com' });
    const visit = { visitor: vera.id, name: 'Vera', email: 'vera@example.com', channel: { name: 'Shop', greeting: 'Hello' } }; // prettier-ignore
    expect((await vera.send('GET', '/api/visitor')).body).toEqual({ ...visit, ticket: null });

    const first = await vera.say('  \nWhere is\tmy order?\nIt is late.');
    expect(first).toMatchObject({
      status: 201,
      body: {
        message: { from: 'customer', body: '  \nWhere is\tmy order?\nIt is late.', author_name: 'Vera' },
      },
    });
    const ticket = ticketIn(first);
    expect((await vera.send('GET', '/api/visitor')).body).toEqual({ ...visit, ticket });
    expect((await ada.get(`/api/tickets/${ticket}`)).body).toMatchObject({
      subject: 'Where is my order?',
      status: 'open',
      queue: chat.queue,
      channel: chat.channel,
      customer_name: 'Vera',
      customer_email: 'vera@example.com',
      preview_from: 'customer',
    });

    const answered = await ada.post(`/api/tickets/${ticket}/messages`, { kind: 'reply', body: 'On its way' });
    expect(answered).toMatchObject({ status: 201, body: { from: 'us', author: chat.ada } });
    expect((await ada.get(`/api/tickets/${ticket}`)).body).toMatchObject({ status: 'pending' });
    expect(await vera.send('POST', '/api/visitor/seen', {})).toMatchObject({ status: 204, text: '' });
    const seen = (await ada.get(`/api/tickets/${ticket}`)).body as Record<string, unknown>;
    expect(seen['seen_by_customer_at']).toBe(seen['last_message_at']);

    expect(ticketIn(await vera.say('Thank you'))).toBe(ticket);
    await chat.house.app.sql`update ticket set status = 'resolved' where id = ${ticket}`;
    expect(ticketIn(await vera.say('One more thing'))).toBe(ticket);
    expect((await ada.get(`/api/tickets/${ticket}`)).body).toMatchObject({ status: 'open' });
  });

  test('who they are can be said later, and their ticket tells us', async () => {
    const vera = await chat.visitor();
    const ticket = ticketIn(await vera.say('Hello'));
    const changed = await vera.send('PATCH', '/api/visitor', { name: 'Vera', email: 'vera@example.com' });
    expect(changed).toMatchObject({ status: 200, body: { name: 'Vera', email: 'vera@example.com' } });
    const renamed = await vera.send('PATCH', '/api/visitor', { name: 'V. Lind' });
    expect(renamed).toMatchObject({ body: { name: 'V. Lind', email: 'vera@example.com' } });
    expect((await ada.get(`/api/tickets/${ticket}`)).body).toMatchObject({
      customer_name: 'V. Lind',
      customer_email: 'vera@example.com',
    });
    expect((await vera.send('PATCH', '/api/visitor', { email: 'no address' })).body).toMatchObject({
      error: { code: 'invalid', fields: { email: expect.any(String) } },
    });
    expect((await vera.send('PATCH', '/api/visitor', { name: 'x'.repeat(121) })).status).toBe(422);
    expect((await vera.send('PATCH', '/api/visitor', { name: null })).body).toMatchObject({ name: null });
  });

  test('with a key a message is written once, also 20 in parallel; two first ones open one ticket', async () => {
    const vera = await chat.visitor();
    const once = key();
    const answers = await Promise.all(Array.from({ length: 20 }, () => vera.say('Once', once)));
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([201]));
    expect(new Set(answers.map(({ text }) => text)).size).toBe(1);
    expect(await messagesOf(ticketIn(answers[0]!))).toEqual([{ body: 'Once', from: 'customer' }]);

    const max = await chat.visitor();
    const firsts = await Promise.all(['A', 'B', 'C'].map((body) => max.say(body, key())));
    expect(new Set(firsts.map(ticketIn)).size).toBe(1);
    expect((await messagesOf(ticketIn(firsts[0]!))).length).toBe(3);
    const again = key();
    await max.say('D', again);
    expect(codeOf(await max.say('E', again))).toBe('idempotency_conflict');
  });

  test('a long first line is cut at a word, or anywhere where there are none', async () => {
    const subject = async (body: string) => {
      const vera = await chat.visitor();
      const ticket = await ada.get(`/api/tickets/${ticketIn(await vera.say(body))}`);
      return (ticket.body as { subject: string }).subject;
    };
    const words = await subject('word '.repeat(40));
    expect(words).toMatch(/^(word )+word…$/);
    expect([...words].length).toBeLessThanOrEqual(80);
    expect([...(await subject('订'.repeat(300)))].length).toBe(80);
    expect(await subject('🙂'.repeat(200))).toBe(`${'🙂'.repeat(79)}…`);
  });
});

describe('tokens', () => {
  const PATHS: [string, string, object?][] = [
    ['GET', '/api/visitor'],
    ['PATCH', '/api/visitor', { name: 'X' }],
    ['DELETE', '/api/visitor'],
    ['POST', '/api/visitor/messages', { body: 'X' }],
    ['POST', '/api/visitor/seen', {}],
  ];

  test('without one, with one that never was and with what only looks like one, nobody is let in', async () => {
    const vera = await chat.visitor();
    await vera.say('Hello');
    const [row] = await chat.house.app.sql`select id, token_hash from visitor where id = ${vera.id}`;
    const person = await chat.house.enter(chat.ada);
    const before = await written();
    for (const authorization of [
      undefined,
      'Bearer',
      'Bearer ',
      vera.token,
      `Basic ${vera.token}`,
      `Bearer ${vera.token} `.repeat(2),
      `Bearer ${vera.token}x`,
      `Bearer ${newToken()}`,
      `Bearer ${String(row!['id'])}`,
      `Bearer ${String(row!['token_hash'])}`,
      `Bearer ${person.token}`,
      `Bearer ${'a'.repeat(5_000)}`,
    ]) {
      for (const [method, path, body] of PATHS) {
        const answer = await chat.doors.outsider().send(method, path, body, { authorization });
        expect(answer, `${method} ${path} ${authorization}`).toMatchObject({
          status: 401,
          body: { error: { code: 'unauthenticated' } },
        });
      }
    }
    expect(await written()).toEqual(before);
  });

  test("a session's cookie means nothing to the visitors' doors, and a visitor's token nothing to all others", async () => {
    const vera = await chat.visitor();
    const ticket = ticketIn(await vera.say('Hello'));
    for (const [method, path, body] of PATHS) {
      expect(codeOf(await ada.send(method, path, body))).toBe('unauthenticated');
    }
    const own = { authorization: `Bearer ${vera.token}`, cookie: `rolecall=${vera.token}` };
    for (const [method, path, body] of [
      ['GET', '/api/me'],
      ['GET', '/api/deals'],
      ['GET', '/api/tickets'],
      ['GET', `/api/tickets/${ticket}`],
      ['GET', `/api/tickets/${ticket}/messages`],
      ['POST', `/api/tickets/${ticket}/messages`, { kind: 'reply', body: 'X' }],
      ['POST', `/api/tickets/${ticket}/seen`, {}],
      ['PATCH', `/api/tickets/${ticket}`, { subject: 'X' }],
      ['GET', '/api/messages'],
      ['POST', '/api/messages', { ticket, body: 'X' }],
      ['GET', '/api/notes'],
      ['GET', '/api/notifications'],
      ['GET', '/api/drafts'],
      ['PUT', `/api/drafts/${ticket}/note`, { body: 'X' }],
      ['GET', '/api/users'],
      ['GET', '/api/queues'],
      ['GET', '/api/channels'],
      ['DELETE', '/api/session'],
    ] as const) {
      expect(codeOf(await chat.doors.outsider().send(method, path, body, own)), path).toBe('unauthenticated');
    }
  });

  test('an ended token, replayed, opens nothing and says that it is over', async () => {
    const vera = await chat.visitor();
    await vera.say('Hello');
    expect(await vera.send('DELETE', '/api/visitor')).toMatchObject({ status: 204, text: '' });
    expect(chat.house.pokes.at(-1)).toBe('sessions');
    const before = await written();
    for (const [method, path, body] of PATHS) {
      expect(await vera.send(method, path, body)).toMatchObject({
        status: 401,
        body: { error: { code: 'session_ended', reason: 'logout' } },
      });
    }
    expect(await written()).toEqual(before);
  });

  test('a token lasts 90 days from its last use', async () => {
    const { sql } = chat.house.app;
    const vera = await chat.visitor();
    const days = async () => {
      const [row] = await sql`select extract(epoch from expires_at - now()) / 86400 as days from visitor where id = ${vera.id}`; // prettier-ignore
      return Math.round(Number(row!['days']));
    };
    expect(await days()).toBe(90);
    await sql`update visitor set expires_at = now() + interval '5 days' where id = ${vera.id}`;
    await vera.send('GET', '/api/visitor');
    expect(await days()).toBe(5);
    await sql`update visitor set seen_at = now() - interval '61 minutes' where id = ${vera.id}`;
    await vera.send('GET', '/api/visitor');
    await expect.poll(days).toBe(90);
    await sql`update visitor set expires_at = now() where id = ${vera.id}`;
    expect(await vera.say('Too late')).toMatchObject({
      status: 401,
      body: { error: { code: 'session_ended', reason: 'expired' } },
    });
  });

  test('the store holds no token, and neither does any log of changes', async () => {
    const vera = await chat.visitor();
    await vera.say('Hello');
    const rows = await chat.house.app.sql<{ row: string }[]>`
      select t::text as row from visitor t union all select t::text from outbox t union all select t::text from ticket t
    `;
    expect(rows.filter(({ row }) => row.includes(vera.token))).toEqual([]);
  });
});

describe('what customers see', () => {
  test('is exactly the closed list, and nothing of a private note in any answer', async () => {
    const vera = await chat.visitor({ name: 'Vera' });
    const asked = key();
    const ticket = ticketIn(await vera.say('Hello', asked));
    const note = { kind: 'note', body: `${CANARY} she is angry`, mentions: [chat.ada] };
    expect((await ada.post(`/api/tickets/${ticket}/messages`, note)).status).toBe(201);
    await ada.put(`/api/drafts/${ticket}/reply`, { body: `${CANARY} draft` });
    for (const [method, path, body] of [
      ['GET', '/api/visitor'],
      ['PATCH', '/api/visitor', { name: 'Vera' }],
      ['POST', '/api/visitor/messages', { body: 'More' }],
      ['POST', '/api/visitor/messages', { body: '' }],
      ['POST', '/api/visitor/messages', { body: 'x', nope: 1 }],
      ['POST', '/api/visitor/seen', {}],
      ['GET', '/api/visitor/notes'],
      ['GET', '/api/notes'],
    ] as const) {
      await vera.send(method, path, body);
    }
    expect(Object.keys((await vera.say('Hello', asked)).body as object)).toEqual(['ticket', 'message']);
    const { message } = (await vera.say('And?')).body as { message: Record<string, unknown> };
    expect(Object.keys(message).sort()).toEqual(
      ['id', 'version', 'created_at', 'may', 'ticket', 'body', 'from', 'author_name'].sort(),
    );
    expect(message['may']).toEqual({ actions: ['read'], edit: [] });
    expect(vera.client.bytes()).not.toContain(CANARY);
    expect(vera.client.bytes()).not.toContain(chat.ada);
  });

  test('script comes back as text: JSON, not to be guessed otherwise', async () => {
    const script = `<script>alert(1)</script>"><img src=x onerror=alert(1)> javascript:alert(1) {{7*7}} \${7*7} '; drop table ticket; --`;
    const vera = await chat.visitor({ name: script.slice(0, 100), email: undefined });
    const answers = [
      await vera.say(script),
      await vera.send('GET', '/api/visitor'),
      await vera.send('PATCH', '/api/visitor', { email: script }),
      await vera.send('GET', `/api/visitor/${encodeURIComponent(script)}`),
    ];
    for (const { headers } of answers) {
      expect(headers['content-type']).toMatch(/^application\/json/);
      expect(headers['x-content-type-options']).toBe('nosniff');
      expect(headers['cache-control']).toBe('no-store');
      expect(headers['set-cookie']).toBeUndefined();
    }
    expect(answers[0]!.body).toMatchObject({ message: { body: script } });
    expect(answers[1]!.body).toMatchObject({ name: script.slice(0, 100) });
    expect((await ada.get(`/api/tickets/${ticketIn(answers[0]!)}/messages`)).body).toMatchObject({
      rows: [{ body: script, kind: 'reply' }],
    });
  });
});

test('a node that has lost the store answers no visitor either', async () => {
  const vera = await chat.visitor();
  chat.doors.gate.isOpen = false;
  try {
    expect((await vera.send('GET', '/api/visitor')).status).toBe(503);
    expect((await vera.say('Hello')).status).toBe(503);
  } finally {
    chat.doors.gate.isOpen = true;
  }
});
