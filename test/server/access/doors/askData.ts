import { CHECK_KEYS, LIKENESSES } from '../../../../shared/protocol/index.ts';
import { WANTED } from '../twins.ts';
import { SOME_ID } from './askRecords.ts';
import type { Both } from './both.ts';

/** What is found across all objects, what is to be mended, and who one is. */
export async function askAcross(both: Both): Promise<void> {
  for (const q of [...WANTED, 'a', '\\', '%'])
    await both.same('GET /api/search', { query: { q, limit: '8' } });
  await both.same('GET /api/data-health');
  for (const check of CHECK_KEYS) await both.same('GET /api/data-health', { query: { check } });
  for (const object of [...Object.keys(LIKENESSES), 'deal']) {
    const query = { object, limit: '1' };
    const { body } = await both.same('GET /api/data-health/duplicates', { query });
    const cursor = (body as { next?: string | null }).next ?? 'none';
    await both.same('GET /api/data-health/duplicates', { query: { ...query, cursor } });
  }
  await both.same('GET /api/me');
  await both.same('GET /api/me/rights');
  await both.same('GET /api/openapi.json');
  await both.same('GET /api/demo');
  await both.same('GET /api/sessions');
  await both.same('DELETE /api/sessions', { query: { except: 'current' } });
  await both.same('DELETE /api/sessions/{id}', { path: { id: SOME_ID } });
}

/** Why people may do something, and who may see something: with what it goes through. */
export async function askWhy(both: Both): Promise<void> {
  const { organisation, assistant, keeper, hidden: all } = both.sides[0].twin;
  const people = [assistant.id, keeper, ...organisation.people.slice(1, 2), SOME_ID];
  for (const [object, hidden] of Object.entries(all)) {
    const ids = [...(organisation.records[object] ?? []).slice(0, 2), SOME_ID];
    for (const id of ids) {
      for (const user of people) {
        for (const field of [undefined, ...hidden.slice(0, 1)]) {
          const query = { user, action: 'read', object, id, ...(field === undefined ? {} : { field }) };
          await both.same('GET /api/explain', { query });
        }
        await both.same('GET /api/explain', { query: { user, action: 'update', object, id } });
      }
      for (const field of [undefined, ...hidden.slice(0, 1)]) await seers(both, object, id, field);
    }
  }
}

async function seers(both: Both, object: string, id: string, field: string | undefined): Promise<void> {
  const door = 'GET /api/who-can-see';
  const query = { object, id, ...(field === undefined ? {} : { field }) };
  const { body } = await both.same(door, { query: { ...query, limit: '1', q: '' } });
  const { next, groups = [] } = body as { next?: string; groups?: { key: string }[] };
  if (next !== undefined) await both.same(door, { query: { ...query, limit: '2', cursor: next } });
  // Ids of what was made just now are not the same in both.
  const there = (await both.sides[1].client.get(`/api/who-can-see?${new URLSearchParams(query)}`)).body as {
    groups?: { key: string }[];
  };
  const shared = groups.filter(({ key }) => there.groups?.some((one) => one.key === key));
  for (const { key } of shared.slice(0, 3)) await both.same(door, { query: { ...query, group: key } });
  await both.same(door, { query: { ...query, cursor: SOME_ID, group: 'none' } });
}

/** A file of people to write to, some of whom are there already in one of the stores: by fields that are hidden. */
export async function bringFile(
  both: Both,
  workOn: (side: 0 | 1, id: string) => Promise<unknown>,
): Promise<void> {
  const { records } = both.sides[0].twin.organisation;
  const rows = Array.from(
    { length: 30 },
    (_, i) => `Alpha,canary${i}@example.com,+777 00 ${i},Nowhere ${i % 3}`,
  );
  const file = `name,email,phone,company\n${rows.join('\n')}\nBeta,,,${records['company']?.[0] ?? ''}\n`;
  const headers = { 'content-type': 'application/octet-stream' };
  await both.upload('POST /api/imports', {
    query: { object: 'contact', name: 'people.csv' },
    file,
    headers,
    keep: 'import',
  });
  const path = { id: '«import»' };
  await both.same('GET /api/imports/{id}/preview', { path });
  const query = { encoding: 'utf-8', delimiter: ',', heads: '1' };
  await both.same('GET /api/imports/{id}/preview', { path, query });
  await both.same('GET /api/imports/{id}/columns', { path });
  const columns = { name: { to: 'name' }, company: { to: 'company', missing: 'empty' } };
  const maps = [
    { columns: { ...columns, email: { to: 'email' } }, match: ['email'] },
    { columns: { ...columns, phone: { to: 'phone' } }, match: ['phone'] },
    { columns, match: ['name', 'email'] },
    { columns, set: { about: '{email}' }, match: ['name'], existing: 'update', read: { heads: 1 } },
  ];
  for (const body of maps) {
    await both.same('PUT /api/imports/{id}/map', { path, body });
    for (const doing of ['check', 'run', 'undo']) {
      await both.same(`POST /api/imports/{id}/${doing}`, { path });
      for (const side of [0, 1] as const) await workOn(side, both.sides[side].made.get('import') ?? SOME_ID);
      await both.same('GET /api/imports/{id}', { path });
      await both.same('GET /api/imports/{id}/result', { path });
      await both.same('GET /api/imports/{id}/refused', { path });
    }
    await both.same('POST /api/imports/{id}/stop', { path });
  }
}

/** Begun and ended; in between `look` is what is seen as somebody else. */
export async function seeAs(both: Both, user: string, look: () => Promise<void>): Promise<void> {
  const [role = SOME_ID] = both.sides[0].twin.organisation.roles;
  await both.same('POST /api/see-as', { body: { role } });
  await both.same('DELETE /api/see-as', { query: { role } });
  await both.same('POST /api/see-as', { body: { role }, keep: 'looking' });
  await both.same('DELETE /api/see-as', { query: { id: '«looking»' } });
  await both.same('POST /api/see-as', { body: { user, why: 'canary' } });
  both.headers = { 'rolecall-see-as': `user:${user}` };
  await look();
  both.headers = {};
  await both.same('DELETE /api/see-as', { query: { user } });
}
