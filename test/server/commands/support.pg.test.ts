import { beforeAll, describe, expect, test } from 'vitest';
import { DRAFTS_MAX } from '../../../server/conversations/drafts.ts';
import { newId } from '../../../shared/lib/ids.ts';
import type { RawClient } from '../../world/rawClient.ts';
import { CANARY, codeOf, key, openChat, type ChatHouse } from '../http/chat.ts';

// What is done with a ticket beside changing it, by the doors: Ada answers, Ben reads the thread, Cem sees tickets
// only, Dora nothing of them, Eve may answer her own.

let chat: ChatHouse;
const ids: Record<string, string> = {};
const clients: Record<string, RawClient> = {};
const [ada, ben, cem, dora, eve] = ['Ada', 'Ben', 'Cem', 'Dora', 'Eve'].map((name) => ({
  get client() {
    return clients[name]!;
  },
  get id() {
    return ids[name]!;
  },
})) as [Person, Person, Person, Person, Person];
interface Person {
  client: RawClient;
  id: string;
}

beforeAll(async () => {
  chat = await openChat();
  ids['Ada'] = chat.ada;
  const all = ['all' as const];
  const own = ['own' as const];
  const person = async (
    name: string,
    ticket: Partial<Record<'read' | 'read_thread' | 'reply' | 'note', ('all' | 'own')[]>>,
  ) => {
    const role = await chat.house.addRole({ name: `${name}'s`, grants: { ticket } });
    ids[name] = await chat.house.addPerson(name, [role]);
  };
  await person('Ben', { read: all, read_thread: all });
  await person('Cem', { read: all });
  await person('Dora', {});
  await person('Eve', { read: own, reply: own, note: own });
  for (const name of Object.keys(ids)) clients[name] = await chat.doors.signIn(name);
});

async function openTicket(): Promise<string> {
  const vera = await chat.visitor({ name: 'Vera' });
  return ((await vera.say('Where is my order?')).body as { ticket: string }).ticket;
}
const say = ({ client }: Person, ticket: string, message: object, headers = {}) =>
  client.post(`/api/tickets/${ticket}/messages`, message, headers);
const thread = async ({ client }: Person, ticket: string) =>
  ((await client.get(`/api/tickets/${ticket}/messages`)).body as { rows: { kind: string; body: string }[] })
    .rows;
const row = async (ticket: string) =>
  (await chat.house.app.sql`select * from ticket where id = ${ticket}`)[0]!;
const assign = (ticket: string, assignee: string | null) =>
  chat.house.app.sql`update ticket set assignee_id = ${assignee} where id = ${ticket}`;

