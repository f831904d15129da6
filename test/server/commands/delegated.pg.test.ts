import { describe, expect, test } from 'vitest';
import { loadActor } from '../../../server/access/loadActor.ts';
import { assignRole } from '../../../server/commands/governance/assignRole.ts';
import { createRole } from '../../../server/commands/governance/createRole.ts';
import { setTeams } from '../../../server/commands/governance/people/setTeams.ts';
import { unassignRole } from '../../../server/commands/governance/unassignRole.ts';
import { updateRole } from '../../../server/commands/governance/updateRole.ts';
import { endUserSessions } from '../../../server/commands/identity/endUserSessions.ts';
import { createRecord } from '../../../server/commands/records/createRecord.ts';
import { deleteRecord } from '../../../server/commands/records/deleteRecord.ts';
import { updateRecord } from '../../../server/commands/records/updateRecord.ts';
import { builtInRoleId } from '../../../server/db/builtInRoles.ts';
import { personNamed } from '../../../server/db/demo/people.ts';
import { listAssignments } from '../../../server/queries/assignments.ts';
import { heldRoles, teamAdministrators } from '../../../server/queries/organisation.ts';
import { userSessions } from '../../../server/queries/sessions.ts';
import { newId } from '../../../shared/lib/ids.ts';
import { openNordlicht, recordOf, refusal, stateOf } from '../../world/nordlicht.ts';
import { people, roles, teams } from '../../world/people.ts';

// Kofi administers Enterprise North and what is below it (Mid-market): its people, in two roles that he may hand out.

const { app, sql, as } = await openNordlicht();
const rafael = await as(people.rafael);
const REPRESENTATIVE = builtInRoleId('sales_representative');
const MANAGER = builtInRoleId('sales_manager');
const ADMINISTRATOR = builtInRoleId('administrator');
const reads = { read: ['all' as const], create: true, update: ['all' as const], delete: ['all' as const] };
const { id: TEAM_ADMINISTRATOR } = await createRole(app, rafael, {
  policy: {
    name: 'Team administrator',
    purpose: '',
    grants: { user: reads, team: reads },
    fields: {},
    system: ['manage_users', 'end_sessions'],
    hands_out: [REPRESENTATIVE, roles.salesAssistant],
  },
});
await assignRole(app, rafael, { user: people.kofi.id, role: TEAM_ADMINISTRATOR, within: teams.north });
const kofi = await as(people.kofi);
// Jiro leads Mid-market and is a sales manager: more than Kofi may hand out.
const [jiro, lina, ingrid] = ['jiro', 'lina', 'ingrid'].map((key) => personNamed(key).id) as [
  string,
  string,
  string,
];

const change = (id: string, values: Record<string, unknown>) =>
  updateRecord(app, kofi, { object: 'user', id, values });

