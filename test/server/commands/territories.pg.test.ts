import { describe, expect, test } from 'vitest';
import { assignRole } from '../../../server/commands/governance/assignRole.ts';
import { createRole } from '../../../server/commands/governance/createRole.ts';
import { movePerson } from '../../../server/commands/governance/people/movePerson.ts';
import { fillTerritories } from '../../../server/commands/governance/territories/fillTerritories.ts';
import { setTerritoryRule } from '../../../server/commands/governance/territories/setRule.ts';
import { workOnErrands } from '../../../server/commands/errands/work.ts';
import { createRecord } from '../../../server/commands/records/createRecord.ts';
import { deleteRecord } from '../../../server/commands/records/deleteRecord.ts';
import { updateRecord } from '../../../server/commands/records/updateRecord.ts';
import { listRecords } from '../../../server/queries/listRecords.ts';
import {
  fillProgress,
  moveProgress,
  territoryCounts,
  territoryRule,
} from '../../../server/queries/organisation.ts';
import { parseView } from '../../../shared/protocol/index.ts';
import { openNordlicht, recordOf, refusal, stateOf } from '../../world/nordlicht.ts';
import { people, teams } from '../../world/people.ts';
import type { Caller } from '../../../server/lib/app.ts';

// Europe, with DACH and Nordics below it. Chiamaka (South) works in DACH, Priya in Europe, Giulia in Nordics.

const { app, sql, add, as } = await openNordlicht();
const rafael = await as(people.rafael);
const territory = async (name: string, parent: string | null = null): Promise<string> =>
  (await add('territory', null, { name, parent })).id;
const europe = await territory('Europe');
const dach = await territory('DACH', europe);
const nordics = await territory('Nordics', europe);
const alps = await territory('Alps');
const place = (caller: Caller, id: string, values: Record<string, unknown>) =>
  updateRecord(app, caller, { object: 'user', id, values });
await place(rafael, people.chiamaka.id, { territories: [dach] });
await place(rafael, people.priya.id, { territories: [europe] });
await place(rafael, people.giulia.id, { territories: [nordics] });
const { id: BY_TERRITORY } = await createRole(app, rafael, {
  policy: {
    name: 'By territory',
    purpose: '',
    grants: { company: { read: ['territory'] }, contact: { read: ['territory'] } },
    fields: {},
    system: [],
  },
});
for (const user of [people.chiamaka.id, people.priya.id, people.giulia.id])
  await assignRole(app, rafael, { user, role: BY_TERRITORY });

const latest = async () => {
  const [row] = await sql<{ cause: string; users: string[] }[]>`
    select cause, users from access_log order by seq desc limit 1
  `;
  return row && { ...row, users: new Set(row.users) };
};
const edit = (object: string, id: string, values: Record<string, unknown>, caller = rafael) =>
  updateRecord(app, caller, { object, id, values });
const one = async (id: string) =>
  (await sql`select territory_id, territory_fixed from company where id = ${id}`)[0];
const seen = async (caller: Caller, id: string) => {
  const view = parseView(app.registry.get('company'), { filter: { id }, limit: 1 });
  return (await listRecords(app, caller.actor, view)).rows.length === 1;
};
const work = async () => {
  while (await workOnErrands(app, new AbortController().signal));
};

