import { afterEach, describe, expect, test, vi } from 'vitest';
import { newId } from '../../../shared/lib/ids.ts';
import type { Me } from '../../../shared/protocol/index.ts';
import { freshDatabase } from '../../world/database.ts';
import { ledger } from '../../world/ledger.ts';
import { enter, newDeal } from '../../world/pair.ts';
import { people, pipelines, roles } from '../../world/people.ts';
import type { Answer, RawClient } from '../../world/rawClient.ts';
import { openSocket, type RawSocket } from '../../world/rawSocket.ts';
import { startNode } from '../../world/server.ts';
import { until } from '../../world/until.ts';

// Looking as somebody else: what they see and nothing more, nothing changed by it, and over as soon as it may not be.

vi.setConfig({ testTimeout: 30_000, hookTimeout: 200_000 });
const database = await freshDatabase({ demo: true });
const { sql } = database;
const node = await startNode({ database });
const rafael = await enter(node, people.rafael);
const anna = await enter(node, people.anna);
const as = (kind: 'user' | 'role', id: string) => ({ 'rolecall-see-as': `${kind}:${id}` });
const asNoor = as('user', people.noor.id);
const codeOf = ({ status, body }: Answer) => [
  status,
  (body as { error?: { code: string } } | null)?.error?.code,
];
const look = (client: RawClient, headers: Record<string, string>) =>
  openSocket(client, { auth: { seeAs: headers['rolecall-see-as'] } });
const begin = async (body: object) => expect((await rafael.post('/api/see-as', body)).status).toBe(201);

/** Somebody of the demo with one role more, and what takes it away again. */
async function lend(person: { id: string }, system: string[], within: string | null = null) {
  const role = newId();
  await sql`insert into role (id, name, system) values (${role}, ${`Lent ${role}`}, ${sql.json(system)})`;
  await sql`insert into role_assignment (id, user_id, role_id, within_id) values (${newId()}, ${person.id}, ${role}, ${within})`;
  return { role };
}