describe('the administrator of a team cannot', () => {
  test.each([
    ['rename, place, deactivate people of other teams', people.chiamaka.id],
    ['nor people without a team', people.oskar.id],
    ['nor whoever holds more than he may hand out', jiro],
  ])('%s', async (_what, id) => {
    const before = await stateOf(sql);
    for (const values of [
      { name: 'X' },
      { title: 'X' },
      { team: teams.north },
      { active: false },
      { email: 'x@x.example' },
    ])
      expect(await refusal(change(id, values)), JSON.stringify(values)).toBe('not_allowed');
    for (const role of [REPRESENTATIVE, roles.salesAssistant])
      expect(await refusal(assignRole(app, kofi, { user: id, role }))).toBe('not_allowed');
    expect(await refusal(setTeams(app, kofi, id, [teams.north]))).toBe('not_allowed');
    expect(await refusal(endUserSessions(app, kofi, id))).toBe('not_found');
    expect(await refusal(userSessions(app, kofi, id))).toBe('not_found');
    expect(await stateOf(sql)).toBe(before);
  });

  test('place his people elsewhere, or below others, or himself', async () => {
    const before = await stateOf(sql);
    for (const values of [
      { team: teams.south },
      { team: null },
      { manager: people.priya.id },
      { manager: people.kofi.id, team: teams.south },
    ])
      expect(await refusal(change(people.dawit.id, values)), JSON.stringify(values)).toBe('not_allowed');
    for (const values of [
      { team: teams.midmarket },
      { manager: null },
      { email: 'k@x.example' },
      { active: false },
    ])
      expect(await refusal(change(people.kofi.id, values)), JSON.stringify(values)).toBe('not_allowed');
    // Lina stands below Jiro; below Dawit she would stand below Kofi.
    expect(await refusal(change(lina, { manager: people.dawit.id }))).toBe('not_allowed');
    expect(await stateOf(sql)).toBe(before);
  });

  test('give roles that are not his to hand out, nor to himself, nor further than his part', async () => {
    const before = await stateOf(sql);
    const give = (giving: Parameters<typeof assignRole>[2]) => refusal(assignRole(app, kofi, giving));
    const user = people.anna.id;
    for (const role of [MANAGER, ADMINISTRATOR, TEAM_ADMINISTRATOR, newId()]) {
      expect(await give({ user, role })).toBe('not_allowed');
      expect(await give({ user, role, within: teams.north })).toBe('not_allowed');
    }
    expect(await give({ user: people.kofi.id, role: roles.salesAssistant })).toBe('not_allowed');
    expect(await give({ user, role: roles.salesAssistant, within: teams.south })).toBe('not_allowed');
    // His own team: he is in it.
    expect(await give({ team: teams.north, role: roles.salesAssistant })).toBe('not_allowed');
    expect(await give({ team: teams.south, role: roles.salesAssistant })).toBe('not_allowed');
    expect(await refusal(unassignRole(app, kofi, { user: people.kofi.id, role: TEAM_ADMINISTRATOR }))).toBe('not_allowed'); // prettier-ignore
    expect(await refusal(unassignRole(app, kofi, { user: people.priya.id, role: MANAGER }))).toBe(
      'not_allowed',
    );
    expect(await refusal(updateRole(app, kofi, { id: TEAM_ADMINISTRATOR, patch: { hands_out: [ADMINISTRATOR] } }))).toBe('not_allowed'); // prettier-ignore
    expect(await stateOf(sql)).toBe(before);
  });

  test('add people or teams outside, or move his own part', async () => {
    const before = await stateOf(sql);
    const add = (object: string, values: Record<string, unknown>) =>
      refusal(createRecord(app, kofi, { object, values }));
    expect(await add('user', { name: 'New', active: true })).toBe('not_allowed');
    expect(await add('user', { name: 'New', active: true, team: teams.south })).toBe('not_allowed');
    expect(await add('team', { name: 'New' })).toBe('not_allowed');
    expect(await add('team', { name: 'New', parent: teams.south })).toBe('not_allowed');
    const team = (id: string, values: Record<string, unknown>) =>
      refusal(updateRecord(app, kofi, { object: 'team', id, values }));
    expect(await team(teams.south, { name: 'Ours' })).toBe('not_allowed');
    expect(await team(teams.south, { parent: teams.north })).toBe('not_allowed');
    expect(await team(teams.north, { parent: teams.south })).toBe('not_allowed');
    expect(await team(teams.midmarket, { parent: null })).toBe('not_allowed');
    expect(await stateOf(sql)).toBe(before);
  });

  test('see the administration of others', async () => {
    const list = (whose: Parameters<typeof listAssignments>[2]) => listAssignments(app, kofi.actor, whose);
    expect(await refusal(list({ user: people.priya.id }))).toBe('not_found');
    expect(await refusal(list({ user: newId() }))).toBe('not_found');
    expect(await refusal(list({ team: teams.south }))).toBe('not_found');
    const held = await heldRoles(app, kofi.actor, [people.priya.id, people.anna.id, people.kofi.id]);
    expect(new Set(held.map(({ user }) => user))).toEqual(new Set([people.anna.id, people.kofi.id]));
    const ofRole = await list({ role: REPRESENTATIVE });
    const theirs = new Set(ofRole.map(({ user }) => user));
    expect(theirs.has(people.anna.id) && theirs.has(lina)).toBe(true);
    expect(theirs.has(people.chiamaka.id)).toBe(false);
    expect(await refusal(teamAdministrators(app, kofi.actor, teams.south))).toBe('not_found');
    expect(await teamAdministrators(app, kofi.actor, teams.midmarket)).toEqual([
      {
        user: people.kofi.id,
        role: TEAM_ADMINISTRATOR,
        role_name: 'Team administrator',
        within: teams.north,
      },
    ]);
    const anna = await as(people.anna);
    expect(await refusal(listAssignments(app, anna.actor, { user: people.dawit.id }))).toBe('not_allowed');
    expect(await refusal(listAssignments(app, anna.actor, { role: REPRESENTATIVE }))).toBe('not_allowed');
    expect(await listAssignments(app, anna.actor, { user: people.anna.id })).toHaveLength(1);
    expect(await heldRoles(app, anna.actor, [people.dawit.id])).toEqual([]);
  });
});