describe('a thread', () => {
  test('holds messages and notes, oldest first, each as far as one may read it', async () => {
    const ticket = await openTicket();
    await say(ada, ticket, { kind: 'note', body: `${CANARY} again` });
    await say(ada, ticket, { kind: 'reply', body: 'On its way' });
    expect((await thread(ada, ticket)).map(({ kind, body }) => [kind, body])).toEqual([
      ['reply', 'Where is my order?'],
      ['note', `${CANARY} again`],
      ['reply', 'On its way'],
    ]);
    expect((await thread(ben, ticket)).map(({ body }) => body)).toEqual(['Where is my order?', 'On its way']);
    expect(await thread(cem, ticket)).toEqual([]);
    for (const { client } of [dora, eve])
      expect(codeOf(await client.get(`/api/tickets/${ticket}/messages`))).toBe('not_found');
    expect(codeOf(await ada.client.get(`/api/tickets/${newId()}/messages`))).toBe('not_found');
    expect(codeOf(await ada.client.get(`/api/tickets/${ticket}/messages?limit=1`))).toBe('malformed');
    for (const { client } of [ben, cem, dora, eve]) expect(client.bytes()).not.toContain(CANARY);
  });

  test('is written by those who may: 404 before 403, and nothing is written', async () => {
    const ticket = await openTicket();
    const before = await row(ticket);
    for (const kind of ['reply', 'note']) {
      const message = { kind, body: 'X' };
      for (const one of [ben, cem]) {
        expect((await say(one, ticket, message)).body).toMatchObject({
          error: { code: 'not_allowed', needs: `ticket.${kind}` },
        });
      }
      for (const one of [dora, eve]) expect(codeOf(await say(one, ticket, message))).toBe('not_found');
      for (const one of [ada, ben, dora, eve])
        expect(codeOf(await say(one, newId(), message))).toBe('not_found');
    }
    expect(await row(ticket)).toEqual(before);
  });

  test('a right that reaches elsewhere only is no right here', async () => {
    // Eve may answer her own; as a reader of all she sees the others, too.
    const reader = await chat.house.addRole({ name: 'Reader', grants: { ticket: { read: ['all'] } } });
    const grant = chat.house.app.sql`
      insert into role_assignment (id, user_id, role_id) values (${newId()}, ${eve.id}, ${reader.id})
    `;
    await grant;
    const ticket = await openTicket();
    for (const kind of ['reply', 'note'])
      expect((await say(eve, ticket, { kind, body: 'X' })).body).toMatchObject({
        error: { code: 'not_allowed', needs: `ticket.${kind}` },
      });
    await assign(ticket, eve.id);
    expect((await say(eve, ticket, { kind: 'reply', body: 'Mine' })).status).toBe(201);
    await chat.house.app
      .sql`delete from role_assignment where user_id = ${eve.id} and role_id = ${reader.id}`;
  });

  test('what is sent must be right', async () => {
    const ticket = await openTicket();
    for (const message of [
      {},
      { body: 'X' },
      { kind: 'mail', body: 'X' },
      { kind: 'reply', body: 7 },
      { kind: 'reply', body: 'X', from: 'customer' },
      { kind: 'reply', body: 'X', mentions: [ada.id] },
      { kind: 'note', body: 'X', mentions: ['x'] },
    ])
      expect(codeOf(await say(ada, ticket, message))).toBe('malformed');
    for (const message of [
      { kind: 'reply', body: ' ' },
      { kind: 'reply', body: 'x'.repeat(10_001) },
      { kind: 'note', body: 'X', mentions: [newId()] },
    ])
      expect(codeOf(await say(ada, ticket, message))).toBe('invalid');
    expect((await thread(ada, ticket)).length).toBe(1);
  });

  test('with a key a reply is sent once, and known as sent where the ticket has left meanwhile', async () => {
    const ticket = await openTicket();
    await assign(ticket, eve.id);
    const once = key();
    const reply = { kind: 'reply', body: 'Once' };
    const answers = await Promise.all(Array.from({ length: 20 }, () => say(eve, ticket, reply, once)));
    expect(new Set(answers.map(({ text }) => text)).size).toBe(1);
    expect((await thread(ada, ticket)).map(({ body }) => body)).toEqual(['Where is my order?', 'Once']);
    expect(codeOf(await say(eve, ticket, { ...reply, body: 'Other' }, once))).toBe('idempotency_conflict');
    await chat.house.app.sql`update ticket set assignee_id = null where id = ${ticket}`;
    await chat.house.app.sql`update message set assignee_id = null where ticket_id = ${ticket}`;
    expect(await say(eve, ticket, reply, once)).toMatchObject({ status: 201, body: { gone: true } });
    expect(codeOf(await say(eve, ticket, reply))).toBe('not_found');
  });
});

