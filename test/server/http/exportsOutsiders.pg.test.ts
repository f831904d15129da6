import { expect, test } from 'vitest';
import { file, openExports, query } from './exportHouse.ts';

// Whoever may not take something out, in every way in which they may ask for it.

const CANARY = 918_273_645.37;
const { house, doors, ada, ben, reader, nobody, ids, add, addDeal, trail } = await openExports();

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
