import { beforeAll, describe, expect, test } from 'vitest';
import { loadActor } from '../../../../server/access/loadActor.ts';
import { startImport, stopImport } from '../../../../server/commands/imports/steer.ts';
import { forgetFiles } from '../../../../server/commands/imports/forget.ts';
import { workOnImports } from '../../../../server/commands/imports/work.ts';
import { updateRecord } from '../../../../server/commands/records/updateRecord.ts';
import { previewImport } from '../../../../server/queries/imports/preview.ts';
import type { App, Caller } from '../../../../server/lib/app.ts';
import type { ImportMap } from '../../../../shared/protocol/index.ts';
import { must } from '../../../../shared/lib/must.ts';
import { openNordlicht, refusal, type Nordlicht } from '../../../world/nordlicht.ts';
import { people, pipelines } from '../../../world/people.ts';
import { startNode } from '../../../world/server.ts';
import { bringIn, carryOut, lookAt, plainly, upload } from './bring.ts';

let world: Nordlicht;
let admin: Caller;
beforeAll(async () => {
  world = await openNordlicht();
  admin = await world.as(people.rafael);
});

const MAP = { columns: plainly('name', 'city'), match: ['name'] };
const fileOf = (prefix: string, rows: number) =>
  `name,city\n${Array.from({ length: rows }, (_, i) => `${prefix}${i},Oslo`).join('\n')}\n`;
const countOf = async (prefix: string) => {
  const rows = await world.sql`
    select name from company where starts_with(name, ${prefix}) and deleted_at is null
  `;
  return [rows.length, new Set(rows.map(({ name }) => String(name))).size];
};

/** Does some chunks and no more, as if the program ended then. */
async function someChunks(id: string, chunks: number, after: () => Promise<unknown> = async () => undefined) {
  const leaving = new AbortController();
  let commits = 0;
  // One for counting the rows, and one for each chunk.
  const app: App = { ...world.app, poke: () => void (++commits > chunks && leaving.abort()) };
  await workOnImports(app, leaving.signal, id);
  await after();
}

describe('an import that ends half-way', () => {
  test('goes on where it was, and every row is there once', async () => {
    const id = await upload(world.app, admin, 'company', fileOf('Half', 900), MAP);
    await startImport(world.app, admin, id, 'run');
    await someChunks(id, 2);
    expect((await lookAt(world.app, admin, id)).record).toMatchObject({ status: 'running', gone_through: 400, created: 400, rows: 900 }); // prettier-ignore
    await workOnImports(world.app, new AbortController().signal, id);
    expect((await lookAt(world.app, admin, id)).record).toMatchObject({ status: 'done', created: 900 });
    expect(await countOf('Half')).toEqual([900, 900]);
  });

  test('is left to a process as long as that lives, and taken up when its lease is over', async () => {
    const id = await upload(world.app, admin, 'company', fileOf('Dead', 300), MAP);
    await startImport(world.app, admin, id, 'run');
    await world.sql`
      update import_plan set leased_by = 'other', leased_until = now() + interval '1 hour' where import_id = ${id}
    `;
    expect(await workOnImports(world.app, new AbortController().signal, id)).toBe(false);
    await world.sql`update import_plan set leased_until = now() - interval '1 s' where import_id = ${id}`;
    expect(await workOnImports(world.app, new AbortController().signal, id)).toBe(true);
    expect(await countOf('Dead')).toEqual([300, 300]);
  });

  test('by a kill of its process goes on elsewhere', { timeout: 120_000 }, async () => {
    const id = await upload(world.app, admin, 'company', fileOf('Kill', 4_000), MAP);
    const node = await startNode({ database: world.database, env: { DEMO: '1' } });
    await startImport(world.app, admin, id, 'run');
    const isUnderWay = async () => Number((await lookAt(world.app, admin, id)).record['gone_through']) > 0;
    await expect.poll(isUnderWay, { timeout: 60_000, interval: 20 }).toBe(true);
    await node.kill();
    const { record } = await lookAt(world.app, admin, id);
    expect([record['status'], (await countOf('Kill'))[0]]).toEqual(['running', record['created']]);
    await world.sql`update import_plan set leased_until = now() - interval '1 s' where import_id = ${id}`;
    await workOnImports(world.app, new AbortController().signal, id);
    expect((await lookAt(world.app, admin, id)).record).toMatchObject({ status: 'done', created: 4_000 });
    expect(await countOf('Kill')).toEqual([4_000, 4_000]);
  });

  test('by being stopped goes on, or is undone', async () => {
    const id = await upload(world.app, admin, 'company', fileOf('Stop', 500), MAP);
    await startImport(world.app, admin, id, 'run');
    await someChunks(id, 1, () => stopImport(world.app, admin, id));
    expect(await workOnImports(world.app, new AbortController().signal, id)).toBe(false);
    expect(await countOf('Stop')).toEqual([200, 200]);
    expect(await refusal(startImport(world.app, admin, id, 'check'))).toBe('already_done');
    expect((await carryOut(world.app, admin, id, 'undo')).record).toMatchObject({
      status: 'undone',
      kept: 0,
    });
    expect(await countOf('Stop')).toEqual([0, 0]);
    expect(await refusal(startImport(world.app, admin, id, 'run'))).toBe('already_done');
  });
});