describe('outsiders', () => {
  test('neither move territories nor say what fills them', async () => {
    const anna = await as(people.anna);
    const priya = await as(people.priya);
    const before = await stateOf(sql);
    for (const caller of [anna, priya]) {
      expect(await refusal(edit('territory', dach, { name: 'Mine' }, caller))).toBe('not_allowed');
      expect(await refusal(edit('territory', alps, { parent: europe }, caller))).toBe('not_allowed');
      expect(await refusal(setTerritoryRule(app, caller, dach, { country: 'DE' }))).toBe('not_allowed');
      expect(await refusal(territoryRule(app, caller.actor, dach))).toBe('not_allowed');
      expect(await refusal(fillTerritories(app, caller))).toBe('not_allowed');
      expect(await refusal(fillProgress(app, caller.actor))).toBe('not_allowed');
      expect(await refusal(movePerson(app, caller, people.dawit.id, { take_records: true }))).toBe(
        'not_allowed',
      );
      expect(await refusal(moveProgress(app, caller.actor, people.dawit.id))).toBe('not_found');
    }
    expect(await stateOf(sql)).toBe(before);
  });

  test('do not widen their own reach by a grant on territories', async () => {
    const { id: role } = await createRole(app, rafael, {
      policy: {
        name: 'Territory desk',
        purpose: '',
        grants: { territory: { read: ['all'], create: true, update: ['all'] }, company: { read: ['all'] } },
        fields: {},
        system: ['manage_users'],
      },
    });
    await assignRole(app, rafael, { user: people.priya.id, role });
    const priya = await as(people.priya);
    expect(await refusal(edit('territory', alps, { parent: dach }, priya))).toBe('not_allowed');
    expect(await refusal(edit('territory', alps, { parent: europe }, priya))).toBe('not_allowed');
    expect(await refusal(setTerritoryRule(app, priya, dach, { country: 'CH' }))).toBe('not_allowed');
    // What somebody does not read they do not fill by.
    await assignRole(app, rafael, { user: people.zoe.id, role });
    const zoe = await as(people.zoe);
    expect(await refusal(setTerritoryRule(app, zoe, alps, { revenue: { gt: 5 } }))).toEqual([
      'field_not_readable',
      { revenue: expect.any(String) },
    ]);
    expect(await setTerritoryRule(app, priya, alps, { country: 'CH' })).toEqual({
      criteria: { country: 'CH' },
    });
    expect(await setTerritoryRule(app, priya, alps, null)).toEqual({ criteria: null });
  });
});

describe('the tree', () => {
  test('has no circle, and nobody sets one up', async () => {
    const before = await stateOf(sql);
    for (const parent of [dach, europe])
      expect(await refusal(edit('territory', europe, { parent }))).toEqual([
        'invalid',
        { parent: expect.any(String) },
      ]);
    expect(await stateOf(sql)).toBe(before);
  });

  test('tells exactly those whose reach changes', async () => {
    await edit('territory', alps, { parent: dach });
    expect(await latest()).toEqual({
      cause: 'territory.update',
      users: new Set([people.chiamaka.id, people.priya.id]),
    });
    // From DACH to Nordics: Priya, above both, sees the same as before.
    await edit('territory', alps, { parent: nordics });
    expect(await latest()).toEqual({
      cause: 'territory.update',
      users: new Set([people.chiamaka.id, people.giulia.id]),
    });
    await place(rafael, people.giulia.id, { territories: [nordics, dach] });
    expect(await latest()).toEqual({ cause: 'user.update', users: new Set([people.giulia.id]) });
    await place(rafael, people.giulia.id, { territories: [nordics] });
    await edit('territory', alps, { parent: null });
  });

  test('loses nothing that is used', async () => {
    const drop = (id: string) => refusal(deleteRecord(app, rafael, { object: 'territory', id }));
    expect(await drop(europe)).toBe('already_done');
    expect(await drop(dach)).toBe('already_done');
    const company = await add('company', people.anna, { territory: alps });
    expect(await drop(alps)).toBe('already_done');
    await edit('company', company.id, { territory: null });
    await setTerritoryRule(app, rafael, alps, { country: 'LI' });
    expect(await drop(alps)).toBe('already_done');
    await setTerritoryRule(app, rafael, alps, null);
    const spare = await territory('Spare');
    await deleteRecord(app, rafael, { object: 'territory', id: spare });
    expect(await refusal(place(rafael, people.dawit.id, { territories: [spare] }))).toEqual(['invalid', { territories: expect.any(String) }]); // prettier-ignore
  });
});

