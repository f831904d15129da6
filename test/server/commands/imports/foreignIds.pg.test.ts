import { beforeAll, expect, test } from 'vitest';
import { guessMap } from '../../../../shared/imports/guess.ts';
import { previewImport } from '../../../../server/queries/imports/preview.ts';
import type { Caller } from '../../../../server/lib/app.ts';
import { openNordlicht, type Nordlicht } from '../../../world/nordlicht.ts';
import { people } from '../../../world/people.ts';
import { bringIn, carryOut, upload } from './bring.ts';

// The files of a foreign CRM as a new user brings them in: each by the guessed map, naming each other by ids.

let world: Nordlicht;
let admin: Caller;
beforeAll(async () => {
  world = await openNordlicht();
  admin = await world.as(people.rafael);
});

/** 18 characters; those of one kind differ in small and capital letters alone. */
const id = (kind: string, last: string) => `${kind}Qy00000${last}`.padEnd(18, 'I').slice(0, 18);
const FILES: [object: string, file: string][] = [
  [
    'user',
    `Id,Name,Email,ManagerId,IsActive
${id('005', 'aB')},Sam Doe,,${id('005', 'AB')},true
${id('005', 'Ab')},Sam Doe,,${id('005', 'AB')},true
${id('005', 'AB')},Lee Boss,lee@example.com,,true
`,
  ],
  ['company', `Id,Name,ParentId,OwnerId\n${id('001', 'X')},Acme,,${id('005', 'Ab')}\n`],
  [
    'contact',
    `Id,FirstName,LastName,AccountId,OwnerId\n${id('003', 'C')},Ann,Lee,${id('001', 'X')},${id('005', 'aB')}\n`,
  ],
  [
    'deal',
    `Id,Name,AccountId,OwnerId,Amount\n${id('006', 'a')},Roof,${id('001', 'X')},${id('005', 'aB')},5\n${id('006', 'A')},Wall,${id('001', 'X')},${id('005', 'AB')},6\n`,
  ],
  [
    'activity',
    `Id,WhoId,WhatId,OwnerId,Subject,ActivityDate,Status,Type,Description
${id('00T', '1')},${id('003', 'C')},${id('006', 'A')},${id('005', 'aB')},Ring back,2024-03-01,Completed,Call,They asked
${id('00T', '2')},,${id('001', 'X')},${id('005', 'Ab')},Visit,2030-03-01,Not Started,Meeting,
${id('00T', '3')},${id('003', 'C')},,${id('005', 'XX')},Write,2024-05-01,Completed,,
${id('00T', '4')},${id('003', 'Z')},${id('006', 'zz')},,Nobody's,2024-05-01,Open,Email,
`,
  ],
];

async function bringGuessed(object: string, file: string) {
  const map = guessMap([], []);
  const importId = await upload(world.app, admin, object, file, map);
  await world.sql`update import_plan set map = null where import_id = ${importId}`;
  const preview = await previewImport(world.app, admin.actor, importId, {});
  return { map: preview.map, ...(await bringIn(world.app, admin, object, file, preview.map)) };
}

test('people are known by the ids that they have elsewhere, and found by them from other files', async () => {
  for (const [object, file] of FILES.slice(0, 4)) {
    const { record, result } = await bringGuessed(object, file);
    expect(record, object).toMatchObject({ status: 'done', refused: 0 });
    expect([object, result.problems, result.ignored]).toEqual([object, [], []]);
  }
  const sams = await world.sql`
    select u.external_id, m.name as manager from user_account u join user_account m on m.id = u.manager_id
    where u.name = 'Sam Doe' order by u.external_id collate "C"
  `;
  expect([...sams]).toEqual([
    { external_id: id('005', 'Ab'), manager: 'Lee Boss' },
    { external_id: id('005', 'aB'), manager: 'Lee Boss' },
  ]);
  const deals = await world.sql`
    select d.title, u.external_id as owner, c.name as company
    from deal d join user_account u on u.id = d.owner_id join company c on c.id = d.company_id
    where d.external_id is not null order by d.title
  `;
  expect([...deals]).toEqual([
    { title: 'Roof', owner: id('005', 'aB'), company: 'Acme' },
    { title: 'Wall', owner: id('005', 'AB'), company: 'Acme' },
  ]);
});

