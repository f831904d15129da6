import { beforeAll, describe, expect, test } from 'vitest';
import { loadActor } from '../../../../server/access/loadActor.ts';
import { previewImport } from '../../../../server/queries/imports/preview.ts';
import { refusedRows } from '../../../../server/queries/imports/refused.ts';
import { importResult } from '../../../../server/queries/imports/result.ts';
import { startImport, stopImport } from '../../../../server/commands/imports/steer.ts';
import { workOnImports } from '../../../../server/commands/imports/work.ts';
import type { DemoPerson } from '../../../../server/db/demo/people.ts';
import type { App, Caller } from '../../../../server/lib/app.ts';
import { newId } from '../../../../shared/lib/ids.ts';
import { must } from '../../../../shared/lib/must.ts';
import { openNordlicht, refusal, stateOf, type Nordlicht } from '../../../world/nordlicht.ts';
import { people } from '../../../world/people.ts';
import { bringIn, carryOut, lookAt, plainly, upload } from './bring.ts';

// What somebody could try by a file that they could not do by hand, or learn by it that they may not read.

let world: Nordlicht;
let admin: Caller;
beforeAll(async () => {
  world = await openNordlicht();
  admin = await world.as(people.rafael);
});

interface Role {
  grants: Record<string, Record<string, boolean | string[]>>;
  fields?: Record<string, Record<string, string>>;
  system?: string[];
}

/** Somebody with these roles and no others, signed in. */
async function having(person: DemoPerson, ...roles: Role[]): Promise<Caller> {
  await world.sql`delete from role_assignment where user_id = ${person.id}`;
  for (const { grants, fields = {}, system = ['import'] } of roles) {
    const id = newId();
    await world.sql`
      insert into role (id, name, grants, fields, system) values (${id}, ${`Role ${id}`},
        ${world.sql.json(grants)}, ${world.sql.json(fields)}, ${world.sql.json(system)})
    `;
    await world.sql`insert into role_assignment (id, user_id, role_id) values (${newId()}, ${person.id}, ${id})`;
  }
  return world.as(person);
}

/** The same, as they are now. */
const again = async (caller: Caller): Promise<Caller> => ({
  ...caller,
  actor: must(await loadActor(world.sql, caller.actor.userId), 'somebody'),
});

const goOn = (id: string, app: App = world.app) => workOnImports(app, new AbortController().signal, id);

/** Begins a run, has something happen after its first chunk, and lets it go on. */
async function between(caller: Caller, id: string, happens: () => Promise<unknown>) {
  await startImport(world.app, caller, id, 'run');
  const leaving = new AbortController();
  let commits = 0;
  // One for counting the rows, and one for the chunk.
  await workOnImports({ ...world.app, poke: () => void (++commits > 1 && leaving.abort()) }, leaving.signal, id); // prettier-ignore
  await happens();
  await goOn(id);
  const [row] = await world.sql`select status, problem, created from data_import where id = ${id}`;
  return row;
}

const rowsOf = (prefix: string, count: number, cell: (i: number) => string) =>
  `name,phone\n${Array.from({ length: count }, (_, i) => `${prefix}${i},${cell(i)}`).join('\n')}\n`;
const phone = (i: number) => `+49 30 ${100_000 + i}`;
const named = async (prefix: string) =>
  (await world.sql`select 1 from company where starts_with(name, ${prefix}) and deleted_at is null`).length;

