import { must } from '../../../../shared/lib/must.ts';
import { SOME_ID } from './askRecords.ts';
import type { Both } from './both.ts';

/** Asking for access and answering, changes that wait for somebody's yes, and links for who is new. */
export async function askAround(both: Both): Promise<void> {
  const { organisation } = both.sides[0].twin;
  const [mine = SOME_ID, ...deals] = must(organisation.records['deal'], 'deals').slice(0, 5);
  await answerRequests(both);
  const at = 'POST /api/access-requests';
  for (const id of [mine, ...deals, SOME_ID])
    await both.same(at, { body: { object: 'deal', id, action: 'read', reason: 'To help out' } });
  await both.same(at, {
    body: { object: 'deal', id: mine, action: 'update', field: 'amount', reason: 'It is wrong' },
  });
  await both.same(at, { body: { link: `/deals/${mine}`, reason: 'A link' } });
  await both.same(at, { body: { link: '/nothing', reason: 'A link' } });
  await both.same('GET /api/me/access-requests');
  await both.same('GET /api/access-requests');

  const [user = SOME_ID] = organisation.people.slice(1);
  const [role = SOME_ID] = organisation.roles;
  await both.same('GET /api/policy-setting');
  await both.same('PUT /api/policy-setting', { body: { approvals: false } });
  const change = { kind: 'assign', user, role };
  await both.same('POST /api/policy-proposals', { body: { change, reason: 'They help out' } });
  await both.same('GET /api/policy-proposals');
  for (const act of ['approve', 'decline', 'withdraw'])
    await both.same(`POST /api/policy-proposals/{id}/${act}`, { body: { words: 'No' } });
  for (const id of [user, SOME_ID]) {
    await both.same('GET /api/users/{id}/invitation', { path: { id } });
    await both.same('POST /api/users/{id}/invitation', { path: { id } });
  }
}

/** What others ask for and this person could give: looked at, given, and not. */
async function answerRequests(both: Both): Promise<void> {
  const at = '/api/access-requests';
  const { body } = await both.same(`GET ${at}`);
  const ends_at = new Date(Date.now() + 3_600_000).toISOString();
  const [role = SOME_ID] = both.sides[0].twin.organisation.roles;
  for (const [i] of [...((body as { rows?: unknown[] }).rows ?? []), null].slice(0, 6).entries()) {
    // Each time the latest: those that were answered are not in the list any more.
    for (const { client, made } of both.sides) {
      const { rows = [] } = (await client.get(at)).body as { rows?: { id: string }[] };
      made.set('request', rows[0]?.id ?? SOME_ID);
    }
    const path = { id: '«request»' };
    await both.same(`POST ${at}/{id}/preview`, { path, body: { level: 'read', ends_at } });
    await both.same(`POST ${at}/{id}/preview`, { path, body: { role } });
    await both.same(`POST ${at}/{id}/grant`, {
      path,
      body: i % 2 === 0 ? { level: 'read', ends_at } : { role },
    });
    await both.same(`POST ${at}/{id}/decline`, { path, body: { words: 'Not now' } });
  }
}
