import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'csv-parse/sync';
import { beforeAll, expect, test } from 'vitest';
import { rearm } from '../../../server/csv/write.ts';
import { toJson } from '../../../server/db/json.ts';
import { newId } from '../../../shared/lib/ids.ts';
import { must } from '../../../shared/lib/must.ts';
import type { RawClient } from '../../world/rawClient.ts';
import { until } from '../../world/until.ts';
import { emailOf, openHouse, type House } from '../identity/house.ts';
import { openDoors, type OpenDoors } from './doors.ts';

const CANARY = 918_273_645.37;
const all = ['all' as const];
const own = ['own' as const];
const whole = { read: all, create: true, update: all, delete: all, assign: all, export: all };

let house: House;
let doors: OpenDoors;
/** May do everything; the margin only on deals of her own. */
let ada: RawClient;
/** Reads all deals without amounts, and may take out those of their own. */
let ben: RawClient;
/** Reads all, takes out nothing. */
let reader: RawClient;
let nobody: RawClient;
const ids: Record<string, string> = {};
let pipeline: string;

beforeAll(async () => {
  house = await openHouse();
  doors = await openDoors(house);
  const seller = await house.addRole({
    name: 'Seller',
    grants: { deal: whole, company: whole, contact: whole, activity: whole, pipeline: whole, user: whole },
    fields: { deal: { amount: 'edit', discount: 'edit' } },
  });
  const owner = await house.addRole({
    name: 'Owner',
    grants: { deal: { read: own, update: own } },
    fields: { deal: { margin: 'edit' } },
  });
  const taker = await house.addRole({
    name: 'Taker',
    grants: { deal: { read: all, export: own }, company: { read: own } },
    fields: { deal: { amount: 'hidden' } },
  });
  const readerRole = await house.addRole({
    name: 'Reader',
    grants: { deal: { read: all }, company: { read: all } },
  });
  ids['Ada'] = await house.addPerson('Ada', [seller, owner]);
  ids['Ben'] = await house.addPerson('Ben', [taker]);
  ids['Reader'] = await house.addPerson('Reader', [readerRole]);
  ids['Nobody'] = await house.addPerson('Nobody');
  ada = await doors.signIn('Ada');
  ben = await doors.signIn('Ben');
  reader = await doors.signIn('Reader');
  nobody = await doors.signIn('Nobody');
  const stage = (key: string, name: string, kind: string) => ({
    ...{ key, name, kind },
    ...{ probability: 50, color: 'blue', requires: [] },
  });
  pipeline = await add('pipelines', {
    name: 'Sales',
    position: 1,
    stages: [
      stage('first', 'In talks', 'open'),
      stage('again', 'in talks', 'open'),
      stage('won', 'Won', 'won'),
    ],
  });
});

async function add(plural: string, values: object): Promise<string> {
  const answer = await ada.post(`/api/${plural}`, values);
  expect(answer.status, answer.text).toBe(201);
  return (answer.body as { id: string }).id;
}
const addDeal = (values: object = {}) => add('deals', { title: 'Deal', pipeline, stage: 'first', ...values });
const query = (values: Record<string, string>) => new URLSearchParams(values).toString();

/** The rows of a file, by their heads, as they were before formulas were disarmed. */
async function file(client: RawClient, path: string): Promise<Record<string, string>[]> {
  const { status, text, headers } = await client.get(path);
  expect([status, headers['content-type']], text).toEqual([200, 'text/csv; charset=utf-8']);
  return rowsOf(text);
}
function rowsOf(text: string): Record<string, string>[] {
  const [head = [], ...rows] = parse(text, { bom: true, relax_column_count: false });
  return rows.map((cells) => Object.fromEntries(cells.map((cell, i) => [head[i] ?? '', rearm(cell)])));
}

/** What the trail says of exports, oldest first. */
const trail = (): Promise<{ action: string; after: Record<string, unknown>; actor_id: string }[]> =>
  house.app.sql`select action, after, actor_id from audit_entry where action like 'export.%' order by id`;

