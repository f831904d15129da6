import { describe, expect, test } from 'vitest';
import { loadActor } from '../../../server/access/loadActor.ts';
import { assignRole } from '../../../server/commands/governance/assignRole.ts';
import { createRole } from '../../../server/commands/governance/createRole.ts';
import { setTeams } from '../../../server/commands/governance/people/setTeams.ts';
import { unassignRole } from '../../../server/commands/governance/unassignRole.ts';
import { updateRole } from '../../../server/commands/governance/updateRole.ts';
import { updateRecord } from '../../../server/commands/records/updateRecord.ts';
import { builtInRoleId } from '../../../server/db/builtInRoles.ts';
import { newId } from '../../../shared/lib/ids.ts';
import { openNordlicht, recordOf, refusal, stateOf } from '../../world/nordlicht.ts';
import { people, roles, teams } from '../../world/people.ts';

const { app, sql, add, as, pokes } = await openNordlicht();
const [rafael, anna, kofi, jamila] = await Promise.all(
  [people.rafael, people.anna, people.kofi, people.jamila].map(as),
);
const ADMINISTRATOR = builtInRoleId('administrator');
const REPRESENTATIVE = builtInRoleId('sales_representative');
const POLICY = {
  name: 'Observer',
  purpose: '',
  grants: { deal: { read: ['all' as const] } },
  fields: {},
  system: [],
};

describe('without manage_roles', () => {
  test.each([
    ['a representative', anna],
    ['a sales manager', kofi],
    ['the auditor', jamila],
  ])('%s changes nothing, and is told why', async (_who, caller) => {
    const before = await stateOf(sql);
    for (const id of [REPRESENTATIVE, newId()]) {
      await expect(
        updateRole(app, caller!, { id, patch: { system: ['manage_roles'] } }),
      ).rejects.toMatchObject({ code: 'not_allowed', details: { needs: 'manage_roles' } });
    }
    expect(await refusal(createRole(app, caller!, { policy: POLICY }))).toBe('not_allowed');
    expect(await refusal(assignRole(app, caller!, { user: caller!.actor.userId, role: ADMINISTRATOR }))).toBe(
      'not_allowed',
    );
    expect(await refusal(unassignRole(app, caller!, { user: people.rafael.id, role: ADMINISTRATOR }))).toBe(
      'not_allowed',
    );
    expect(await stateOf(sql)).toBe(before);
  });
});

describe('nobody raises their own rights', () => {
  test('by a role they hold, or by giving themselves one', async () => {
    const before = await stateOf(sql);
    expect(await refusal(updateRole(app, rafael!, { id: ADMINISTRATOR, patch: { purpose: 'Mine' } }))).toBe(
      'not_allowed',
    );
    expect(await refusal(assignRole(app, rafael!, { user: people.rafael.id, role: REPRESENTATIVE }))).toBe(
      'not_allowed',
    );
    expect(await stateOf(sql)).toBe(before);
  });

  test('by where they stand: that asks for manage_users, and for oneself for manage_roles too', async () => {
    const { id } = await createRole(app, rafael!, {
      policy: {
        ...POLICY,
        name: 'Staff office',
        grants: { user: { read: ['all'], update: ['all'] } },
        system: ['manage_users'],
      },
    });
    await assignRole(app, rafael!, { user: people.oskar.id, role: id });
    const oskar = await as(people.oskar);
    const place = (user: string, values: Record<string, unknown>) =>
      updateRecord(app, oskar, { object: 'user', id: user, values });
    expect(await refusal(place(people.oskar.id, { team: teams.north }))).toBe('not_allowed');
    expect(await refusal(place(people.anna.id, { manager: people.oskar.id }))).toBe('not_allowed');
    expect(recordOf(await place(people.anna.id, { title: 'Senior account executive' }))['title']).toBe(
      'Senior account executive',
    );
    expect(recordOf(await place(people.dawit.id, { team: teams.south }))['team']).toBe(teams.south);
  });
});

describe('a change of a role', () => {
  test('holds for its holders at once, is audited, and told to the nodes', async () => {
    const deal = await add('deal', people.anna, { amount: 5 });
    pokes.length = 0;
    const role = await updateRole(app, rafael!, {
      id: REPRESENTATIVE,
      patch: { fields: { deal: { amount: 'hidden' } } },
      version: 1,
    });
    expect(role).toMatchObject({ version: 2, built_in: true, name: 'Sales representative' });
    expect(pokes).toContain('access');
    expect(
      recordOf(await updateRecord(app, anna!, { object: 'deal', id: deal.id, values: {} })),
    ).not.toHaveProperty('amount');

    const [entry] = await sql<
      { users: string[]; cause: string }[]
    >`select users, cause from access_log order by seq desc limit 1`;
    expect(entry).toEqual({ cause: 'role.update', users: role.members });
    expect(role.members).toEqual(expect.arrayContaining([people.anna.id, people.chiamaka.id]));
    const [line] =
      await sql`select action, actor_id, address, before -> 'fields' as before, after -> 'fields' as after from audit_entry order by id desc limit 1`;
    expect(line).toMatchObject({
      action: 'role.update',
      actor_id: people.rafael.id,
      address: '127.0.0.1',
      before: { deal: { amount: 'edit' } },
      after: { deal: { amount: 'hidden' } },
    });
  });

  test('meant for another version is a conflict', async () => {
    expect(
      await refusal(
        updateRole(app, rafael!, { id: roles.salesAssistant, patch: { purpose: 'x' }, version: 9 }),
      ),
    ).toBe('version_conflict');
  });

  test.each([
    [{ grants: { deel: { read: ['all' as const] } } }, 'grants.deel'],
    [{ fields: { deal: { amoumt: 'read' as const } } }, 'fields.deal.amoumt'],
    [{ fields: { constructor: {} } }, 'fields.constructor'],
    [{ name: 'Administrator' }, 'name'],
    [{ name: '' }, 'name'],
  ])('%j is refused by name', async (patch, path) => {
    expect(await refusal(updateRole(app, rafael!, { id: roles.salesAssistant, patch }))).toEqual([
      'invalid',
      { [path]: expect.any(String) },
    ]);
  });

  test('new roles are made once, however often they are asked for', async () => {
    const made = await Promise.all(
      [1, 2, 3].map(() => createRole(app, rafael!, { policy: POLICY, idempotencyKey: 'role-1' })),
    );
    expect(new Set(made.map(({ id }) => id)).size).toBe(1);
    expect(made[0]).toMatchObject({ ...POLICY, built_in: false, members: [], version: 1 });
  });
});

