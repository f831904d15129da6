import { beforeAll, describe, expect, test } from 'vitest';
import type { Caller } from '../../../../server/lib/app.ts';
import { openNordlicht, type Nordlicht } from '../../../world/nordlicht.ts';
import { people } from '../../../world/people.ts';
import { bringIn, carryOut, plainly, upload } from './bring.ts';

let world: Nordlicht;
let admin: Caller;
beforeAll(async () => {
  world = await openNordlicht();
  admin = await world.as(people.rafael);
});

describe('rows', () => {
  test('become records of their own, and a second time nothing is written', async () => {
    const file = 'name,city,employees\nAlpha,Oslo,12\n"Beta, Inc",Rome,\nGamma,,x\n';
    const map = { columns: plainly('name', 'city', 'employees'), match: ['name'] };
    const first = await bringIn(world.app, admin, 'company', file, map);
    expect(first.record).toMatchObject({ status: 'done', rows: 3, created: 2, refused: 1, problem: null });
    expect(first.result.problems).toMatchObject([{ line: 4, column: 'employees', taken: false }]);
    const rows = await world.sql`select name, city, employees, version from company order by name`;
    expect([...rows]).toEqual([
      { name: 'Alpha', city: 'Oslo', employees: 12, version: 1 },
      { name: 'Beta, Inc', city: 'Rome', employees: null, version: 1 },
    ]);
    const before = await state();
    const second = await bringIn(world.app, admin, 'company', file, map);
    expect(second.record).toMatchObject({ status: 'done', created: 0, updated: 0, same: 2, refused: 1 });
    expect(await state()).toEqual(before);
  });

  test('are only looked at by a check', async () => {
    const before = await state();
    const map = { columns: plainly('name', 'city') };
    const id = await upload(world.app, admin, 'company', 'name,city\nDelta,Bonn\n', map);
    const { record, result } = await carryOut(world.app, admin, id, 'check');
    expect(record).toMatchObject({ status: 'checked', created: 1, refused: 0 });
    expect(result.rows).toEqual([{ line: 2, act: 'create', values: { name: 'Delta', city: 'Bonn' } }]);
    expect(await state()).toEqual(before);
    const ran = await carryOut(world.app, admin, id, 'run');
    expect(ran.record).toMatchObject({ status: 'done', created: 1 });
    const undone = await carryOut(world.app, admin, id, 'undo');
    expect(undone.record).toMatchObject({ status: 'undone', kept: 0 });
    expect(await world.sql`select 1 from company where name = 'Delta' and deleted_at is null`).toHaveLength(
      0,
    );
  });
});

/** All that business consists of, without the imports themselves. */
async function state() {
  const [row] = await world.sql`
    select (select jsonb_agg(jsonb_build_array(id, version, deleted_at) order by id) from company) as companies,
      (select count(*) from event_log where object <> 'import') + (select count(*) from outbox where object <> 'import') as events
  `;
  return row;
}
