import { expect, test, vi } from 'vitest';
import { newId } from '../../../shared/lib/ids.ts';
import { builtInRoleId } from '../../../server/db/builtInRoles.ts';
import { freshDatabase } from '../../world/database.ts';
import { ledger } from '../../world/ledger.ts';
import { enter } from '../../world/pair.ts';
import { people, teams } from '../../world/people.ts';
import { RawClient, signIn, type Answer } from '../../world/rawClient.ts';
import { startNode } from '../../world/server.ts';

// Somebody new comes in by a link; nobody else does, and nobody comes into an account that is used already.

vi.setConfig({ testTimeout: 60_000, hookTimeout: 200_000 });
const database = await freshDatabase({ demo: true });
const { sql } = database;
const node = await startNode({ database, ready_timeout_ms: 180_000 });
const rafael = await enter(node, people.rafael);
const ruta = await signIn(node.base, 'ruta@nordlicht.example', 'rolecall-demo');
const PASSWORD = 'quiet rivers run deep';

const codeOf = ({ status, body }: Answer) => [status, (body as { error?: { code: string } }).error?.code];
const add = async (values: Record<string, unknown>): Promise<string> => {
  const answer = await rafael.post('/api/users', { active: true, ...values });
  expect(answer.status, answer.text).toBe(201);
  return (answer.body as { id: string }).id;
};
const invite = async (id: string): Promise<string> => {
  const answer = await rafael.post(`/api/users/${id}/invitation`);
  expect(answer.status, answer.text).toBe(201);
  return (answer.body as { token: string }).token;
};
const join = (token: string, password = PASSWORD) =>
  new RawClient(node.base).post('/api/join', { token, password });

test('outsiders make no link, not for themselves, and not for who can sign in already', async () => {
  const id = await add({ name: 'Ines Lindqvist', email: 'ines@nordlicht.example', team: teams.south });
  const [anna, jamila] = await Promise.all([enter(node, people.anna), enter(node, people.jamila)]);
  const before = await ledger(sql);
  for (const client of [anna, jamila]) {
    expect(codeOf(await client.post(`/api/users/${id}/invitation`))).toEqual([403, 'not_allowed']);
    expect(codeOf(await client.get(`/api/users/${id}/invitation`))).toEqual([403, 'not_allowed']);
  }
  // Of another team than that of which she looks after the people.
  expect(codeOf(await ruta.post(`/api/users/${id}/invitation`))).toEqual([404, 'not_found']);
  expect(codeOf(await ruta.get(`/api/users/${id}/invitation`))).toEqual([404, 'not_found']);
  for (const used of [people.anna.id, people.rafael.id])
    expect(codeOf(await rafael.post(`/api/users/${used}/invitation`))).toEqual([409, 'already_done']);
  expect(codeOf(await rafael.post(`/api/users/${newId()}/invitation`))).toEqual([404, 'not_found']);
  expect(await ledger(sql)).toEqual(before);
  expect((await rafael.get(`/api/users/${id}/invitation`)).body).toEqual({
    joined: false,
    invited_until: null,
  });
});

test('the link works once, and a new one ends the former', async () => {
  const id = await add({ name: 'Sune Berg', email: 'sune@nordlicht.example', team: teams.north });
  const former = await invite(id);
  const token = await invite(id);
  expect(codeOf(await join(former))).toEqual([404, 'not_found']);
  // Refused as it is, the link stays good.
  expect(codeOf(await join(token, 'sune@nordlicht.example'))).toEqual([422, 'invalid']);
  const answers = await Promise.all([join(token), join(token), join(token)]);
  expect(answers.map(({ status }) => status).sort()).toEqual([201, 404, 404]);
  const sune = await signIn(node.base, 'sune@nordlicht.example', PASSWORD);
  expect(((await sune.get('/api/me')).body as { user: { id: string } }).user.id).toBe(id);
  expect(codeOf(await rafael.post(`/api/users/${id}/invitation`))).toEqual([409, 'already_done']);
  const stored = await sql`select 1 from invitation where token_hash = ${token}`;
  expect(stored).toHaveLength(0);
});

test('a link lets nobody in who has been deactivated meanwhile, nor when it is too old', async () => {
  const id = await add({ name: 'Late One', email: 'late@nordlicht.example' });
  const token = await invite(id);
  expect((await rafael.patch(`/api/users/${id}`, { active: false })).status).toBe(200);
  expect(codeOf(await join(token))).toEqual([404, 'not_found']);
  expect((await rafael.patch(`/api/users/${id}`, { active: true })).status).toBe(200);
  await sql`update invitation set expires_at = now() - interval '1 second' where user_id = ${id}`;
  expect(codeOf(await join(token))).toEqual([404, 'not_found']);
  expect(codeOf(await join('x'.repeat(43)))).toEqual([404, 'not_found']);
});

test('who looks after one team invites its people, and nobody who holds more than they may give', async () => {
  const id = await add({ name: 'North Star', email: 'star@nordlicht.example', team: teams.north });
  expect((await ruta.post(`/api/users/${id}/invitation`)).status).toBe(201);
  const role = builtInRoleId('administrator');
  expect((await rafael.post('/api/assignments', { user: id, role })).status).toBe(201);
  expect(codeOf(await ruta.post(`/api/users/${id}/invitation`))).toEqual([404, 'not_found']);
});
