import { beforeAll, describe, expect, test } from 'vitest';
import type { ImportMap } from '../../../../shared/protocol/index.ts';
import type { Caller } from '../../../../server/lib/app.ts';
import { openNordlicht, type Nordlicht } from '../../../world/nordlicht.ts';
import { people, roles, teams } from '../../../world/people.ts';
import { bringIn, carryOut, plainly, upload } from './bring.ts';

let world: Nordlicht;
let admin: Caller;
beforeAll(async () => {
  world = await openNordlicht();
  admin = await world.as(people.rafael);
});

const bring = (object: string, file: string, map: ImportMap, as = admin) =>
  bringIn(world.app, as, object, file, map);
const names = (...list: string[]): ImportMap => ({ columns: plainly(...list) });

describe('rows that cannot be taken are told by line, column and reason, and others come in', () => {
  test.each<[string, string, object[], number]>([
    ['ragged ones', 'name,city\nA1\nA2,B,C,D\nA3,B\n', [{ line: 2 }, { line: 3 }], 1],
    ['an unclosed quote', 'name,city\nB1,x\n"B2,y\nB3,z\n', [{ line: 3 }], 2],
    ['a NUL', 'name,city\nC1\0,x\nC2,y\n', [{ line: 2, column: 'name' }], 1],
    ['a cell of 2 MB', `name,city\n${'D'.repeat(2_000_000)},x\nD2,y\n`, [{ line: 2, column: 'name' }], 1],
    ['too long for the field', `name,city\nE1,${'x'.repeat(101)}\nE2,y\n`, [{ line: 2, column: 'city' }], 1],
    [
      'a required cell that is empty',
      'name,city\n,x\nF2,y\n',
      [{ line: 2, column: 'name', reason: 'Required' }],
      1,
    ],
  ])('%s', async (_, file, problems, created) => {
    const { record, result } = await bring('company', file, names('name', 'city'));
    expect(record).toMatchObject({ status: 'done', created, refused: problems.length });
    expect(result.problems).toMatchObject(problems);
  });

  test('many at once, each for its own reason', async () => {
    const lost = Array.from(
      { length: 120 },
      (_, i) => `Many ${i},${i % 3 === 0 ? 'Lost' : 'Won'},${i % 6 === 0 ? 'Price' : ''}`,
    );
    const { record, result } = await bring('deal', `title,stage,why\n${lost.join('\n')}\n`, {
      columns: { title: { to: 'title' }, stage: { to: 'stage' }, why: { to: 'lost_reason' } },
    });
    expect(record).toMatchObject({ created: 100, refused: 20 });
    expect(result.problems).toHaveLength(20);
    expect(result.problems[0]).toEqual({
      line: 5,
      column: 'why',
      reason: 'Say why it was lost',
      taken: false,
    });
    const parts = Array.from({ length: 40 }, (_, i) => `Call ${i},${i % 2 === 0 ? 'Many 1' : ''}`);
    const tasks = await bring('activity', `subject,regarding\n${parts.join('\n')}\n`, {
      columns: { subject: { to: 'subject' }, regarding: { to: 'belongs_to' } },
    });
    expect(tasks.record).toMatchObject({ created: 20, refused: 20 });
    expect(tasks.result.problems[0]).toMatchObject({
      line: 3,
      column: 'regarding',
      reason: 'Say what it belongs to',
    });
  });

  test('3,000 columns', async () => {
    const heads = Array.from({ length: 3_000 }, (_, i) => `h${i}`).join();
    await expect(upload(world.app, admin, 'company', `${heads}\n`, names())).rejects.toThrow(/3,000 columns/);
  });
});

test('what a spreadsheet would run, bidirectional text and leading zeros come in as they are', async () => {
  const file = "name,city,external_id\n'=1+1,\u202eabc,007\n=2+2,x,0010\n";
  await bring('company', file, { columns: plainly('name', 'city', 'external_id') });
  const rows =
    await world.sql`select name, city, external_id from company where external_id like '0%' order by 3`;
  expect([...rows]).toEqual([
    { name: '=2+2', city: 'x', external_id: '0010' },
    { name: '=1+1', city: '\u202eabc', external_id: '007' },
  ]);
});

test('a head that is there twice, and a date that may be two days', async () => {
  const file = 'title,when,when\nX1,03/04/2026,13/04/2026\n';
  const columns = { title: { to: 'title' }, 'when (2)': { to: 'closes_on', dates: 'dmy' as const } };
  expect((await bring('deal', file, { columns })).record).toMatchObject({ created: 1 });
  const unsaid = { title: { to: 'title' }, when: { to: 'closes_on' } };
  expect((await bring('deal', file, { columns: unsaid })).result.problems).toMatchObject([
    { line: 2, column: 'when' },
  ]);
});