describe('outsiders', () => {
  test('who may not, cannot, on any door, whoever they name', async () => {
    const before = await ledger(sql);
    for (const id of [people.noor.id, people.rafael.id, newId()]) {
      for (const kind of ['user', 'role'] as const) {
        const header = as(kind, id);
        expect(codeOf(await anna.post('/api/see-as', { [kind]: id }))).toEqual([403, 'not_allowed']);
        expect(codeOf(await anna.get('/api/me', header))).toEqual([403, 'not_allowed']);
        expect(codeOf(await anna.get('/api/deals', header))).toEqual([403, 'not_allowed']);
        expect(codeOf(await anna.post('/api/deals', { title: 'X' }, header))).toEqual([403, 'not_allowed']);
        expect(codeOf(await anna.get('/api/deals/export', header))).toEqual([403, 'not_allowed']);
        await expect(look(anna, header)).rejects.toThrow(/not_allowed/);
      }
    }
    expect(await ledger(sql)).toEqual(before);
  });

  test('a header that names nothing is malformed, and nobody is taken for nobody', async () => {
    for (const text of [
      '',
      'user',
      'user:',
      `team:${people.noor.id}`,
      `user:${people.noor.id}:x`,
      'user:x',
    ]) {
      expect(codeOf(await rafael.get('/api/me', { 'rolecall-see-as': text }))).toEqual([400, 'malformed']);
      await expect(look(rafael, { 'rolecall-see-as': text })).rejects.toThrow(/malformed/);
    }
    await expect(openSocket(rafael, { auth: { seeAs: { id: 1 } } })).rejects.toThrow(/malformed/);
    for (const body of [
      {},
      { user: people.noor.id, role: newId() },
      { user: 'x' },
      { user: people.noor.id, more: 1 },
    ])
      expect(codeOf(await rafael.post('/api/see-as', body))).toEqual([400, 'malformed']);
    for (const body of [{ user: newId() }, { role: newId() }, { user: people.pieter.id }])
      expect(codeOf(await rafael.post('/api/see-as', body))).toEqual([404, 'not_found']);
    expect(codeOf(await rafael.post('/api/see-as', { user: people.rafael.id }))).toEqual([422, 'invalid']);
  });

  test('without having said so first it is nothing', async () => {
    expect(codeOf(await rafael.get('/api/me', as('user', people.kofi.id)))).toEqual([403, 'not_allowed']);
    await expect(look(rafael, as('user', people.kofi.id))).rejects.toThrow(/not_allowed/);
  });

  test('on another session it is nothing either', async () => {
    await begin({ user: people.noor.id });
    const elsewhere = await enter(node, people.rafael);
    expect(codeOf(await elsewhere.get('/api/me', asNoor))).toEqual([403, 'not_allowed']);
    expect((await rafael.get('/api/me', asNoor)).status).toBe(200);
  });

  test('within a part of the organisation: its people only, and none who may more than can be given there', async () => {
    const [team] = await sql<
      { id: string }[]
    >`select team_id as id from user_account where id = ${people.noor.id}`;
    const { role } = await lend(people.oskar, ['see_as'], team!.id);
    const oskar = await enter(node, people.oskar);
    expect(codeOf(await oskar.post('/api/see-as', { user: people.rafael.id }))).toEqual([403, 'not_allowed']);
    expect(codeOf(await oskar.post('/api/see-as', { role: roles.salesAssistant }))).toEqual([
      403,
      'not_allowed',
    ]);
    // Noor holds a role that comes from elsewhere: as her, Oskar would see what nobody gave him.
    expect(codeOf(await oskar.post('/api/see-as', { user: people.noor.id }))).toEqual([403, 'not_allowed']);
    await sql`update role set hands_out = ${sql.json([roles.salesAssistant])} where id = ${role}`;
    expect((await oskar.post('/api/see-as', { user: people.noor.id })).status).toBe(201);
    expect((await oskar.post('/api/see-as', { role: roles.salesAssistant })).status).toBe(201);
    await sql`delete from role_assignment where role_id = ${role}`;
  });
});

