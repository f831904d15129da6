import { beforeAll, describe, expect, test } from 'vitest';
import { mustKeepDutiesApart } from '../../../server/access/duties.ts';
import { assignRole } from '../../../server/commands/governance/assignRole.ts';
import { createRole } from '../../../server/commands/governance/createRole.ts';
import { deleteRole } from '../../../server/commands/governance/deleteRole.ts';
import { setTeams } from '../../../server/commands/governance/people/setTeams.ts';
import { previewChange } from '../../../server/commands/governance/preview/previewChange.ts';
import { unassignRole } from '../../../server/commands/governance/unassignRole.ts';
import { undoChange } from '../../../server/commands/governance/undo/undoChange.ts';
import { updateRole } from '../../../server/commands/governance/updateRole.ts';
import { createRecord } from '../../../server/commands/records/createRecord.ts';
import { deleteRecord } from '../../../server/commands/records/deleteRecord.ts';
import { restoreRecord } from '../../../server/commands/records/restoreRecord.ts';
import { updateRecord } from '../../../server/commands/records/updateRecord.ts';
import { transaction } from '../../../server/db/transaction.ts';
import { listPolicyChanges } from '../../../server/queries/policyChanges.ts';
import { findRole } from '../../../server/queries/roles.ts';
import { newId } from '../../../shared/lib/ids.ts';
import { must } from '../../../shared/lib/must.ts';
import { DAY_ms } from '../../../shared/lib/time.ts';
import { ApiError } from '../../../shared/protocol/index.ts';
import { openNordlicht, recordOf, refusal, stateOf } from '../../world/nordlicht.ts';
import { people, teams } from '../../world/people.ts';
import { bringIn, plainly } from './imports/bring.ts';

const { app, sql, as } = await openNordlicht();
const rafael = await as(people.rafael);
const kofi = await as(people.kofi);

const make = async (name: string, conflicts: string[] = []) =>
  (
    await createRole(app, rafael, {
      policy: {
        name,
        purpose: '',
        grants: { deal: { read: ['own'] } },
        fields: {},
        system: [],
        conflicts,
      },
    })
  ).id;
const give = (user: string, role: string, more = {}) => assignRole(app, rafael, { user, role, ...more });
const take = (user: string, role: string) => unassignRole(app, rafael, { user, role });
const latest = async () => must((await listPolicyChanges(app, rafael.actor))[0], 'a change').id;
const inDays = (n: number) => new Date(Date.now() + n * DAY_ms).toISOString();

/** Refused for that reason, and nothing is other than before. */
async function isRefused(what: () => Promise<unknown>): Promise<ApiError> {
  const before = await stateOf(sql);
  const error = await what().then(
    () => new Error('not refused'),
    (cause: unknown) => cause,
  );
  if (!(error instanceof ApiError)) throw error;
  expect(error.code).toBe('conflicting_duties');
  expect(await stateOf(sql)).toBe(before);
  return error;
}

/** Who pays and who orders; the one names the other. */
let pays: string;
let orders: string;
beforeAll(async () => {
  orders = await make('Orders');
  pays = await make('Pays', [orders]);
});

test('without manage_roles nobody says what conflicts', async () => {
  const before = await stateOf(sql);
  expect(await refusal(updateRole(app, kofi, { id: pays, patch: { conflicts: [] } }))).toBe('not_allowed');
  expect(await stateOf(sql)).toBe(before);
});