describe('seen', () => {
  const see = ({ client }: Person, ticket: string, body: object = {}) =>
    client.post(`/api/tickets/${ticket}/seen`, body);

  test('by whoever may answer, as far as the last message and never back', async () => {
    const ticket = await openTicket();
    expect((await row(ticket))['seen_by_us_at']).toBeNull();
    expect(codeOf(await see(ben, ticket))).toBe('not_allowed');
    expect(codeOf(await see(dora, ticket))).toBe('not_found');
    expect(codeOf(await see(ada, newId()))).toBe('not_found');
    expect(codeOf(await see(ada, ticket, { at: '2030-01-01T00:00:00Z' }))).toBe('malformed');
    expect(await see(ada, ticket)).toMatchObject({ status: 204, text: '' });
    const seen = await row(ticket);
    expect(seen['seen_by_us_at']).toEqual(seen['last_message_at']);
    await see(ada, ticket);
    expect((await row(ticket))['version']).toBe(seen['version']);
    const [told] = await chat.house.app.sql`
      select keep from outbox where record_id = ${ticket} order by id desc limit 1
    `;
    expect(told).toEqual({ keep: false });
  });

  test('only up to the message on the screen: what came meanwhile has not been read', async () => {
    const ticket = await openTicket();
    const { last_message_at: shown } = await row(ticket);
    expect((await say(ada, ticket, { kind: 'reply', body: 'One more' })).status).toBe(201);
    await chat.house.app.sql`update ticket set seen_by_us_at = null where id = ${ticket}`;
    expect((await see(ada, ticket, { through: shown })).status).toBe(204);
    const { seen_by_us_at, last_message_at } = await row(ticket);
    expect(seen_by_us_at).toEqual(shown);
    expect(String(last_message_at) > String(shown)).toBe(true);
    // Nobody has read what has not been written.
    await see(ada, ticket, { through: '2999-01-01T00:00:00Z' });
    expect((await row(ticket))['seen_by_us_at']).toEqual(last_message_at);
  });
});

describe('drafts', () => {
  const put = ({ client }: Person, ticket: string, kind: string, body: object) =>
    client.put(`/api/drafts/${ticket}/${kind}`, body);
  const drafts = async ({ client }: Person) =>
    ((await client.get('/api/drafts')).body as { drafts: Record<string, unknown>[] }).drafts;

  test('are kept as they are written, one of a kind, and nobody else has them', async () => {
    const ticket = await openTicket();
    await put(ada, ticket, 'reply', { body: 'Dear V' });
    const saved = await put(ada, ticket, 'reply', { body: 'Dear Vera,\n' });
    expect(saved).toMatchObject({ status: 200, body: { updated_at: expect.any(String) } });
    await put(ada, ticket, 'note', { body: '@Ben', mentions: [ben.id] });
    expect(await drafts(ada)).toEqual([
      { ticket, kind: 'note', body: '@Ben', mentions: [ben.id], updated_at: expect.any(String) },
      { ticket, kind: 'reply', body: 'Dear Vera,\n', mentions: [], ...(saved.body as object) },
    ]);
    expect(await drafts(ben)).toEqual([]);
    expect((await put(ada, ticket, 'note', { body: ' \n' })).body).toEqual({ updated_at: null });
    expect((await put(ada, ticket, 'note', { body: '' })).body).toEqual({ updated_at: null });
    expect((await drafts(ada)).map(({ kind }) => kind)).toEqual(['reply']);
    expect((await put(ada, ticket, 'reply', { body: '' })).status).toBe(200);
  });

  test('are begun where one may read, and stay with their author when the ticket leaves', async () => {
    const ticket = await openTicket();
    expect(codeOf(await put(eve, ticket, 'reply', { body: 'X' }))).toBe('not_found');
    expect(codeOf(await put(eve, newId(), 'reply', { body: 'X' }))).toBe('not_found');
    await assign(ticket, eve.id);
    await put(eve, ticket, 'reply', { body: 'Mine' });
    await assign(ticket, null);
    expect((await put(eve, ticket, 'reply', { body: 'Mine still' })).status).toBe(200);
    expect(codeOf(await put(eve, ticket, 'note', { body: 'New' }))).toBe('not_found');
    expect(await drafts(eve)).toMatchObject([{ ticket, body: 'Mine still' }]);
    expect((await put(eve, ticket, 'reply', { body: '' })).status).toBe(200);
    expect(await drafts(eve)).toEqual([]);
    expect(codeOf(await put(eve, ticket, 'reply', { body: 'Anew' }))).toBe('not_found');
  });

  test('are measured as messages are', async () => {
    const ticket = await openTicket();
    expect(codeOf(await put(ada, ticket, 'mail', { body: 'X' }))).toBe('not_found');
    for (const body of [
      {},
      { body: 7 },
      { body: 'X', at: 1 },
      { body: 'X', mentions: ['x'] },
      { body: 'X', mentions: Array.from({ length: 21 }, newId) },
    ])
      // prettier-ignore
      expect(codeOf(await put(ada, ticket, 'note', body))).toBe('malformed');
    for (const body of ['x'.repeat(10_001), 'a\u0000b'])
      expect(codeOf(await put(ada, ticket, 'note', { body }))).toBe('invalid');
    const foreign = await ada.client.put(`/api/drafts/${ticket}/note`, { body: 'X' }, { origin: 'https://evil.example' }); // prettier-ignore
    expect(codeOf(foreign)).toBe('foreign_origin');
    expect(codeOf(await chat.doors.outsider().put(`/api/drafts/${ticket}/note`, { body: 'X' }))).toBe('unauthenticated'); // prettier-ignore
  });

  test('of many, the newest are kept', async () => {
    const { sql } = chat.house.app;
    const ticket = await openTicket();
    await sql`
      insert into ticket (id, number, subject, queue_id, status, priority, place)
      select gen_random_uuid(), nextval('ticket_number'), 'Many', ${chat.queue}, 'open', 'normal', '3' from generate_series(1, ${DRAFTS_MAX})
    `;
    await sql`
      insert into draft (user_id, ticket_id, kind, body, updated_at)
      select ${ben.id}, id, 'reply', 'Old', now() - interval '1 day' from ticket where subject = 'Many'
    `;
    await put(ben, ticket, 'reply', { body: 'New' });
    const kept = await drafts(ben);
    expect(kept.length).toBe(DRAFTS_MAX);
    expect(kept[0]).toMatchObject({ ticket, body: 'New' });
    expect((await sql`select 1 from draft where user_id = ${ben.id}`).count).toBe(DRAFTS_MAX);
  });
});