test('texts that name nothing are counted, with what was likely meant; one word in the map mends them', async () => {
  await bring('product', 'name\nGTX Pro\nMG Special\n', names('name'));
  const file = 'title,product,company\nP1,GTXPro,\nP2,GTXPro,\nP3,MG Special,\n';
  const columns = plainly('title', 'product', 'company');
  const id = await upload(world.app, admin, 'deal', file, { columns });
  const { record, result } = await carryOut(world.app, admin, id, 'check');
  expect(record).toMatchObject({ created: 1, refused: 2 });
  expect(result.unknown).toEqual([{ column: 'product', to: 'product', text: 'GTXPro', rows: 2, suggestion: { text: 'GTX Pro', label: 'GTX Pro' } }]); // prettier-ignore
  const mended = { ...columns, product: { to: 'product', values: { GTXPro: 'GTX Pro' } } };
  expect((await bring('deal', file, { columns: mended })).record).toMatchObject({ created: 3, refused: 0 });
});

test('a check says all that is unknown in a row at once, countries and words of other programs among it', async () => {
  const file = 'title,source,stage,company\nA,Trade Show,Closed Won,Nowhere Ltd\nB,N/A,Won,\n';
  const columns = plainly('title', 'source', 'stage', 'company');
  const id = await upload(world.app, admin, 'deal', file, { columns });
  const { record, result } = await carryOut(world.app, admin, id, 'check');
  expect(record).toMatchObject({ created: 0, refused: 2 });
  const meant = result.unknown.map(({ text, suggestion }) => [text, suggestion?.text ?? null]);
  expect(Object.fromEntries(meant)).toEqual({
    'Trade Show': 'Fair',
    'Closed Won': 'Won',
    'Nowhere Ltd': null,
    'N/A': '',
  });

  const companies = 'name,country\nHere,Untied States\nThere,Germany\n';
  const { result: checked } = await bring('company', companies, { columns: plainly('name', 'country') });
  expect(checked.unknown).toMatchObject([
    { text: 'Untied States', suggestion: { text: 'United States', label: 'United States' } },
  ]);
});

describe('others of the same object', () => {
  test('may come later; what is nowhere is told, and the row taken without it', async () => {
    const columns = plainly('name', 'parent');
    const file = 'name,parent\nSub,Top\nTop,\nLost,Nobody\n';
    const id = await upload(world.app, admin, 'company', file, { columns, match: ['name'] });
    const checked = await carryOut(world.app, admin, id, 'check');
    const { record, result } = await carryOut(world.app, admin, id, 'run');
    for (const one of [checked.result, result])
      expect(one.problems).toMatchObject([{ line: 4, column: 'parent', taken: true }]);
    expect(record).toMatchObject({ created: 3, refused: 0 });
    const rows = await world.sql`
      select c.name, p.name as parent from company c left join company p on p.id = c.parent_id
      where c.name in ('Sub', 'Top', 'Lost') order by 1
    `;
    expect([...rows]).toEqual([{ name: 'Lost', parent: null }, { name: 'Sub', parent: 'Top' }, { name: 'Top', parent: null }]); // prettier-ignore
    expect((await bring('company', file, { columns, match: ['name'] })).record).toMatchObject({ same: 3, updated: 0, created: 0 }); // prettier-ignore
  });

  test('people without an address come in with teams, managers and roles', async () => {
    const file = 'name,boss,office\nUma,Vic,West\nWim,Vic,West\n';
    const map: ImportMap = {
      columns: {
        name: { to: 'name' },
        boss: { to: 'manager', missing: 'create', create: { team: '{office}', roles: 'Sales manager' } },
        office: { to: 'team', missing: 'create' },
      },
      set: { roles: 'Sales representative' },
      match: ['name'],
    };
    const { record, result } = await bring('user', file, map);
    expect([record['created'], result.along, result.problems]).toEqual([2, { team: 1, user: 1 }, []]);
    const rows = await world.sql`
      select u.name, u.email, m.name as manager, t.name as team, r.name as role
      from user_account u left join user_account m on m.id = u.manager_id join team t on t.id = u.team_id
      join role_assignment a on a.user_id = u.id join role r on r.id = a.role_id
      where u.name in ('Uma', 'Vic', 'Wim') order by 1
    `;
    expect(rows).toMatchObject([
      { name: 'Uma', email: null, manager: 'Vic', team: 'West', role: 'Sales representative' },
      { name: 'Vic', email: null, manager: null, team: 'West', role: 'Sales manager' },
      { name: 'Wim', manager: 'Vic' },
    ]);
    expect((await bring('user', file, map)).record).toMatchObject({ same: 2, created: 0, updated: 0 });
  });
});