describe('an import is its owner’s alone', () => {
  test('nobody else sees its file, its result or its refused rows, however much they may read', async () => {
    const owner = await having(people.helena, { grants: { company: { create: true, read: ['own'] } } });
    const file = 'name,phone\nMine,not a number\n';
    const id = await upload(world.app, owner, 'company', file, { columns: plainly('name') });
    await carryOut(world.app, owner, id, 'check');
    const reader = await having(people.jamila, { grants: { import: { read: ['all'] } } });
    const stranger = await having(people.oskar, { grants: {} });
    for (const [caller, code] of [
      [reader, 'not_allowed'],
      [stranger, 'not_found'],
    ] as const) {
      // prettier-ignore
      expect(await refusal(previewImport(world.app, caller.actor, id, {}))).toBe(code);
      expect(await refusal(importResult(world.app, caller.actor, id))).toBe(code);
      expect(await refusal(refusedRows(world.app, caller.actor, id))).toBe(code);
      for (const doing of ['check', 'run', 'undo'] as const)
        expect(await refusal(startImport(world.app, caller, id, doing))).toBe(code);
      expect(await refusal(stopImport(world.app, caller, id))).toBe(code);
    }
  });

  test('who may not bring files in any more does not see them either, nor goes on undoing', async () => {
    const grants = { company: { create: true, read: ['all'], update: ['all'], delete: ['all'] } };
    const owner = await having(people.helena, { grants });
    const map = { columns: plainly('name') };
    const id = await upload(world.app, owner, 'company', rowsOf('Late', 3, String), map);
    await carryOut(world.app, owner, id, 'run');
    await startImport(world.app, owner, id, 'undo');
    await having(people.helena, { grants, system: [] });
    await goOn(id);
    const now = await again(owner);
    expect(await refusal(importResult(world.app, now.actor, id))).toBe('not_allowed');
    expect(await refusal(refusedRows(world.app, now.actor, id))).toBe('not_allowed');
    const [row] = await world.sql`select status, problem from data_import where id = ${id}`;
    expect(row).toMatchObject({ status: 'failed', problem: expect.stringContaining('import') as string });
    expect(await named('Late')).toBe(3);
  });
});

describe('rights that change half-way', () => {
  test('an owner who is deactivated brings nothing more in', async () => {
    const owner = await having(people.oskar, { grants: { company: { create: true, read: ['own'] } } });
    const id = await upload(world.app, owner, 'company', rowsOf('Gone', 450, phone), {
      columns: plainly('name'),
    });
    const off = () => world.sql`update user_account set active = false where id = ${people.oskar.id}`;
    expect(await between(owner, id, off)).toMatchObject({ status: 'failed', created: 200 });
    expect(await named('Gone')).toBe(200);
  });

  test('records are not added once more because what they were known by may not be read any more', async () => {
    const grants = { company: { create: true, read: ['all'], update: ['all'] } };
    const role = { grants, fields: { company: { phone: 'edit' } } };
    const owner = await having(people.helena, role);
    for (let i = 0; i < 300; i++)
      await world.add('company', people.helena, { name: `Known${i}`, phone: phone(i) });
    const map = { columns: plainly('name', 'phone'), match: ['phone'] };
    const id = await upload(world.app, owner, 'company', rowsOf('Known', 300, phone), map);
    const row = await between(owner, id, () => having(people.helena, { grants }));
    expect(row).toMatchObject({ status: 'failed', created: 0 });
    expect(await named('Known')).toBe(300);
  });

  test('a process that was thought dead writes nothing once another has taken over', async () => {
    const id = await upload(world.app, admin, 'company', rowsOf('Fence', 450, phone), {
      columns: plainly('name'),
    });
    await startImport(world.app, admin, id, 'run');
    let commits = 0;
    let taken: Promise<unknown> = Promise.resolve();
    const slow: App = {
      ...world.app,
      poke: () => {
        if (++commits === 2)
          taken = world.sql`
            update import_plan set leased_by = 'other', leased_until = now() + interval '1 hour'
            where import_id = ${id}
          `.execute();
      },
    };
    await goOn(id, slow);
    await taken;
    expect((await lookAt(world.app, admin, id)).record).toMatchObject({ status: 'running', created: 200 });
    expect(await named('Fence')).toBe(200);
    const [plan] = await world.sql`select leased_by from import_plan where import_id = ${id}`;
    expect(plan).toEqual({ leased_by: 'other' });
  });
});