describe('the administrator of a team', () => {
  test('looks after its people and those below: names, places, roles, sessions', async () => {
    expect(recordOf(await change(people.anna.id, { title: 'Senior account executive' }))['title']).toMatch(
      'Senior',
    );
    expect(recordOf(await change(people.anna.id, { team: teams.midmarket }))['team']).toBe(teams.midmarket);
    expect(recordOf(await change(people.anna.id, { team: teams.north }))['team']).toBe(teams.north);
    expect((await assignRole(app, kofi, { user: lina, role: roles.salesAssistant })).user).toBe(lina);
    await unassignRole(app, kofi, { user: lina, role: roles.salesAssistant });
    await as(people.dawit);
    expect((await userSessions(app, kofi, people.dawit.id)).length).toBeGreaterThan(0);
    expect((await endUserSessions(app, kofi, people.dawit.id)).ended).toBeGreaterThan(0);
    expect(recordOf(await change(people.dawit.id, { active: false }))['active']).toBe(false);
    expect(recordOf(await change(people.dawit.id, { active: true }))['active']).toBe(true);
  });

  test('adds people and teams to the part', async () => {
    const added = recordOf(
      await createRecord(app, kofi, {
        object: 'user',
        values: { name: 'Nils Berg', team: teams.midmarket, active: true },
      }),
    );
    const team = recordOf(
      await createRecord(app, kofi, { object: 'team', values: { name: 'Fjord', parent: teams.north } }),
    );
    // What stands below the part is the part's at once.
    const later = await as(people.kofi);
    const moved = await updateRecord(app, later, { object: 'user', id: added.id, values: { team: team.id } });
    expect(recordOf(moved)['team']).toBe(team.id);
    expect((await assignRole(app, later, { team: team.id, role: roles.salesAssistant })).team).toBe(team.id);
    expect(await setTeams(app, later, added.id, [teams.midmarket])).toMatchObject({
      teams: [teams.midmarket],
    });
    expect(await refusal(setTeams(app, later, added.id, [teams.south]))).toBe('not_allowed');
  });

  test('is told of every team that comes to his part, or leaves it', async () => {
    const { id } = recordOf(
      await createRecord(app, rafael, { object: 'team', values: { name: 'Travelling' } }),
    );
    const move = async (parent: string | null) => {
      await updateRecord(app, rafael, { object: 'team', id, values: { parent } });
      const [told] = await sql<{ cause: string; users: string[] }[]>`
        select cause, users from access_log order by seq desc limit 1
      `;
      const { within = [] } =
        (await loadActor(sql, people.kofi.id))?.roles.find((role) => role.id === TEAM_ADMINISTRATOR) ?? {};
      return { told, isHis: within.includes(id) };
    };
    const told = { cause: 'team.update', users: [people.kofi.id] };
    expect(await move(teams.midmarket)).toEqual({ told, isHis: true });
    expect(await move(teams.south)).toEqual({ told, isHis: false });
    await deleteRecord(app, rafael, { object: 'team', id });
  });

  test('loses it with a role that he could not have given', async () => {
    await assignRole(app, rafael, { user: people.noor.id, role: MANAGER });
    expect(await refusal(change(people.noor.id, { title: 'X' }))).toBe('not_allowed');
    expect(await refusal(endUserSessions(app, kofi, people.noor.id))).toBe('not_found');
    await unassignRole(app, rafael, { user: people.noor.id, role: MANAGER });
    expect(recordOf(await change(people.noor.id, { title: 'Assistant' }))['title']).toBe('Assistant');
  });
});