// —— outsiders ——

test('without a session, and with one that is over, nothing goes out', async () => {
  for (const path of ['/api/deals/export', '/api/deals/export/size']) {
    expect((await doors.outsider().get(path)).status).toBe(401);
    const gone = await doors.signIn('Ada');
    await gone.delete('/api/session');
    expect((await gone.get(path)).status).toBe(401);
  }
});

test('who may only read is told which right is missing; who may not even read, that there is nothing', async () => {
  const before = (await trail()).length;
  for (const path of ['/api/deals/export', '/api/deals/export/size', '/api/companies/export?columns=name']) {
    const object = path.includes('deals') ? 'deal' : 'company';
    expect(await reader.get(path)).toMatchObject({
      status: 403,
      headers: { 'content-type': 'application/json; charset=utf-8' },
      body: { error: { code: 'not_allowed', needs: `${object}.export` } },
    });
    const answer = await nobody.get(path);
    expect(answer).toMatchObject({ status: 404, body: { error: { code: 'not_found' } } });
    expect(answer.headers['content-disposition']).toBeUndefined();
  }
  // The right is one of each object, and parts that have no grants of their own have none.
  expect((await ben.get('/api/companies/export')).status).toBe(403);
  expect((await ada.get('/api/messages/export')).status).toBe(404);
  expect((await ada.get('/api/sessions/export')).status).toBe(403);
  expect((await ada.get('/api/nothing/export')).status).toBe(404);
  expect((await ada.send('HEAD', '/api/deals/export')).status).toBe(404);
  expect((await ada.post('/api/deals/export', {})).status).toBe(404);
  expect(await trail()).toHaveLength(before);
});

test('a reach of export that is smaller than that of reading cuts the rows', async () => {
  const mine = await addDeal({ title: 'Reach: of Ben', owner: ids['Ben'] });
  const theirs = await addDeal({ title: 'Reach: of Ada' });
  const q = query({ q: 'reach:' });
  expect((await ben.get(`/api/deals?${q}`)).body).toMatchObject({ rows: [{}, {}] });
  expect((await file(ben, `/api/deals/export?${q}`)).map((row) => row['Id'])).toEqual([mine]);
  expect((await ben.get(`/api/deals/export/size?${q}`)).body).toEqual({ rows: 1, listed: 2 });
  // Naming the other one by its id changes nothing.
  const filter = query({ filter: JSON.stringify({ id: [mine, theirs] }) });
  expect((await file(ben, `/api/deals/export?${filter}`)).map((row) => row['Id'])).toEqual([mine]);
  const sorted = await file(ada, `/api/deals/export?${q}&sort=title`);
  expect(sorted.map((row) => row['Id'])).toEqual([theirs, mine]);
});

test('a hidden field is in no file, and cannot be asked for in any way', async () => {
  const id = await addDeal({ title: 'Hidden', amount: CANARY, owner: ids['Ben'], next_step: 'canary' });
  const rows = await file(ben, `/api/deals/export?${query({ q: 'hidden' })}`);
  expect(rows).toHaveLength(1);
  expect(rows[0]).toMatchObject({ Id: id, Title: 'Hidden', 'Next step': 'canary' });
  for (const label of ['Amount', 'Discount', 'Margin']) expect(Object.keys(rows[0]!)).not.toContain(label);
  const ways: Record<string, string>[] = [
    { columns: 'title,amount' },
    { columns: 'margin' },
    { sort: '-amount' },
    { filter: '{"amount":{"gt":0}}' },
    { filter: '{"or":[{"title":"x"},{"margin":null}]}' },
  ];
  for (const asked of ways) {
    for (const path of ['export', 'export/size']) {
      expect(await ben.get(`/api/deals/${path}?${query(asked)}`), JSON.stringify(asked)).toMatchObject({
        status: 400,
        body: { error: { code: 'field_not_readable' } },
      });
    }
  }
  expect(await file(ben, `/api/deals/export?${query({ q: '918273645' })}`)).toEqual([]);
  expect(ben.bytes()).not.toContain('918273645');
});

