import { expect, test, vi } from 'vitest';
import { enter, startPair } from '../../world/pair.ts';
import { people } from '../../world/people.ts';
import { openSocket } from '../../world/rawSocket.ts';
import { until } from '../../world/until.ts';

vi.setConfig({ testTimeout: 120_000, hookTimeout: 200_000 });
const { a, b } = await startPair();

test('a field added at one node is known at the other at once, and open views are told', async () => {
  const [here, there] = [await enter(a, people.rafael), await enter(b, people.anna)];
  const socket = await openSocket(there);
  await socket.open({ object: 'contact' });
  const asked = { object: 'contact', fields: [{ label: 'Lead score', kind: 'integer' }] };
  const answer = await here.post('/api/fields', asked);
  expect(answer.status, answer.text).toBe(201);
  expect((await here.get('/api/contacts?sort=lead_score&limit=1')).status).toBe(200);
  await until(() => socket.events.some(([name]) => name === 'resync'), { what: 'word of other rights' });
  expect((await there.get('/api/contacts?sort=lead_score&limit=1')).status).toBe(200);
  const made = await there.post('/api/contacts', { name: 'Scored', lead_score: 7 });
  expect(made.body).toMatchObject({ name: 'Scored', lead_score: 7 });
  const again = await here.get('/api/contacts?sort=-lead_score&limit=1');
  expect(again.body).toMatchObject({ rows: [{ lead_score: 7 }] });
});

test('outsiders add none', async () => {
  const asked = { object: 'contact', fields: [{ label: 'Other', kind: 'text' }] };
  expect((await (await enter(b, people.anna)).post('/api/fields', asked)).status).toBe(403);
  const admin = await enter(b, people.rafael);
  for (const wrong of [
    {},
    { ...asked, more: 1 },
    { ...asked, fields: [] },
    { ...asked, fields: [{ label: 'x', kind: 'relation' }] },
  ])
    expect((await admin.post('/api/fields', wrong)).status).toBe(400);
});