test('an address under several names is several contacts, each ticket with its own; its state is the one told', async () => {
  await world.add('queue', null, { name: 'Care', teams: [], position: 0 });
  const file =
    'id,who,mail,subject,text,answer,state,done\n1,Ann,x@example.com,S1,Help,,pending,\n2,Bob,x@example.com,S2,Help!,Done,resolved,2024-01-02T10:00:00Z\n3,Ann,X@Example.com,S3,Again,,open,\n';
  const map: ImportMap = {
    columns: {
      id: { to: 'external_id' },
      who: { to: 'customer_name' },
      mail: { to: 'contact', find: ['email', 'name'], missing: 'create', create: { name: '{who}' } },
      subject: { to: 'subject' },
      text: { to: 'message.customer' },
      answer: { to: 'message.us' },
      state: { to: 'status' },
      done: { to: 'resolved_at' },
    },
    set: { queue: 'Care' },
    match: ['external_id'],
  };
  const { result } = await bring('ticket', file, map);
  expect([result.problems, result.along]).toEqual([[], { contact: 2 }]);
  const rows = await world.sql`
    select t.subject, c.name, t.status, t.preview, t.waiting_since is not null as waits, t.resolved_at, t.version, t.assignee_id
    from ticket t join contact c on c.id = t.contact_id order by t.subject
  `;
  expect(rows).toMatchObject([
    { name: 'Ann', status: 'pending', preview: 'Help', waits: false, version: 1, assignee_id: null },
    {
      name: 'Bob',
      status: 'resolved',
      preview: 'Done',
      waits: false,
      resolved_at: '2024-01-02T10:00:00.000Z',
    },
    { name: 'Ann', status: 'open', preview: 'Again', waits: true },
  ]);
  expect(await world.sql`select 1 from message`).toHaveLength(4);
  expect(await world.sql`select 1 from notification`).toHaveLength(0);
  expect((await bring('ticket', file, map)).record).toMatchObject({ same: 3, created: 0 });
});

test('the same key twice in a file is one record, or refused by the line it stood on first', async () => {
  const file = 'name,city\nTwice,Rome\nTwice,Rome\nTwice,Oslo\n';
  const { record, result } = await bring('company', file, { ...names('name', 'city'), match: ['name'] });
  expect(record).toMatchObject({ created: 1, same: 1, refused: 1 });
  expect(result.problems).toMatchObject([{ line: 4, reason: expect.stringContaining('line 2') as string }]);
});

test('names that several have are refused, and what the importer may not see is not there', async () => {
  await world.add('company', people.priya, { name: 'Southern', team: teams.south });
  await world.add('company', people.anna, { name: 'Double', team: teams.north });
  await world.add('company', people.anna, { name: 'Double', team: teams.north });
  await world.sql`update role set system = '["import"]' where id = ${roles.salesAssistant} or built_in = 'sales_representative'`;
  const anna = await world.as(people.anna);
  const file = 'title,company,owner\nN1,Southern,\nN2,Double,\nN3,,\nN4,,Kofi Mensah\n';
  const { record, result } = await bring('deal', file, names('title', 'company'), anna);
  expect(record).toMatchObject({ created: 2, refused: 2 });
  expect(result.problems.map(({ line, column }) => [line, column])).toEqual([[2, 'company'], [3, 'company']]); // prettier-ignore
  expect(JSON.stringify(result.unknown)).not.toContain('Southern"}');
  // No roles to give, and no owner: these are no targets of hers.
  await expect(upload(world.app, anna, 'user', 'name\nX\n', names('name'))).rejects.toThrow();
});

test('a problem that most rows have does not hide what few have', async () => {
  const bad = Array.from({ length: 600 }, (_, i) => `K${i},many,`).join('\n');
  const file = `name,employees,website\n${bad}\nK600,1,nowhere at all\n`;
  const { record, result } = await bring('company', file, names('name', 'employees', 'website'));
  expect(record).toMatchObject({ created: 0, refused: 601 });
  expect(result.problems).toHaveLength(500);
  expect(result.kinds.map(({ column, rows, lines }) => [column, rows, lines])).toEqual([
    ['employees', 600, [2, 3, 4, 5, 6, 7, 8, 9, 10, 11]],
    ['website', 1, [602]],
  ]);
});