describe('a rule on companies', () => {
  test.each([
    [{ nonsense: 1 }, 'bad_filter'],
    [{}, 'invalid'],
    [{ or: Array.from({ length: 60 }, () => ({ country: 'DE' })) }, 'bad_filter'],
  ])('%j is refused', async (criteria, code) => {
    const before = await stateOf(sql);
    expect([await refusal(setTerritoryRule(app, rafael, dach, criteria))].flat()[0]).toBe(code);
    expect(await territoryRule(app, rafael.actor, dach)).toEqual({ criteria: null });
    expect(await stateOf(sql)).toBe(before);
  });

  test('asks for what its author reads on all of them, as everyone sees where they are', async () => {
    const sees = { grants: { company: { read: ['all' as const] } }, system: ['manage_users' as const] };
    const own = {
      grants: { company: { read: ['own' as const] } },
      fields: { company: { phone: 'read' as const } },
    };
    for (const [name, policy] of Object.entries({ sees, own })) {
      const all = { name: `Placer ${name}`, purpose: '', fields: {}, system: [], ...policy };
      const { id } = await createRole(app, rafael, { policy: all });
      await assignRole(app, rafael, { user: people.oskar.id, role: id });
    }
    const oskar = await as(people.oskar);
    const before = await stateOf(sql);
    for (const criteria of [{ phone: { empty: false } }, { or: [{ country: 'DE' }, { phone: null }] }])
      expect(await refusal(setTerritoryRule(app, oskar, dach, criteria))).toEqual([
        'field_not_readable',
        { phone: 'Not readable' },
      ]);
    expect(await stateOf(sql)).toBe(before);
    await sql`delete from role_assignment where user_id = ${people.oskar.id} and role_id in (select id from role where starts_with(name, 'Placer'))`;
  });

  test('places them when they are written, unless it was done by hand', async () => {
    const old = await add('company', people.giulia, { country: 'DE' });
    expect(await one(old.id)).toMatchObject({ territory_id: nordics });
    await setTerritoryRule(app, rafael, dach, { country: ['DE', 'AT', 'CH'] });
    await setTerritoryRule(app, rafael, europe, { country: ['DE', 'FR'] });

    const made = recordOf(
      await createRecord(app, rafael, { object: 'company', values: { name: 'Bern AG', country: 'CH' } }),
    );
    expect(made['territory']).toBe(dach);
    // DACH is deeper than Europe, whose rule is fulfilled, too.
    const berlin = await add('company', people.giulia, { country: 'DE', postcode: '10115' });
    expect(berlin['territory']).toBe(dach);
    const [chiamaka, giulia] = [await as(people.chiamaka), await as(people.giulia)];
    expect([await seen(chiamaka, berlin.id), await seen(giulia, berlin.id)]).toEqual([true, true]);
    // Where its rule is no longer fulfilled, it goes home with its owner.
    expect(recordOf(await edit('company', berlin.id, { country: 'SE' }))['territory']).toBe(nordics);
    expect(recordOf(await edit('company', berlin.id, { country: 'FR' }))['territory']).toBe(europe);
    // By hand: it stays, whatever is written, and whoever gets it; until it is let go.
    expect(recordOf(await edit('company', berlin.id, { territory: alps }))).toMatchObject({
      territory_fixed: true,
    });
    expect(recordOf(await edit('company', berlin.id, { country: 'AT' }))['territory']).toBe(alps);
    expect(recordOf(await edit('company', berlin.id, { owner: people.chiamaka.id }))['territory']).toBe(alps);
    expect(recordOf(await edit('company', berlin.id, { territory_fixed: false }))['territory']).toBe(dach);
  });

  test('is brought to those that are there, in the background', async () => {
    const [stays, comes] = [
      await add('company', people.anna, { country: 'US' }),
      await add('company', people.anna),
    ];
    await sql`update company set country = 'AT' where id = ${comes.id}`;
    const fixed = await add('company', people.anna, {
      territory: alps,
      territory_fixed: true,
      country: 'DE',
    });
    const { status } = await fillTerritories(app, rafael);
    expect(status).toBe('running');
    expect(await refusal(fillTerritories(app, rafael))).toBe('already_done');
    await work();
    const progress = await fillProgress(app, rafael.actor);
    expect(progress).toMatchObject({ status: 'done', problem: null });
    expect(progress?.done).toBe(progress?.total);
    expect(progress?.changed).toBeGreaterThanOrEqual(2);
    expect((await one(comes.id))?.['territory_id']).toBe(dach);
    expect((await one(stays.id))?.['territory_id']).toBe(null);
    expect((await one(fixed.id))?.['territory_id']).toBe(alps);
    // Every one of them with its event.
    const [event] = await sql`select 1 from outbox where record_id = ${comes.id} union select 1 from event_log where record_id = ${comes.id}`; // prettier-ignore
    expect(event).toBeDefined();
    await fillTerritories(app, rafael);
    await work();
    expect((await fillProgress(app, rafael.actor))?.changed).toBe(0);
    const counts = await territoryCounts(app, rafael.actor);
    expect(counts.find((row) => row.territory === dach)).toMatchObject({ people: 1, ruled: true });
    expect(counts.find((row) => row.territory === dach)?.companies).toBeGreaterThan(0);
  });

  test('is followed by new contacts and deals, then by their owners', async () => {
    const company = await add('company', people.anna, { country: 'CH' });
    expect((await add('contact', people.giulia, { company: company.id }))['territory']).toBe(dach);
    expect((await add('deal', people.giulia, { company: company.id }))['territory']).toBe(dach);
    expect((await add('deal', people.giulia, { company: company.id, territory: alps }))['territory']).toBe(
      alps,
    );
    const deal = await add('deal', people.giulia);
    expect(deal['territory']).toBe(nordics);
    expect(recordOf(await edit('deal', deal.id, { owner: people.chiamaka.id }))['territory']).toBe(dach);
  });
});

