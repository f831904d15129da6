import { beforeAll, describe, expect, test } from 'vitest';
import { request } from 'node:http';
import { newId } from '../../../shared/lib/ids.ts';
import { IMPORT_LIMITS } from '../../../shared/protocol/index.ts';
import { workOnImports } from '../../../server/commands/imports/work.ts';
import { endSessions } from '../../../server/identity/endSessions.ts';
import type { RawClient } from '../../world/rawClient.ts';
import { openHouse, type House } from '../identity/house.ts';
import { openDoors, type OpenDoors } from './doors.ts';

let house: House;
let doors: OpenDoors;
let ada: RawClient;
let ben: RawClient;
let cem: RawClient;
let adaId: string;
beforeAll(async () => {
  house = await openHouse();
  doors = await openDoors(house);
  const all = ['all' as const];
  const company = { read: all, create: true, update: all, delete: all };
  const fields = { company: { revenue: 'hidden' as const } };
  const importer = await house.addRole({ name: 'Importer', grants: { company }, fields, system: ['import'] });
  const keeper = await house.addRole({ name: 'Keeper', grants: { company } });
  const seer = await house.addRole({ name: 'Seer', grants: { import: { read: all } }, system: ['import'] });
  adaId = await house.addPerson('Ada', [importer]);
  await house.addPerson('Ben', [keeper, seer]);
  await house.addPerson('Cem', [keeper]);
  [ada, ben, cem] = await Promise.all([doors.signIn('Ada'), doors.signIn('Ben'), doors.signIn('Cem')]);
});

const TYPE = { 'content-type': 'application/octet-stream' };
const send = (
  client: RawClient,
  file: string,
  query = 'object=company&name=some.csv',
  headers: object = TYPE,
) => client.send('POST', `/api/imports?${query}`, file, { ...headers });
const idOf = (body: unknown): string => (body as { id: string }).id;
const uploaded = async (client: RawClient, file: string) => idOf((await send(client, file)).body);

const kept = async () => {
  const [row] = await house.app.sql`
    select (select count(*) from import_piece) as pieces, (select count(*) from data_import) as imports
  `;
  return row;
};

describe('outsiders', () => {
  test.each([
    ['POST', ''],
    ['GET', '/ID/preview'],
    ['GET', '/ID/columns'],
    ['PUT', '/ID/map'],
    ['POST', '/ID/check'],
    ['POST', '/ID/run'],
    ['POST', '/ID/stop'],
    ['POST', '/ID/undo'],
    ['GET', '/ID/result'],
    ['GET', '/ID/refused'],
  ])('without a cookie %s /api/imports%s is 401', async (method, path) => {
    const body = method === 'PUT' ? {} : undefined;
    const answer = await doors.outsider().send(method, `/api/imports${path.replace('ID', newId())}`, body);
    expect(answer.status).toBe(401);
  });

  test('send no file without the permission, from elsewhere, of another kind, or of what is no object for files', async () => {
    const before = await kept();
    expect(await send(cem, 'name\nX\n')).toMatchObject({ status: 403, body: { error: { needs: 'import' } } });
    expect(
      await send(ada, 'name\nX\n', undefined, { ...TYPE, origin: 'https://evil.example' }),
    ).toMatchObject({ status: 403 });
    expect(await send(ada, '{}', undefined, { 'content-type': 'application/json' })).toMatchObject({
      status: 400,
    });
    expect(await send(ada, 'a', 'object=deal&name=x')).toMatchObject({
      status: 403,
      body: { error: { needs: 'deal.create' } },
    });
    expect(await send(ada, 'a', 'object=activity&name=x')).toMatchObject({
      status: 403,
      body: { error: { needs: 'activity.create' } },
    });
    for (const object of ['message', 'session', 'pipeline', 'import', 'nothing', '__proto__'])
      expect([object, (await send(ada, 'a', `object=${object}&name=x`)).status]).toEqual([object, 404]);
    for (const query of [
      'object=company',
      'object=company&name=x&more=1',
      `object=company&name=${'x'.repeat(201)}`,
    ])
      expect((await send(ada, 'a', query)).status).toBe(400);
    expect((await send(ada, '')).status).toBe(400);
    expect(await kept()).toEqual(before);
  });

  test('neither see nor steer what is another’s', async () => {
    const id = await uploaded(ada, 'name\nX\n');
    for (const [method, path, body] of [
      ['GET', 'preview'],
      ['GET', 'columns'],
      ['PUT', 'map', { columns: {} }],
      ['POST', 'check'],
      ['POST', 'run'],
      ['POST', 'stop'],
      ['POST', 'undo'],
      ['GET', 'result'],
      ['GET', 'refused'],
    ] as [string, string, object?][]) {
      expect([path, (await cem.send(method, `/api/imports/${id}/${path}`, body)).status]).toEqual([
        path,
        404,
      ]);
      // Who may read all imports still steers none of others.
      expect([path, (await ben.send(method, `/api/imports/${id}/${path}`, body)).status]).toEqual([
        path,
        403,
      ]);
    }
    expect((await cem.get(`/api/imports/${id}`)).status).toBe(404);
    expect((await ben.get(`/api/imports/${id}`)).status).toBe(200);
    expect((await ada.send('PATCH', `/api/imports/${id}`, { status: 'done' })).status).toBe(404);
  });

  test('learn nothing of hidden fields by mapping or matching them', async () => {
    const id = await uploaded(ada, 'name,revenue\nX,3\n');
    const { targets } = (await ada.get(`/api/imports/${id}/preview`)).body as { targets: { key: string }[] };
    expect(targets.map(({ key }) => key)).toContain('name');
    expect(targets.map(({ key }) => key)).not.toContain('revenue');
    const put = (map: object) => ada.send('PUT', `/api/imports/${id}/map`, map);
    expect(await put({ columns: { revenue: { to: 'revenue' } } })).toMatchObject({ status: 422, body: { error: { fields: { 'columns.revenue': expect.any(String) as string } } } }); // prettier-ignore
    expect(await put({ columns: { name: { to: 'name' } }, match: ['revenue'] })).toMatchObject({ status: 400, body: { error: { code: 'field_not_readable' } } }); // prettier-ignore
    expect(await put({ columns: { name: { to: 'team', find: ['nothing'] } } })).toMatchObject({
      status: 422,
    });
    expect(await put({ columns: { name: { to: 'name', more: 1 } } })).toMatchObject({ status: 400 });
    expect(await put({ columns: { name: { to: 'name' }, revenue: { to: 'name' } } })).toMatchObject({
      status: 422,
    });
    expect(await put({ columns: { lost: { to: 'name' } } })).toMatchObject({ status: 422 });
    expect(await put({ columns: {} })).toMatchObject({ status: 200 });
    expect(await ada.post(`/api/imports/${id}/run`)).toMatchObject({ status: 422, body: { error: { fields: { 'targets.name': expect.any(String) as string } } } }); // prettier-ignore
  });

  test('leave nothing where the file is too large, the line is cut, or the session ends meanwhile', async () => {
    const before = await kept();
    const length = `${IMPORT_LIMITS.bytes + 1}`;
    expect(await halfOf(ada, 1_000, () => undefined, { 'content-length': length })).toBe(413);
    await halfOf(ada, 2_000_000, (outgoing) => outgoing.destroy());
    const { caller } = await house.enter(adaId);
    const eve = await doors.signIn('Ada');
    const status = await halfOf(eve, 2_000_000, async (outgoing) => {
      const [session] = await house.app.sql<{ id: string }[]>`
        select id from session where user_id = ${adaId} and ended_at is null order by created_at desc limit 1
      `;
      await endSessions(house.app, caller, { sessions: [session?.id ?? ''] }, 'ended_by_admin');
      outgoing.end('x'.repeat(2_000_000));
    });
    expect(status).toBe(401);
    await expect.poll(kept, { timeout: 10_000 }).toEqual(before);
  });
});