describe('what is seen', () => {
  afterEach(() => rafael.delete('/api/see-as'));

  test('is what they see, byte for byte, and no hidden value', async () => {
    const deal = await newDeal(anna, { title: 'Looked at', amount: 64_206.42 });
    await begin({ user: people.noor.id, why: 'She cannot find a deal' });
    const noor = await enter(node, people.noor);
    for (const path of [
      `/api/deals/${deal.id}`,
      '/api/deals?limit=50&total=true',
      '/api/companies',
      '/api/search?q=Looked',
    ]) {
      const [seen, own] = [await rafael.get(path, asNoor), await noor.get(path)];
      expect(seen.status).toBe(200);
      expect(seen.text).toBe(own.text);
      expect(seen.text).not.toContain('64206');
    }
    const me = (await rafael.get('/api/me', asNoor)).body as Me;
    expect(me).toMatchObject({
      user: { id: people.noor.id },
      seeing: {
        kind: 'user',
        id: people.noor.id,
        name: people.noor.name,
        by: { id: people.rafael.id, name: people.rafael.name },
      },
    });
    expect(((await rafael.get('/api/me')).body as Me).seeing).toBeNull();
    const socket = await look(rafael, asNoor);
    const { rows } = await socket.open({ object: 'deal', partition: pipelines.newBusiness, limit: 500 });
    expect(rows.find((row) => row.id === deal.id)).not.toHaveProperty('amount');
    await anna.patch(`/api/deals/${deal.id}`, { amount: 71_717, next_step: 'Ring them' });
    const [, , , , fields] = await socket.wait(([op, , id]) => op === 'patch' && id === deal.id);
    expect(fields).toMatchObject({ next_step: 'Ring them' });
    expect(socket.bytes()).not.toMatch(/64206|71717/);
  });

  test('as a role: the own place with just that role', async () => {
    await begin({ role: roles.salesAssistant });
    const header = as('role', roles.salesAssistant);
    const me = (await rafael.get('/api/me', header)).body as Me;
    expect(me).toMatchObject({
      user: { id: people.rafael.id },
      roles: [{ id: roles.salesAssistant }],
      seeing: { kind: 'role' },
    });
    expect(me.roles).toHaveLength(1);
    const deals = (await rafael.get('/api/deals?limit=200', header)).body as { rows: object[] };
    for (const row of deals.rows) expect(row).not.toHaveProperty('amount');
  });

  test('nothing is written, exported or said to be there; drafts stay private', async () => {
    const noor = await enter(node, people.noor);
    const deal = await newDeal(anna, { title: 'Not touched' });
    const ticket = ((await (await enter(node, people.bjorn)).get('/api/tickets?limit=1')).body as { rows: { id: string }[] }).rows[0]!.id; // prettier-ignore
    const bjorn = await enter(node, people.bjorn);
    await bjorn.put(`/api/drafts/${ticket}/reply`, { body: 'Unsaid' });
    await begin({ user: people.noor.id });
    await begin({ user: people.bjorn.id });
    await begin({ role: roles.salesAssistant });
    expect(((await bjorn.get('/api/drafts')).body as { drafts: object[] }).drafts.length).toBeGreaterThan(0);
    const asBjorn = as('user', people.bjorn.id);
    const asAssistant = as('role', roles.salesAssistant);
    expect((await rafael.get('/api/drafts', asBjorn)).body).toEqual({ drafts: [] });

    const before = await ledger(sql);
    const key = { 'idempotency-key': newId() };
    const tries = [
      rafael.post(
        '/api/deals',
        { title: 'X', pipeline: pipelines.newBusiness, stage: 'qualified' },
        { ...asNoor, ...key },
      ),
      rafael.patch(`/api/deals/${deal.id}`, { next_step: 'X' }, { ...asNoor, ...key }),
      rafael.delete(`/api/deals/${deal.id}`, undefined, asNoor),
      // What he may do himself he does not do while he looks as a role.
      rafael.patch(`/api/deals/${deal.id}`, { next_step: 'X' }, asAssistant),
      rafael.post('/api/assignments', { user: people.noor.id, role: roles.salesAssistant }, asAssistant),
      rafael.get('/api/deals/export', asAssistant),
      rafael.post(`/api/tickets/${ticket}/messages`, { body: 'X', kind: 'reply' }, asBjorn),
      rafael.post(`/api/tickets/${ticket}/seen`, {}, asBjorn),
      rafael.put(`/api/drafts/${ticket}/reply`, { body: 'X' }, asBjorn),
      rafael.put('/api/me/away', { away: true }, asBjorn),
      rafael.delete('/api/session', undefined, asNoor),
      rafael.delete('/api/sessions?except=current', undefined, asNoor),
      rafael.post('/api/assignments', { user: people.noor.id, role: roles.salesAssistant }, asNoor),
      rafael.send('POST', '/api/imports?object=deal&name=x.csv', 'a,b', {
        ...asNoor,
        'content-type': 'application/octet-stream',
      }),
      rafael.get('/api/deals/export', asNoor),
    ];
    for (const answer of await Promise.all(tries)) expect(codeOf(answer)).toEqual([403, 'read_only']);
    expect(await ledger(sql)).toEqual(before);

    const [socket, hers] = [await look(rafael, asNoor), await openSocket(noor)];
    for (const one of [socket, hers]) await one.open({ object: 'deal', record: deal.id });
    expect(await socket.ask('presence', { record: deal.id, state: 'here' })).toMatchObject({ error: { code: 'read_only' } }); // prettier-ignore
    expect(await hers.ask('presence', { record: deal.id, state: 'here' })).toEqual({ ok: true });
    const annas = await openSocket(anna);
    await annas.open({ object: 'deal', record: deal.id });
    await until(() => annas.events.some(([name]) => name === 'presence'));
    expect(annas.bytes()).not.toContain(people.rafael.id);
  });

  test('the trail says who, as whom, why and from where, and when it ended', async () => {
    await begin({ user: people.noor.id, why: 'A question of hers' });
    expect((await rafael.delete(`/api/see-as?user=${people.noor.id}`)).body).toEqual({ ended: 1 });
    expect((await rafael.delete('/api/see-as')).body).toEqual({ ended: 0 });
    const trail = await sql`
      select actor_id, action, object, target_id, after ->> 'why' as why, address from audit_entry
      where action like 'see_as.%' order by id desc limit 2
    `;
    const line = {
      actor_id: people.rafael.id,
      object: 'user',
      target_id: people.noor.id,
      address: '127.0.0.1',
    };
    expect([...trail]).toEqual([
      { ...line, action: 'see_as.end', why: null },
      { ...line, action: 'see_as.begin', why: 'A question of hers' },
    ]);
    expect(codeOf(await rafael.get('/api/me', asNoor))).toEqual([403, 'not_allowed']);
  });
});