test('activities come in with whatever they belong to; what is completed is done', async () => {
  const [object, file] = FILES[4]!;
  const { record, result, map } = await bringGuessed(object, file);
  expect(record).toMatchObject({ created: 3, refused: 1 });
  expect(result.problems.filter(({ taken }) => !taken)).toMatchObject([{ line: 5 }]);
  const rows = await world.sql`
    select a.subject, a.kind, d.title as deal, c.name as company, p.name as contact, u.external_id as assignee,
      a.due_at, a.done_at
    from activity a left join deal d on d.id = a.deal_id left join company c on c.id = a.company_id
    left join contact p on p.id = a.contact_id left join user_account u on u.id = a.assignee_id
    where a.external_id is not null order by a.external_id
  `;
  expect([...rows]).toMatchObject([
    { subject: 'Ring back', kind: 'call', deal: 'Wall', company: 'Acme', contact: 'Ann Lee', assignee: id('005', 'aB'), due_at: '2024-03-01T00:00:00.000Z', done_at: '2024-03-01T00:00:00.000Z' },
    { subject: 'Visit', kind: 'meeting', deal: null, company: 'Acme', contact: null, assignee: id('005', 'Ab'), done_at: null },
    { subject: 'Write', kind: 'task', deal: null, contact: 'Ann Lee', assignee: null, done_at: '2024-05-01T00:00:00.000Z' },
  ]); // prettier-ignore
  expect(map.columns['WhatId']).toMatchObject({ to: 'belongs_to' });

  const importId = String(record['id']);
  const undone = await carryOut(world.app, admin, importId, 'undo');
  expect(undone.record).toMatchObject({ status: 'undone' });
  expect(
    await world.sql`select 1 from activity where external_id is not null and deleted_at is null`,
  ).toHaveLength(0);
  await bringGuessed(object, file);
});

test('who has left can be left away, so that their records come in', async () => {
  await world.sql`update user_account set active = false where external_id = ${id('005', 'AB')}`;
  const file = `Id,Name,OwnerId\n${id('001', 'L')},Left Ltd,${id('005', 'AB')}\n`;
  const columns = { Id: { to: 'external_id' }, Name: { to: 'name' } };
  const owner = { to: 'owner', find: ['external_id'] };
  const strict = await bringIn(world.app, admin, 'company', file, {
    columns: { ...columns, OwnerId: owner },
  });
  expect(strict.result.problems).toMatchObject([{ column: 'OwnerId', reason: 'This person is not active' }]);
  const OwnerId = { ...owner, missing: 'empty' as const };
  const { record, result } = await bringIn(world.app, admin, 'company', file, {
    columns: { ...columns, OwnerId },
  });
  expect(record).toMatchObject({ created: 1, refused: 0 });
  expect(result.problems).toMatchObject([{ column: 'OwnerId', taken: true }]);
  const [row] = await world.sql`select owner_id from company where name = 'Left Ltd'`;
  expect(row).toEqual({ owner_id: null });
  await world.sql`update user_account set active = true where external_id = ${id('005', 'AB')}`;
});

test('a second run of all files writes nothing', async () => {
  for (const [object, file] of FILES) {
    const { record } = await bringGuessed(object, file);
    expect(record, object).toMatchObject({ created: 0, updated: 0 });
  }
});

test('a person who was here before is known by the address, and gets the id', async () => {
  const file = `Id,Name,Email\n${id('005', 'q')},${people.anna.name},${people.anna.email.toUpperCase()}\n${id('005', 'Q')},${people.anna.name},\n`;
  const { record } = await bringGuessed('user', file);
  expect(record).toMatchObject({ created: 1, updated: 1, refused: 0 });
  const [after] = await world.sql`select external_id from user_account where id = ${people.anna.id}`;
  expect(after).toEqual({ external_id: id('005', 'q') });
  expect((await bringGuessed('user', file)).record).toMatchObject({ created: 0, updated: 0, same: 2 });
});

test('two of one name without an address, in different chunks and known by our ids, stay two', async () => {
  const rows = Array.from({ length: 401 }, (_, i) => `K${i},Pat Twin,`).join('\n');
  const map = {
    columns: { Id: { to: 'id' }, Name: { to: 'name' }, Email: { to: 'email' } },
    match: ['id'],
  };
  const file = `Id,Name,Email\n${rows}\n`;
  expect((await bringIn(world.app, admin, 'user', file, map)).record).toMatchObject({ created: 401 });
  expect((await bringIn(world.app, admin, 'user', file, map)).record).toMatchObject({
    created: 0,
    updated: 0,
    same: 401,
  });
});