test('two at once do not disturb each other', async () => {
  const one = await upload(world.app, admin, 'company', fileOf('Both', 600), MAP);
  const kofi = people.kofi;
  await world.sql`update role set system = '["import"]' where built_in = 'sales_manager'`;
  const other = await world.as(kofi);
  const two = await upload(world.app, other, 'company', fileOf('Else', 600), MAP);
  await startImport(world.app, admin, one, 'run');
  await startImport(world.app, other, two, 'run');
  const { signal } = new AbortController();
  await Promise.all([workOnImports(world.app, signal, one), workOnImports(world.app, signal, two)]);
  expect((await lookAt(world.app, admin, one)).record).toMatchObject({ status: 'done', created: 600 });
  expect((await lookAt(world.app, other, two)).record).toMatchObject({ status: 'done', created: 600 });
  expect([await countOf('Both'), await countOf('Else')]).toEqual([[600, 600], [600, 600]]); // prettier-ignore
});

describe('it has the rights of the moment', () => {
  test('and stops when they are taken away', async () => {
    const helena = await world.as(people.helena);
    const id = await upload(world.app, helena, 'company', fileOf('Right', 500), MAP);
    await startImport(world.app, helena, id, 'run');
    await someChunks(id, 1);
    await world.sql`update role set system = '[]' where built_in = 'marketing_manager'`;
    await workOnImports(world.app, new AbortController().signal, id);
    const [record] = await world.sql`select status, problem, created from data_import where id = ${id}`;
    expect(record).toMatchObject({
      status: 'failed',
      created: 200,
      problem: expect.stringContaining('import') as string,
    });
    expect(await countOf('Right')).toEqual([200, 200]);
    const now = must(await loadActor(world.sql, people.helena.id), 'her');
    expect(await refusal(startImport(world.app, { ...helena, actor: now }, id, 'run'))).toBe('not_allowed');
  });

  test('row by row', async () => {
    await world.sql`update role set system = '["import"]' where built_in = 'sales_representative'`;
    await world.add('company', people.dawit, { name: 'Of Dawit', city: 'Rome' });
    await world.add('company', people.anna, { name: 'Of Anna', city: 'Rome' });
    const anna = await world.as(people.anna);
    const { record, result } = await bringIn(world.app, anna, 'company', 'name,city\nOf Dawit,Oslo\nOf Anna,Oslo\n', MAP); // prettier-ignore
    expect(record).toMatchObject({ updated: 1, refused: 1 });
    expect(result.problems).toMatchObject([
      { line: 2, reason: expect.stringContaining('company.update') as string },
    ]);
  });
});