describe('nobody comes to hold both', () => {
  test('by being given the second, whichever names the other', async () => {
    const { id, name } = people.anna;
    for (const [first, second] of [
      [pays, orders],
      [orders, pays],
    ] as const) {
      await give(id, first);
      const error = await isRefused(() => give(id, second));
      expect(error.message).toContain('“Orders”');
      expect(error.message).toContain(name);
      expect(error.details.duties).toEqual([
        {
          roles: expect.arrayContaining([
            { id: pays, name: 'Pays' },
            { id: orders, name: 'Orders' },
          ]),
          people: 1,
          who: [{ id, name }],
        },
      ]);
      await take(id, first);
    }
  });

  test('by an assignment of later that overlaps; one after the other is fine', async () => {
    const { id } = people.dawit;
    await give(id, pays, { ends_at: inDays(3) });
    await isRefused(() => give(id, orders, { starts_at: inDays(2) }));
    await isRefused(() => give(id, orders));
    await give(id, orders, { starts_at: inDays(3) });
    await isRefused(() => give(id, pays, { ends_at: inDays(4) }));
    await isRefused(() => give(id, pays));
    await take(id, pays);
    await take(id, orders);
  });

  test('by the team they are in, or come to, at home or besides', async () => {
    const { id } = people.giulia;
    await give(id, orders);
    const error = await isRefused(() => assignRole(app, rafael, { team: teams.south, role: pays }));
    expect(error.details.duties?.[0]?.who).toEqual([{ id, name: people.giulia.name }]);
    await assignRole(app, rafael, { team: teams.north, role: pays });
    await isRefused(() => setTeams(app, rafael, id, [teams.north]));
    await isRefused(() => updateRecord(app, rafael, { object: 'user', id, values: { team: teams.north } }));
    await take(id, orders);
    await setTeams(app, rafael, id, [teams.north]);
    await isRefused(() => give(id, orders));
    await setTeams(app, rafael, id, []);
    await unassignRole(app, rafael, { team: teams.north, role: pays });
  });

  test('by coming back from the bin', async () => {
    const { id } = recordOf(
      await createRecord(app, rafael, {
        object: 'user',
        values: { name: 'Back Again', team: teams.technical },
      }),
    );
    await give(id, orders);
    await deleteRecord(app, rafael, { object: 'user', id });
    await assignRole(app, rafael, { team: teams.technical, role: pays });
    await isRefused(() => restoreRecord(app, rafael, { object: 'user', id }));
    await unassignRole(app, rafael, { team: teams.technical, role: pays });
    await restoreRecord(app, rafael, { object: 'user', id });
    await take(id, orders);
  });

  test('by a file of people', async () => {
    const file = 'name,email,roles\nOnly One,one@example.com,Pays\nBoth Two,two@example.com,Pays; Orders\n';
    const { record, result } = await bringIn(app, rafael, 'user', file, {
      columns: plainly('name', 'email', 'roles'),
    });
    expect(record).toMatchObject({ created: 1, refused: 1 });
    expect(JSON.stringify(result.problems)).toContain('“Orders”');
    const held = await sql`select u.name, r.name as role from role_assignment a
      join user_account u on u.id = a.user_id join role r on r.id = a.role_id where u.email like '%@example.com'`;
    expect(held).toEqual([{ name: 'Only One', role: 'Pays' }]);
  });

  test('by taking a change back', async () => {
    const { id } = people.bjorn;
    await give(id, pays);
    await take(id, pays);
    const taken = await latest();
    await give(id, orders);
    await isRefused(() => undoChange(app, rafael, { id: taken }));
    await take(id, orders);
    await undoChange(app, rafael, { id: taken });
    await take(id, pays);
  });

  test('by two who give one each at once', async () => {
    const { id } = people.hana;
    await give(people.priya.id, '00000000-0000-7000-8000-000000000001');
    const priya = await as(people.priya);
    const outcomes = await Promise.allSettled([
      give(id, pays),
      assignRole(app, priya, { user: id, role: orders }),
    ]);
    expect(outcomes.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
    for (const role of [pays, orders]) await take(id, role).catch(() => undefined);
    await take(people.priya.id, '00000000-0000-7000-8000-000000000001');
  });
});

describe('a role', () => {
  test('is not told to conflict while somebody holds both: how many, and who', async () => {
    const other = await make('Other');
    const many = [people.anna, people.dawit, people.giulia, people.bjorn, people.hana, people.zoe];
    for (const { id } of many) {
      await give(id, pays);
      await give(id, other);
    }
    const error = await isRefused(() => updateRole(app, rafael, { id: other, patch: { conflicts: [pays] } }));
    expect(error.details.duties?.[0]).toMatchObject({ people: 6 });
    expect(error.details.duties?.[0]?.who).toHaveLength(5);
    expect(error.message).toContain('and 1 more');
    expect(
      await refusal(
        previewChange(app, {}, rafael, { kind: 'role', id: other, policy: { conflicts: [pays] } }),
      ),
      'the preview says so beforehand',
    ).toBe('conflicting_duties');
    for (const { id } of many) await take(id, other);
    await updateRole(app, rafael, { id: other, patch: { conflicts: [pays] } });
    expect((await findRole(app, rafael.actor, other))?.conflicts).toEqual([pays]);
    await isRefused(() => give(people.zoe.id, other));
    const said = await latest();
    await undoChange(app, rafael, { id: said });
    expect((await findRole(app, rafael.actor, other))?.conflicts).toEqual([]);
    await give(people.zoe.id, other);
    await isRefused(async () => undoChange(app, rafael, { id: must((await listPolicyChanges(app, rafael.actor)).find(({ undoes }) => undoes === said), 'the undoing').id })); // prettier-ignore
    for (const { id } of many) await take(id, pays);
  });

  test('conflicts with another that is there, and not with itself', async () => {
    const nobody = newId();
    expect(await refusal(updateRole(app, rafael, { id: pays, patch: { conflicts: [pays] } }))).toEqual([
      'invalid',
      { conflicts: expect.any(String) },
    ]);
    expect(await refusal(updateRole(app, rafael, { id: pays, patch: { conflicts: [nobody] } }))).toEqual([
      'invalid',
      { conflicts: expect.any(String) },
    ]);
    expect(await refusal(deleteRole(app, rafael, { id: orders })), 'it is named').toBe('already_done');
  });

  test('changed before there were conflicts is still taken back', async () => {
    await updateRole(app, rafael, { id: orders, patch: { purpose: 'Orders things' } });
    const written = await latest();
    // As the trail has it from before.
    await sql`
      insert into audit_entry (actor_id, action, object, target_id, before, after)
      select actor_id, action, object, target_id, before - 'conflicts', after - 'conflicts'
      from audit_entry where id = ${written}
    `;
    const id = await latest();
    expect(id).not.toBe(written);
    await undoChange(app, rafael, { id });
    expect((await findRole(app, rafael.actor, orders))?.purpose).toBe('');
  });
});

test('after all of this nobody holds both', async () => {
  await transaction(sql, async (tx) => {
    const everyone = await tx<{ id: string }[]>`select id from user_account`;
    await mustKeepDutiesApart(
      tx,
      everyone.map(({ id }) => id),
    );
  });
});