describe('it is over, within 2 s', () => {
  const deals = { object: 'deal', partition: pipelines.newBusiness, limit: 10 } as const;
  const within = async (socket: RawSocket, act: () => Promise<unknown>) => {
    await socket.open(deals);
    await act();
    const at = Date.now();
    await until(() => socket.gone, { timeout_ms: 4_000, every_ms: 20, what: 'the end' });
    expect(Date.now() - at).toBeLessThan(2_000);
  };

  test('when it is ended', async () => {
    await begin({ user: people.noor.id });
    const [looking, own] = [await look(rafael, asNoor), await openSocket(rafael)];
    await within(looking, () => rafael.delete('/api/see-as'));
    expect(
      looking.events.map(([name]) => name),
      'the session goes on',
    ).not.toContain('ended');
    expect(own.gone).toBe(false);
  });

  test('when the viewer may not any more', async () => {
    const { role } = await lend(people.oskar, ['see_as']);
    const oskar = await enter(node, people.oskar);
    expect((await oskar.post('/api/see-as', { user: people.noor.id })).status).toBe(201);
    const looking = await look(oskar, asNoor);
    await within(looking, () => rafael.delete(`/api/assignments?user=${people.oskar.id}&role=${role}`));
    expect(codeOf(await oskar.get('/api/deals', asNoor))).toEqual([403, 'not_allowed']);
  });

  test('when the viewer’s session ends', async () => {
    const other = await enter(node, people.rafael);
    expect((await other.post('/api/see-as', { user: people.noor.id })).status).toBe(201);
    await within(await look(other, asNoor), () => other.delete('/api/session'));
    expect(codeOf(await other.get('/api/deals', asNoor))).toEqual([401, 'unauthenticated']);
  });

  test('and the rights of the one looked at are those of now', async () => {
    await begin({ user: people.noor.id });
    const looking = await look(rafael, asNoor);
    await looking.open(deals);
    const given = await rafael.post('/api/assignments', { user: people.noor.id, role: roles.salesAssistant });
    expect(given.status).toBe(201);
    await until(() => looking.events.some(([name]) => name === 'resync'), { what: 'rights read anew' });
    expect(looking.gone).toBe(false);
    await rafael.delete('/api/see-as');
  });

  test('and those of the role that is looked as, though nobody holds it', async () => {
    const made = await rafael.post('/api/roles', { name: 'Tried on', purpose: '', grants: { deal: { read: ['all'] } }, fields: {}, system: [] }); // prettier-ignore
    const role = (made.body as { id: string }).id;
    await begin({ role });
    const looking = await look(rafael, as('role', role));
    expect((await looking.open(deals)).rows.length).toBeGreaterThan(0);
    expect((await rafael.patch(`/api/roles/${role}`, { grants: {} })).status).toBe(200);
    await until(() => looking.events.some(([name]) => name === 'resync'), { what: 'rights read anew' });
    await expect(looking.open(deals)).rejects.toThrow(/field_not_readable/);
  });
});