test('a value that may be read on some rows only finds none of the others', async () => {
  const caller = await having(
    people.dawit,
    {
      grants: { company: { create: true, read: ['own'], update: ['own'] } },
      fields: { company: { phone: 'edit' } },
    },
    { grants: { company: { read: ['all'], update: ['all'] } } },
  );
  await world.add('company', people.dawit, { name: 'Some mine', phone: phone(1) });
  await world.add('company', people.anna, { name: 'Some hers', phone: phone(2) });
  const map = { columns: plainly('name', 'phone'), match: ['phone'] };
  const file = `name,phone\nSome mine,${phone(1)}\nSome guess,${phone(2)}\n`;
  const id = await upload(world.app, caller, 'company', file, map);
  const { result } = await carryOut(world.app, caller, id, 'check');
  expect(result.rows.map(({ act }) => act)).toEqual(['same', 'create']);

  // To be told by name alone, and given the very value it has, it is refused like any other.
  const byName = { columns: plainly('name', 'phone'), match: ['name'] };
  for (const guess of [2, 3]) {
    const other = await upload(
      world.app,
      caller,
      'company',
      `name,phone\nSome hers,${phone(guess)}\n`,
      byName,
    );
    const told = await carryOut(world.app, caller, other, 'check');
    expect(told.result.rows.map(({ act }) => act)).toEqual(['refuse']);
    expect(told.result.problems).toMatchObject([{ line: 2, column: 'phone' }]);
  }
});

describe('people and roles', () => {
  const grants = { user: { create: true, read: ['all'] }, deal: { create: true, read: ['own'] } };

  test('new people ask for manage_users, with an address or without', async () => {
    const caller = await having(people.giulia, { grants });
    const { record } = await bringIn(world.app, caller, 'user', 'name\nNobody Yet\n', {
      columns: plainly('name'),
    });
    expect(record).toMatchObject({ created: 0, refused: 1 });
    const columns = {
      title: { to: 'title' },
      also: { to: 'participants', missing: 'create' as const },
    };
    const along = await bringIn(world.app, caller, 'deal', 'title,also\nD,Nobody Else\n', { columns });
    expect(along.record).toMatchObject({ created: 0, refused: 1 });
    expect(await world.sql`select 1 from user_account where name like 'Nobody %'`).toHaveLength(0);
  });

  test('roles ask for manage_roles, and are looked up for nobody else', async () => {
    const caller = await having(people.giulia, { grants, system: ['import', 'manage_users'] });
    const file = 'name,roles\nWith Role,Administrator\n';
    expect(
      await refusal(upload(world.app, caller, 'user', file, { columns: plainly('name', 'roles') })),
    ).toEqual(['invalid', { 'columns.roles': expect.any(String) as string }]);
    const reasons = [];
    for (const role of ['Administrator', 'No such role']) {
      const columns = {
        title: { to: 'title' },
        also: { to: 'participants', missing: 'create' as const, create: { roles: role } },
      };
      const { result } = await bringIn(world.app, caller, 'deal', 'title,also\nD,With Role\n', { columns });
      reasons.push(result.problems.map(({ reason }) => reason));
    }
    expect(reasons[0]).toEqual(reasons[1]);
    expect(await world.sql`select 1 from user_account where name = 'With Role'`).toHaveLength(0);
  });
});

test('a check leaves nothing behind, nor takes a number', async () => {
  const { id: queue } = await world.add('queue', null, { name: 'Checked', teams: [] });
  const numberOf = async () => Number((await world.add('ticket', null, { subject: 'Own', queue }))['number']);
  const file = 'subject,company,contact,answer\nHelp,Anew,Somebody New,Hello\n';
  const columns = {
    subject: { to: 'subject' },
    company: { to: 'company', missing: 'create' as const },
    contact: { to: 'contact', missing: 'create' as const },
    answer: { to: 'message.us' },
  };
  const id = await upload(world.app, admin, 'ticket', file, { columns, set: { queue: 'Checked' } });
  const number = await numberOf();
  const state = async () => [
    (await stateOf(world.sql)).split('\n').filter((line) => !line.includes(',import,')).join('\n'), // prettier-ignore
    await world.sql`
      select (select count(*) from notification) as notifications, (select count(*) from audit_entry) as audited,
        (select count(*) from ticket) as tickets, (select count(*) from message) as messages
    `,
  ];
  const before = await state();
  const { record, result } = await carryOut(world.app, admin, id, 'check');
  expect(record).toMatchObject({ status: 'checked', created: 1, refused: 0 });
  expect(result.along).toEqual({ company: 1, contact: 1 });
  expect(await state()).toEqual(before);
  expect(await numberOf()).toBe(number + 1);
});