test.each([
  ['columns=nothing', 'unknown_field'],
  ['columns=title,,amount', 'unknown_field'],
  ['columns=__proto__', 'unknown_field'],
  ['columns=version', 'unknown_field'],
  [`columns=${'id,'.repeat(300)}id`, 'malformed'],
  ['columns=', 'malformed'],
  ['columns=title&columns=amount', 'malformed'],
  ['filter={', 'bad_filter'],
  ['sort=nothing', 'bad_filter'],
  ['limit=5', 'malformed'],
  ['cursor=x', 'malformed'],
])('%s is refused as %s', async (asked, code) => {
  for (const path of ['export', 'export/size']) {
    const answer = await ada.get(`/api/deals/${path}?${asked}`);
    expect(answer).toMatchObject({ status: 400, body: { error: { code } } });
  }
});

test('a field that is readable on some rows is empty on the others, before they are sorted', async () => {
  const mine = await addDeal({ title: 'Partly 1' });
  await ada.patch(`/api/deals/${mine}`, { margin: 11 });
  const theirs = await addDeal({ title: 'Partly 2', owner: ids['Ben'] });
  await house.app.sql`update deal set margin = 99 where id = ${theirs}`;
  const asked = query({ q: 'partly', columns: 'margin,title', sort: '-margin' });
  expect(await file(ada, `/api/deals/export?${asked}`)).toEqual([
    { Id: mine, Margin: '11', Title: 'Partly 1' },
    { Id: theirs, Margin: '', Title: 'Partly 2' },
  ]);
  const filter = query({ q: 'partly', filter: '{"margin":{"gt":0}}' });
  expect((await file(ada, `/api/deals/export?${filter}`)).map((row) => row['Id'])).toEqual([mine]);
});

test('what a row names is called by its name only where that may be read', async () => {
  const company = await add('companies', { name: 'Secret Company' });
  const theirs = await add('companies', { name: 'Company of Ben', owner: ids['Ben'] });
  for (const one of [company, theirs]) await addDeal({ title: 'Named', company: one, owner: ids['Ben'] });
  const asked = query({ q: 'named', columns: 'company,owner' });
  const rows = await file(ben, `/api/deals/export?${asked}`);
  expect(rows.map((row) => row['Company']).sort()).toEqual(['', 'Company of Ben']);
  expect(rows.map((row) => row['Owner'])).toEqual(['Ben', 'Ben']);
  expect(ben.bytes()).not.toContain('Secret Company');
  const adas = await file(ada, `/api/deals/export?${asked}`);
  expect(adas.map((row) => row['Company']).sort()).toEqual(['Company of Ben', 'Secret Company']);
});

test('a page of another site cannot have a file fall upon somebody', async () => {
  const from = (site: string) => ({ origin: undefined, 'sec-fetch-site': site });
  for (const headers of [from('cross-site'), from('same-site'), { origin: 'https://evil.example' }]) {
    expect(await ada.get('/api/deals/export', headers)).toMatchObject({
      status: 403,
      body: { error: { code: 'foreign_origin' } },
    });
  }
  for (const site of ['same-origin', 'none'])
    expect((await ada.get('/api/deals/export', from(site))).status).toBe(200);
});

// —— the file ——

test('it is a download that spreadsheets read, named after the list and the day', async () => {
  await addDeal();
  const { headers, text } = await ada.get('/api/deals/export');
  expect(headers['content-disposition']).toMatch(/^attachment; filename="deals \d{4}-\d\d-\d\d\.csv"$/);
  expect(headers['cache-control']).toBe('no-store');
  expect(headers['content-length']).toBeUndefined();
  expect(text.startsWith('\uFEFFId,Title,Amount,Pipeline,Stage,')).toBe(true);
  expect(text.endsWith('\r\n')).toBe(true);
  expect(rowsOf(text).length).toBe((await all500(ada, 'deals')).length);
  const none = await ada.get(`/api/deals/export?${query({ q: 'no such deal', columns: 'title' })}`);
  expect(none.text).toBe('\uFEFFId,Title\r\n');
});