test('a file goes all the way: sent, looked at, mapped, checked, brought in, and its refused rows come back', async () => {
  const file = 'Name,City,Employees\n"=Alpha",Oslo,12\nBeta,,many\n';
  const sent = await send(ada, file);
  expect(sent).toMatchObject({
    status: 201,
    body: { status: 'uploaded', object: 'company', bytes: file.length },
  });
  const id = idOf(sent.body);
  const preview = (await ada.get(`/api/imports/${id}/preview`)).body as {
    map: object;
    columns: object[];
    kept: boolean;
  };
  expect(preview).toMatchObject({ kept: false, reading: { encoding: 'utf-8', delimiter: ',' } });
  expect(preview.columns).toMatchObject([
    { head: 'Name', samples: ['=Alpha', 'Beta'] },
    { head: 'City' },
    { head: 'Employees' },
  ]);
  const columns = { Name: { to: 'name' }, City: { to: 'city' }, Employees: { to: 'employees' } };
  expect(await ada.send('PUT', `/api/imports/${id}/map`, { columns })).toMatchObject({ status: 200 });
  expect(await ada.get(`/api/imports/${id}/preview`)).toMatchObject({ body: { kept: true } });
  for (const [doing, status] of [
    ['check', 'checked'],
    ['run', 'done'],
  ] as const) {
    expect((await ada.post(`/api/imports/${id}/${doing}`)).status).toBe(202);
    await workOnImports(house.app, new AbortController().signal, id);
    expect(await ada.get(`/api/imports/${id}`)).toMatchObject({
      body: { status, created: 1, refused: 1, rows: 2 },
    });
  }
  const refused = await ada.get(`/api/imports/${id}/refused`);
  expect(refused.headers['content-type']).toBe('text/csv; charset=utf-8');
  expect(refused.text).toMatch(
    /^Name,City,Employees,Import line,Import column,Import reason\r\nBeta,,many,3,Employees,/,
  );
  expect((await ada.post(`/api/imports/${id}/run`)).status).toBe(409);
  expect(await house.app.sql`select name from company`).toMatchObject([{ name: '=Alpha' }]);
});

/** Sends the beginning of a file, and then what `next` does; answers the status, 0 for none. */
function halfOf(
  client: RawClient,
  bytes: number,
  next: (outgoing: ReturnType<typeof request>) => unknown,
  length: Record<string, string> = { 'transfer-encoding': 'chunked' },
): Promise<number> {
  const { hostname, port } = new URL(doors.base);
  return new Promise((resolve) => {
    const headers = { ...TYPE, cookie: client.cookieHeader(), ...length };
    const path = '/api/imports?object=company&name=half.csv';
    const outgoing = request({ host: hostname, port, path, method: 'POST', headers, agent: false });
    outgoing.on('error', () => resolve(0));
    outgoing.on('response', (incoming) => {
      incoming.resume();
      resolve(incoming.statusCode ?? 0);
    });
    outgoing.write('x'.repeat(bytes), () => void next(outgoing));
  });
}