describe('undoing', () => {
  test('takes all back but what somebody has changed since', async () => {
    await world.add('company', people.rafael, { name: 'Old1', city: 'Rome', employees: 1 });
    await world.add('company', people.rafael, { name: 'Old2', city: 'Rome', employees: 1 });
    const file = 'name,city,employees\nOld1,Oslo,2\nOld2,Oslo,2\nNew1,Oslo,3\nNew2,Oslo,3\n';
    const map = { columns: plainly('name', 'city', 'employees'), match: ['name'] };
    const id = await upload(world.app, admin, 'company', file, map);
    expect((await carryOut(world.app, admin, id, 'run')).record).toMatchObject({ created: 2, updated: 2 });
    for (const name of ['Old2', 'New2']) {
      const [row] = await world.sql<{ id: string }[]>`select id from company where name = ${name}`;
      await updateRecord(world.app, admin, {
        object: 'company',
        id: must(row, name).id,
        values: { city: 'Kyiv' },
      });
    }
    const { record, result } = await carryOut(world.app, admin, id, 'undo');
    expect(record).toMatchObject({ status: 'undone', kept: 2 });
    expect(result.kept.map(({ title, reason }) => [title, reason]).sort()).toEqual([['New2', 'Changed since'], ['Old2', 'Changed since: City']]); // prettier-ignore
    const rows = await world.sql`
      select name, city, employees from company where name ~ '^(Old|New)[12]$' and deleted_at is null order by 1
    `;
    expect([...rows]).toEqual([
      { name: 'New2', city: 'Kyiv', employees: 3 },
      { name: 'Old1', city: 'Rome', employees: 1 },
      { name: 'Old2', city: 'Kyiv', employees: 1 },
    ]);
  });

  test('several files of one house go again, the newest first, whatever they have done to each other', async () => {
    const ids: string[] = [];
    const bring = async (object: string, file: string, map: ImportMap) => {
      const id = await upload(world.app, admin, object, file, map);
      await carryOut(world.app, admin, id, 'run');
      ids.unshift(id);
    };
    const known = (heads: string): ImportMap => ({
      columns: Object.fromEntries(heads.split(',').map((to) => [to, { to }])),
      match: ['external_id'],
    });
    const deals = 'external_id,title\nhouse-1,House 1\nhouse-2,House 2\n';
    await bring('deal', deals, known('external_id,title'));
    const tasks =
      'external_id,subject,belongs_to,due_at\nt-1,Call,house-1,2031-01-01\nt-2,Call,house-2,2031-01-01\n';
    await bring('activity', tasks, known('external_id,subject,belongs_to,due_at'));
    await bring(
      'activity',
      tasks.replace('t-1,Call', 't-1,Phone'),
      known('external_id,subject,belongs_to,due_at'),
    );
    const [own] = await world.sql<{ id: string }[]>`select id from deal where external_id = 'house-2'`;
    await world.add('activity', people.rafael, {
      kind: 'task',
      subject: 'Mine',
      deal: must(own, 'a deal').id,
    });

    const kept: unknown[] = [];
    for (const id of ids) kept.push((await carryOut(world.app, admin, id, 'undo')).result.kept);
    expect(kept).toEqual([[], [], [expect.objectContaining({ title: 'House 2', reason: 'Changed since' })]]);
    const left = await world.sql`
      select title from deal where external_id like 'house-%' and deleted_at is null
      union all select subject from activity where external_id like 't-%' and deleted_at is null
    `;
    expect(left.map(({ title }) => String(title))).toEqual(['House 2']);
  });

  test('takes along what was added along, people and teams too, and is in the trail', async () => {
    const file = 'name,team\nUndo One,Undo Team\n';
    const columns = { name: { to: 'name' }, team: { to: 'team', missing: 'create' as const } };
    const id = await upload(world.app, admin, 'user', file, { columns });
    await carryOut(world.app, admin, id, 'run');
    expect((await carryOut(world.app, admin, id, 'undo')).record).toMatchObject({
      status: 'undone',
      kept: 0,
    });
    const left = await world.sql`
      select name from user_account where name like 'Undo%' and deleted_at is null
      union all select name from team where name like 'Undo%' and deleted_at is null
    `;
    expect(left).toHaveLength(0);
    const trail = await world.sql`select action from audit_entry where target_id = ${id} order by at, id`;
    expect(trail.map(({ action }) => String(action)).sort()).toEqual(['import.done', 'import.run', 'import.undo', 'import.undone']); // prettier-ignore
  });
});

test('moments of the past are told, and a deal that was closed long ago is not closed now', async () => {
  const file = 'title,stage,made,closed\nPast,Won,2020-01-01,2021-02-03\nOpen,Qualified,2020-01-01,\n';
  const columns = {
    title: { to: 'title' },
    stage: { to: 'stage' },
    made: { to: 'created_at' },
    closed: { to: 'closed_at' },
  };
  await bringIn(world.app, admin, 'deal', file, { columns, set: { pipeline: 'New business' } });
  const rows = await world.sql`
    select title, created_at, closed_at, pipeline_id from deal where title in ('Past', 'Open') order by title
  `;
  expect([...rows]).toEqual([
    {
      title: 'Open',
      created_at: '2020-01-01T00:00:00.000Z',
      closed_at: null,
      pipeline_id: pipelines.newBusiness,
    },
    { title: 'Past', created_at: '2020-01-01T00:00:00.000Z', closed_at: '2021-02-03T00:00:00.000Z', pipeline_id: pipelines.newBusiness }, // prettier-ignore
  ]);
});

test('files are forgotten after 30 days, and pieces that nobody finished sending after one', async () => {
  const id = await upload(world.app, admin, 'company', fileOf('Gone', 1), MAP);
  await world.sql`update data_import set created_at = now() - interval '31 days' where id = ${id}`;
  expect(await forgetFiles(world.app)).toBe(1);
  expect(await world.sql`select 1 from import_piece where import_id = ${id}`).toHaveLength(0);
  expect(await refusal(previewImport(world.app, admin.actor, id, {}))).toBe('already_done');
});