test('values are written so that an import reads them: by what they are called, in one form each', async () => {
  const contact = await add('contacts', { name: '-Tilo, "the" Brandt', language: 'de' });
  const values = {
    title: '=HYPERLINK("http://evil.example")',
    amount: -1200.5,
    stage: 'won',
    closes_on: '2031-05-17',
    next_step: "'+1",
    source: 'existing',
    participants: [ids['Ada'], ids['Ben']],
    contact,
  };
  const id = await addDeal(values);
  const [row] = await file(ada, `/api/deals/export?${query({ q: 'hyperlink' })}`);
  expect(row).toMatchObject({
    Id: id,
    Title: values.title,
    Amount: '-1200.5',
    Pipeline: 'Sales',
    Stage: 'Won',
    Closes: '2031-05-17',
    'Next step': values.next_step,
    Source: 'Existing customer',
    Owner: 'Ada',
    'Also working on it': 'Ada; Ben',
    Contact: '-Tilo, "the" Brandt',
    Closed: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
  });
  const { text } = await ada.get(`/api/deals/export?${query({ q: 'hyperlink' })}`);
  expect(text).toContain(`,"'=HYPERLINK(""http://evil.example"")",-1200.5,`);
  expect(text).toContain(`,''+1,`);
  const [person] = await file(ada, `/api/users/export?${query({ q: 'Ada' })}`);
  expect(person).toMatchObject({ Name: 'Ada', Active: 'true', Away: 'false' });
});

test('what is called like another is told apart: stages by their keys, people by their addresses', async () => {
  const twin = await house.addPerson('Twin');
  await house.app.sql`update user_account set name = 'Ben' where id = ${twin}`;
  const other = await addDeal({ title: 'Told apart', stage: 'again', owner: ids['Ben'] });
  await addDeal({ title: 'Told apart', stage: 'first', owner: ids['Ada'] });
  const asked = query({ q: 'told apart', columns: 'stage,owner', sort: 'id' }).replace('&sort=id', '');
  const rows = await file(ada, `/api/deals/export?${asked}`);
  expect(rows.find((row) => row['Id'] === other)).toMatchObject({ Stage: 'again', Owner: emailOf('Ben') });
  expect(rows.find((row) => row['Id'] !== other)).toMatchObject({ Stage: 'first', Owner: 'Ada' });
  await house.app.sql`update user_account set name = 'Twin' where id = ${twin}`;
});

test('one export after the other on one connection is right, whatever their columns', async () => {
  await addDeal({ title: 'Columns', amount: 7 });
  for (const columns of ['title', 'amount,title', 'stage_since', 'title,pipeline,owner', 'title']) {
    const [row] = await file(ada, `/api/deals/export?${query({ q: 'columns', columns })}`);
    expect(Object.keys(must(row, 'a row'))).toHaveLength(columns.split(',').length + 1);
  }
});

const STRINGS = join(import.meta.dirname, '../../../../shared/data/blns/blns.json');
test('hostile texts come back as they are, and none begins like a formula', async () => {
  const naughty = existsSync(STRINGS) ? (JSON.parse(readFileSync(STRINGS, 'utf8')) as string[]) : [];
  const texts = [...naughty, ...HOSTILE].filter((text) => !text.includes('\u0000'));
  const rows = texts.map((about) => ({ id: newId(), about }));
  await house.app.sql`
    insert into company (id, name, about, owner_id, created_at, updated_at)
    select id, 'Hostile', about, ${must(ids['Ada'], 'Ada')}, now(), now()
    from jsonb_to_recordset(${toJson(house.app.sql, rows)}) as r (id uuid, about text)
  `;
  const asked = query({ q: 'hostile', columns: 'about,created_at' });
  const { text } = await ada.get(`/api/companies/export?${asked}`);
  const back = new Map(rowsOf(text).map((row) => [row['Id'], row['About']]));
  for (const { id, about } of rows) expect(back.get(id)).toBe(about);
  const raw: string[][] = parse(text, { bom: true });
  for (const cells of raw) for (const cell of cells) expect(cell).not.toMatch(/^[=+\-@\t\r]/);
});
const HOSTILE = [
  '=1+1', '+1', '-1', '@SUM(A1)', '\t=1', '\r=1', "'=1", "''=1", '"', '""', ',', ';', '\n', '\r\n', 'a\rb', ' x ', '\u202e=1',
  '\uFEFFx', '=cmd|\' /C calc\'!A0', 'x'.repeat(20_000), '0012', '1e9', '#REF!', 'ÿ', '\u{1f600}',
]; // prettier-ignore