describe('bad input', () => {
  test.each([
    [{}, 'user'],
    [{ user: people.anna.id, team: teams.north }, 'team'],
    [{ user: newId() }, 'user'],
    [{ team: newId() }, 'team'],
    [{ user: people.anna.id, within: newId() }, 'within'],
    [{ user: people.anna.id, ends_at: '2020-01-01T00:00:00Z' }, 'ends_at'],
    [{ user: people.anna.id, starts_at: '2019-01-01T00:00:00Z', ends_at: '2020-01-01T00:00:00Z' }, 'ends_at'],
    [{ user: people.anna.id, starts_at: '2099-01-02T00:00:00Z', ends_at: '2099-01-01T00:00:00Z' }, 'ends_at'],
  ])('an assignment of %j is refused', async (giving, field) => {
    const before = await stateOf(sql);
    expect(await refusal(assignRole(app, rafael, { ...giving, role: MANAGER }))).toEqual(['invalid', { [field]: expect.any(String) }]); // prettier-ignore
    expect(await stateOf(sql)).toBe(before);
  });
});

describe('the last administrator stays', () => {
  test('when they are one by a team, for a time, or within a part', async () => {
    const give = (giving: Parameters<typeof assignRole>[2]) => assignRole(app, rafael, giving);
    // None of these makes another administrator.
    await give({ user: ingrid, role: ADMINISTRATOR, ends_at: '2099-01-01T00:00:00Z' });
    await give({ user: people.priya.id, role: ADMINISTRATOR, within: teams.south });
    const priya = await as(people.priya);
    expect(await refusal(unassignRole(app, rafael, { user: people.rafael.id, role: ADMINISTRATOR }))).toEqual(['invalid', { role: expect.any(String) }]); // prettier-ignore
    // Limited to a part one does not reach those who are above.
    expect(await refusal(updateRecord(app, priya, { object: 'user', id: people.rafael.id, values: { active: false } }))).toBe('not_allowed'); // prettier-ignore

    // By a team: Technical support carries the role, and Yusuf is the only one there who is left.
    await give({ team: teams.technical, role: ADMINISTRATOR });
    const yusuf = await as(people.yusuf);
    await unassignRole(app, yusuf, { user: people.rafael.id, role: ADMINISTRATOR });
    await unassignRole(app, yusuf, { user: ingrid, role: ADMINISTRATOR });
    const others = await sql<{ id: string }[]>`
      select id from user_account where team_id = ${teams.technical} and id <> ${people.yusuf.id}
    `;
    for (const { id } of others)
      await updateRecord(app, yusuf, { object: 'user', id, values: { team: teams.support } });
    const hana = await as(people.hana);
    expect(hana.actor.roles.map(({ id }) => id)).not.toContain(ADMINISTRATOR);
    const leave = { object: 'user', id: people.yusuf.id, values: { team: teams.support } };
    expect(await refusal(updateRecord(app, yusuf, leave))).toEqual(['invalid', { team: expect.any(String) }]);
    expect(await refusal(unassignRole(app, yusuf, { team: teams.technical, role: ADMINISTRATOR }))).toEqual(['invalid', { role: expect.any(String) }]); // prettier-ignore
  });
});