describe('notifications', () => {
  test('come with a mention, and are taken note of by those they are for', async () => {
    const { sql } = chat.house.app;
    const ticket = await openTicket();
    const role = await chat.house.addRole({ name: 'Notes', grants: { ticket: { note: ['all'] }, notification: { read: ['all'] } } }); // prettier-ignore
    const grant = (id: string) => sql`
      insert into role_assignment (id, user_id, role_id) values (${newId()}, ${id}, ${role.id})
    `;
    await grant(ben.id);
    await grant(cem.id);
    for (let i = 0; i < 3; i += 1)
      expect((await say(ada, ticket, { kind: 'note', body: '@Ben', mentions: [ben.id] })).status).toBe(201);
    const list = async ({ client }: Person) =>
      ((await client.get('/api/notifications')).body as { rows: Record<string, unknown>[] }).rows.filter((one) => one['ticket'] === ticket); // prettier-ignore
    const told = await list(ben);
    expect(told).toMatchObject(
      [1, 2, 3].map(() => ({ kind: 'mention', author: ada.id, user: ben.id, read_at: null })),
    );
    const id = String(told[0]!['id']);

    // Cem sees those of everyone, and takes note of none but his own.
    expect((await list(cem)).length).toBe(3);
    for (const one of [cem, dora])
      expect(codeOf(await one.client.post(`/api/notifications/${id}/read`, {}))).toBe('not_found');
    expect(codeOf(await ben.client.post(`/api/notifications/${newId()}/read`))).toBe('not_found');
    expect(codeOf(await ben.client.patch(`/api/notifications/${id}`, { read_at: null }))).toBe('not_found');
    await cem.client.post('/api/notifications/read');
    expect((await list(ben)).filter(({ read_at }) => read_at === null).length).toBe(3);

    expect((await ben.client.post(`/api/notifications/${id}/read`, {})).status).toBe(204);
    expect((await ben.client.post(`/api/notifications/${id}/read`)).status).toBe(204);
    expect((await list(ben)).filter(({ read_at }) => read_at === null).length).toBe(2);
    expect((await ben.client.post('/api/notifications/read')).status).toBe(204);
    expect((await list(ben)).filter(({ read_at }) => read_at === null)).toEqual([]);
  });
});