test('a file says what the list shows, row by row', async () => {
  for (let i = 0; i < 30; i++) {
    const amount = i % 3 ? i * 1.05 : null;
    await addDeal({
      title: `Same ${i % 7}`,
      amount,
      closes_on: i % 2 ? null : '2031-01-01',
      owner: ids[i % 2 ? 'Ben' : 'Ada'],
    });
  }
  for (const sort of ['title', '-title', 'amount', '-amount', 'closes_on', '-created_at']) {
    const asked = query({ q: 'same', sort, filter: '{"stage":"first"}' });
    const rows = await file(ada, `/api/deals/export?${asked}`);
    const list = await all500(ada, 'deals', asked);
    expect(rows.length).toBeGreaterThanOrEqual(30);
    expect(
      rows.map((row) => [row['Id'], row['Title'], row['Amount'], row['Closes'], row['Created']]),
    ).toEqual(
      list.map((row) => [
        row['id'],
        row['title'],
        String(row['amount'] ?? ''),
        row['closes_on'] ?? '',
        row['created_at'],
      ]),
    );
  }
});

async function all500(client: RawClient, plural: string, asked = ''): Promise<Record<string, unknown>[]> {
  const { body } = await client.get(`/api/${plural}?limit=500&${asked}`);
  return (body as { rows: Record<string, unknown>[] }).rows;
}

// —— the trail ——

test('the trail tells who took out what, and nothing that auditors may not read', async () => {
  await until(async () => (await trail()).length % 2 === 0);
  const before = (await trail()).length;
  const filter = {
    amount: { gte: 777_123 },
    title: { contains: 'Trail' },
    margin: null,
    next_activity_kind: 'call',
  };
  await addDeal({ title: 'Trail', amount: 800_000 });
  await ada.get(
    `/api/deals/export?${query({ q: 'Trail', columns: 'title', sort: '-title', filter: JSON.stringify(filter) })}`,
  );
  // Its end is noted once the last byte has left.
  await until(async () => (await trail()).length >= before + 2);
  const [begin, end, ...more] = (await trail()).slice(before);
  expect(more).toEqual([]);
  const said = { operator: expect.any(String), field: expect.any(String) };
  expect(begin).toMatchObject({ action: 'export.begin', actor_id: ids['Ada'] });
  expect(must(begin, 'its begin').after).toEqual({
    columns: ['id', 'title'],
    q: 'Trail',
    sort: '-title',
    filter: {
      all: [
        {
          all: [
            { ...said, field: 'amount', value: '(withheld)' },
            { ...said, field: 'title', value: '"Trail"' },
            { ...said, field: 'margin', value: 'true' },
            { ...said, field: 'next_activity_kind', value: '(withheld)' },
          ],
        },
      ],
    },
  });
  expect(JSON.stringify(begin)).not.toContain('777');
  expect(end).toMatchObject({ action: 'export.end', after: { rows: 0, whole: true } });
  // What is searched in contacts are e-mail addresses, too.
  await ada.get(`/api/contacts/export?${query({ q: 'tilo@secret.example' })}`);
  expect(JSON.stringify(await trail())).not.toContain('secret.example');
});