describe('moving a person', () => {
  test('leaves their records, unless they are taken along', async () => {
    const deals = await Promise.all([1, 2, 3].map(() => add('deal', people.dawit)));
    const ours = async () =>
      sql`select distinct team_id, territory_id from deal where id = any (${deals.map(({ id }) => id)}::uuid[])`;
    const moved = await movePerson(app, rafael, people.dawit.id, { team: teams.south, take_records: false });
    expect(moved).toMatchObject({ record: { team: teams.south }, progress: null });
    await work();
    expect(await ours()).toEqual([{ team_id: teams.north, territory_id: null }]);

    const again = await movePerson(app, rafael, people.dawit.id, { territories: [dach], take_records: true });
    expect(again.progress).toMatchObject({ status: 'running', total: null });
    expect(await refusal(movePerson(app, rafael, people.dawit.id, { take_records: true }))).toBe(
      'already_done',
    );
    await work();
    expect(await ours()).toEqual([{ team_id: teams.south, territory_id: dach }]);
    expect(await moveProgress(app, rafael.actor, people.dawit.id)).toMatchObject({
      status: 'done',
      changed: 3,
    });
  });

  test('by somebody who has lost their rights meanwhile, moves nothing', async () => {
    const { id: role } = await createRole(app, rafael, {
      policy: {
        name: 'Movers',
        purpose: '',
        grants: { user: { update: ['all'] } },
        fields: {},
        system: ['manage_users'],
      },
    });
    await assignRole(app, rafael, { user: people.oskar.id, role });
    const oskar = await as(people.oskar);
    const deal = await add('deal', people.noor);
    await movePerson(app, oskar, people.noor.id, { team: teams.support, take_records: true });
    await work();
    // He may place people, but assign no deals.
    expect(await moveProgress(app, rafael.actor, people.noor.id)).toMatchObject({
      status: 'done',
      changed: 0,
      done: 1,
    });
    await movePerson(app, oskar, people.noor.id, { take_records: true });
    await sql`delete from role_assignment where role_id = ${role}`;
    await work();
    expect(await moveProgress(app, rafael.actor, people.noor.id)).toMatchObject({ status: 'failed' });
    expect((await sql`select team_id from deal where id = ${deal.id}`)[0]).toEqual({ team_id: teams.north });
  });
});