describe('what the map can be made to ask', () => {
  test('more names in one cell than the field has room for', async () => {
    const list = Array.from({ length: 51 }, (_, i) => `tag${i}`).join(';');
    await world.add('queue', null, { name: 'Tagged', teams: [] });
    const columns = { subject: { to: 'subject' }, tags: { to: 'tags', missing: 'create' as const } };
    const { record, result } = await bringIn(world.app, admin, 'ticket', `subject,tags\nT,${list}\n`, {
      columns,
      set: { queue: 'Tagged' },
    });
    expect(record).toMatchObject({ created: 0, refused: 1 });
    expect(result.problems).toMatchObject([{ line: 2, column: 'tags', reason: 'At most 50 in one cell' }]);
    expect(await world.sql`select 1 from tag where name like 'tag%'`).toHaveLength(0);
  });

  test('records known by one that is only to be added along', async () => {
    const columns = { name: { to: 'name' }, company: { to: 'company', missing: 'create' as const } };
    const file = 'name,company\nFirst Person,Along Ltd\nSecond Person,Along Ltd\n';
    const map = { columns, match: ['company', 'name'] };
    const once = await bringIn(world.app, admin, 'contact', file, map);
    expect(once.record).toMatchObject({ status: 'done', created: 2 });
    expect((await bringIn(world.app, admin, 'contact', file, map)).record).toMatchObject({
      created: 0,
      same: 2,
    });
  });
});

describe('links that come after the rows are undone with them', () => {
  const columns = { ...plainly('name', 'city'), parent: { to: 'parent' } };
  const map = { columns, match: ['name'] };
  const company = async (name: string) => {
    const [row] = await world.sql<{ id: string; city: string; parent_id: string | null; deleted: boolean }[]>`
      select id, city, parent_id, deleted_at is not null as deleted from company where name = ${name}
    `;
    return must(row, name);
  };

  test('on a record that was there', async () => {
    await world.add('company', people.rafael, { name: 'Child A', city: 'Rome' });
    const id = await upload(
      world.app,
      admin,
      'company',
      'name,city,parent\nChild A,Oslo,Mother A\nMother A,Oslo,\n',
      map,
    );
    await carryOut(world.app, admin, id, 'run');
    expect(await company('Child A')).toMatchObject({
      city: 'Oslo',
      parent_id: (await company('Mother A')).id,
    });
    const { record } = await carryOut(world.app, admin, id, 'undo');
    expect(record).toMatchObject({ status: 'undone', kept: 0 });
    expect(await company('Child A')).toMatchObject({ city: 'Rome', parent_id: null });
    expect(await company('Mother A')).toMatchObject({ deleted: true });
  });

  test('and what somebody has changed between row and link is kept', async () => {
    const filler = Array.from({ length: 250 }, (_, i) => `Fill${i},Oslo,`).join('\n');
    const file = `name,city,parent\nChild B,Oslo,Mother B\n${filler}\nMother B,Oslo,\n`;
    const id = await upload(world.app, admin, 'company', file, map);
    await between(admin, id, async () => {
      const { id: child } = await company('Child B');
      await world.sql`
        update company set city = 'Kyiv', version = version + 1,
          touched = touched || jsonb_build_object('city', version + 1) where id = ${child}
      `;
    });
    expect(await company('Child B')).toMatchObject({
      city: 'Kyiv',
      parent_id: (await company('Mother B')).id,
    });
    const { result } = await carryOut(world.app, admin, id, 'undo');
    expect(result.kept).toMatchObject([{ title: 'Child B', reason: 'Changed since' }]);
    expect(await company('Child B')).toMatchObject({ city: 'Kyiv', parent_id: null, deleted: false });
  });
});