test('further teams are told to whoever is put into them, or taken out', async () => {
  const told = async () => {
    const [row] = await sql<{ seq: number; cause: string; users: string[] }[]>`
      select seq, cause, users from access_log order by seq desc limit 1
    `;
    return row;
  };
  for (const further of [[teams.south], [], [teams.south, teams.midmarket], [teams.midmarket], []]) {
    const before = await told();
    await setTeams(app, rafael!, people.helena.id, further);
    expect(await told()).toMatchObject({ cause: 'user.teams', users: [people.helena.id] });
    expect((await told())?.seq).toBeGreaterThan(before?.seq ?? 0);
    expect((await loadActor(sql, people.helena.id))?.sets.teams).toEqual(new Set(further));
  }
});

describe('an assignment', () => {
  test('gives its rights while it holds, and is taken back', async () => {
    const end = new Date(Date.now() + 60_000).toISOString();
    const given = await assignRole(app, rafael!, {
      user: people.helena.id,
      role: REPRESENTATIVE,
      ends_at: end,
    });
    expect(given).toMatchObject({ user: people.helena.id, ends_at: end });
    expect((await loadActor(sql, people.helena.id))?.roles.map(({ id }) => id)).toContain(REPRESENTATIVE);
    await unassignRole(app, rafael!, { user: people.helena.id, role: REPRESENTATIVE });
    expect((await loadActor(sql, people.helena.id))?.roles.map(({ id }) => id)).not.toContain(REPRESENTATIVE);
    expect(await refusal(unassignRole(app, rafael!, { user: people.helena.id, role: REPRESENTATIVE }))).toBe(
      'not_found',
    );
    const causes = await sql`select cause, users from access_log order by seq desc limit 2`;
    expect(causes).toMatchObject([
      { cause: 'role.unassign', users: [people.helena.id] },
      { cause: 'role.assign', users: [people.helena.id] },
    ]);
  });

  test('to a team is told to everyone in it, given and taken', async () => {
    const everyone = async () =>
      (await sql<{ id: string }[]>`select user_id as id from team_person where team_id = ${teams.south}`)
        .map(({ id }) => id)
        .sort();
    const inSouth = await everyone();
    expect(inSouth).toContain(people.chiamaka.id);
    const given = { team: teams.south, role: REPRESENTATIVE };
    await assignRole(app, rafael!, given);
    await assignRole(app, rafael!, { ...given, ends_at: new Date(Date.now() + 60_000).toISOString() });
    await unassignRole(app, rafael!, given);
    const told = await sql<{ cause: string; users: string[] }[]>`
      select cause, users from access_log order by seq desc limit 3
    `;
    expect(told.map(({ cause }) => cause)).toEqual(['role.unassign', 'role.assign', 'role.assign']);
    for (const { users } of told) expect([...users].sort()).toEqual(inSouth);
  });

  test('is of somebody active and a role that exists, and ends after it starts', async () => {
    expect(await refusal(assignRole(app, rafael!, { user: people.pieter.id, role: REPRESENTATIVE }))).toEqual(
      ['invalid', { user: 'No such person' }],
    );
    expect(await refusal(assignRole(app, rafael!, { user: people.anna.id, role: newId() }))).toEqual([
      'invalid',
      { role: 'No such role' },
    ]);
    expect(
      await refusal(
        assignRole(app, rafael!, {
          user: people.anna.id,
          role: roles.salesAssistant,
          ends_at: '2020-01-01T00:00:00Z',
        }),
      ),
    ).toEqual(['invalid', { ends_at: expect.any(String) }]);
  });

  test('of the last administrator stays, also when two take it from each other at once', async () => {
    expect(
      await refusal(unassignRole(app, rafael!, { user: people.rafael.id, role: ADMINISTRATOR })),
    ).toEqual(['invalid', { role: expect.any(String) }]);
    await assignRole(app, rafael!, { user: people.priya.id, role: ADMINISTRATOR });
    const priya = await as(people.priya);
    const outcomes = await Promise.allSettled([
      unassignRole(app, rafael!, { user: people.priya.id, role: ADMINISTRATOR }),
      unassignRole(app, priya, { user: people.rafael.id, role: ADMINISTRATOR }),
    ]);
    expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
  });
});
