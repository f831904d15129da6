import { beforeEach, describe, expect, test } from 'vitest';
import { assignRole } from '../../../server/commands/governance/assignRole.ts';
import { createRole } from '../../../server/commands/governance/createRole.ts';
import { deleteRole } from '../../../server/commands/governance/deleteRole.ts';
import { setTeams } from '../../../server/commands/governance/people/setTeams.ts';
import { previewChange } from '../../../server/commands/governance/preview/previewChange.ts';
import { createRestriction } from '../../../server/commands/governance/rules/createRestriction.ts';
import { unassignRole } from '../../../server/commands/governance/unassignRole.ts';
import { undoChange } from '../../../server/commands/governance/undo/undoChange.ts';
import { updateRole } from '../../../server/commands/governance/updateRole.ts';
import { deleteRecord } from '../../../server/commands/records/deleteRecord.ts';
import { updateRecord } from '../../../server/commands/records/updateRecord.ts';
import { builtInRoleId } from '../../../server/db/builtInRoles.ts';
import { loadActor } from '../../../server/access/loadActor.ts';
import type { Caller } from '../../../server/lib/app.ts';
import { listPolicyChanges } from '../../../server/queries/policyChanges.ts';
import { holds, SYSTEM_PERMISSIONS, type RolePolicy } from '../../../shared/access/index.ts';
import { must } from '../../../shared/lib/must.ts';
import { ApiError, type PolicyChange } from '../../../shared/protocol/index.ts';
import { openNordlicht, refusal, stateOf } from '../../world/nordlicht.ts';
import { people, teams } from '../../world/people.ts';
import { bringIn, carryOut, plainly, upload } from '../commands/imports/bring.ts';

// There is always somebody who may manage people and roles, everywhere and without an end, by whatever road it is tried
// to be rid of the last one, and by whomever.

const { app, sql, as } = await openNordlicht();
const ADMINISTRATOR = builtInRoleId('administrator');
const rafael = await as(people.rafael);
const anyone = { read: ['all' as const], create: true, update: ['all' as const], delete: ['all' as const] };
const addRole = async (name: string, policy: Partial<RolePolicy>, holder: string) => {
  const { id } = await createRole(app, rafael, {
    policy: { name, purpose: '', grants: {}, fields: {}, system: [], ...policy },
  });
  await assignRole(app, rafael, { user: holder, role: id });
};
// Helena looks after roles, Oskar after people; neither is an administrator.
await addRole('Role keeper', { system: ['manage_roles'] }, people.helena.id);
await addRole(
  'People keeper',
  { grants: { user: anyone }, system: ['manage_users', 'import'] },
  people.oskar.id,
);
const helena = await as(people.helena);
const oskar = await as(people.oskar);
const isAdministrator = async (id: string): Promise<boolean> => {
  const actor = await loadActor(sql, id);
  return actor !== null && holds(actor, 'manage_users') && holds(actor, 'manage_roles');
};

beforeEach(async () => {
  // Rafael alone, and for sure.
  await sql`delete from role_assignment where role_id = ${ADMINISTRATOR} and user_id is distinct from ${people.rafael.id}`;
  expect(await isAdministrator(people.rafael.id)).toBe(true);
});

const assign = (given: object) => (): Promise<unknown> =>
  assignRole(app, helena, { user: people.rafael.id, role: ADMINISTRATOR, ...given });
const person = (caller: Caller, values: Record<string, unknown>) =>
  updateRecord(app, caller, { object: 'user', id: people.rafael.id, values });
const preview = (caller: Caller, change: PolicyChange) => () => previewChange(app, {}, caller, change);
const held = { user: people.rafael.id, role: ADMINISTRATOR };
const without = SYSTEM_PERMISSIONS.filter((one) => one !== 'manage_users');

describe('the last administrator', () => {
  test.each<[string, () => Promise<unknown>]>([
    ['loses the role', () => unassignRole(app, helena, held)],
    ['has it until a time', assign({ ends_at: '2099-01-01T00:00:00Z' })],
    ['has it from a time', assign({ starts_at: '2099-01-01T00:00:00Z' })],
    ['has it within a part', assign({ within: teams.north })],
    [
      'holds a role that manages no people',
      () => updateRole(app, helena, { id: ADMINISTRATOR, patch: { system: without } }),
    ],
    [
      'holds a role that manages nothing',
      () => updateRole(app, helena, { id: ADMINISTRATOR, patch: { system: [] } }),
    ],
    ['holds a role that is gone', () => deleteRole(app, helena, { id: ADMINISTRATOR })],
    ['is not active', () => person(oskar, { active: false })],
    ['is in the bin', () => deleteRecord(app, oskar, { object: 'user', id: people.rafael.id })],
    ['gives it up', () => unassignRole(app, rafael, held)],
    ['leaves', () => person(rafael, { active: false })],
    ['would lose it, as is asked before', preview(helena, { kind: 'unassign', ...held })],
    [
      'would be deactivated, as is asked before',
      preview(oskar, { kind: 'person', id: people.rafael.id, values: { active: false } }),
    ],
    [
      'would hold less, as is asked before',
      preview(helena, { kind: 'role', id: ADMINISTRATOR, policy: { system: without } }),
    ],
  ])('%s: refused, and nothing changed', async (_what, road) => {
    const before = await stateOf(sql);
    const code = await refusal(road());
    expect(['invalid', 'already_done', 'not_allowed']).toContain(Array.isArray(code) ? code[0] : code);
    expect(await stateOf(sql)).toBe(before);
    expect(await isAdministrator(people.rafael.id)).toBe(true);
  });

  test('is not undone', async () => {
    await assignRole(app, helena, { user: people.priya.id, role: ADMINISTRATOR });
    const given = must((await listPolicyChanges(app, helena.actor))[0], 'the change');
    await unassignRole(app, helena, held);
    const taken = must((await listPolicyChanges(app, helena.actor))[0], 'the change');
    const before = await stateOf(sql);
    expect(await refusal(undoChange(app, helena, { id: given.id }))).toEqual(['invalid', expect.anything()]);
    expect(await refusal(preview(helena, { kind: 'undo', id: given.id })())).toEqual([
      'invalid',
      expect.anything(),
    ]);
    expect(await stateOf(sql)).toBe(before);
    await undoChange(app, helena, { id: taken.id });
    await undoChange(app, helena, { id: given.id });
    expect(await isAdministrator(people.priya.id)).toBe(false);
  });

  test('stays in the further team that makes them one', async () => {
    await assignRole(app, helena, { team: teams.technical, role: ADMINISTRATOR });
    await sql`update user_account set team_id = null where team_id = ${teams.technical}`;
    await sql`delete from team_member where team_id = ${teams.technical}`;
    await setTeams(app, rafael, people.priya.id, [teams.technical]);
    await unassignRole(app, helena, held);
    expect(await refusal(setTeams(app, oskar, people.priya.id, []))).toEqual(['invalid', expect.anything()]);
    expect(await refusal(unassignRole(app, helena, { team: teams.technical, role: ADMINISTRATOR }))).toEqual(['invalid', expect.anything()]); // prettier-ignore
    expect(await isAdministrator(people.priya.id)).toBe(true);
    await assignRole(app, helena, { ...held });
    await unassignRole(app, helena, { team: teams.technical, role: ADMINISTRATOR });
  });

  test('is not deactivated by a file, nor taken away with one', async () => {
    const file = `name,email,active\n${people.rafael.name},${people.rafael.email},false\n`;
    const map = { columns: plainly('name', 'email', 'active'), match: ['email'] };
    const { record, result } = await bringIn(app, oskar, 'user', file, map);
    expect(record).toMatchObject({ refused: 1, updated: 0 });
    expect(result.problems[0]?.reason).toMatch(/administrator/);

    const id = await upload(app, oskar, 'user', 'name,email\nNova,nova@x.example\n', {
      columns: plainly('name', 'email'),
    });
    await carryOut(app, oskar, id, 'run');
    const [nova] = await sql<{ id: string }[]>`select id from user_account where name = 'Nova'`;
    const user = must(nova, 'who came in').id;
    await assignRole(app, helena, { user, role: ADMINISTRATOR });
    await unassignRole(app, helena, held);
    const { record: undone } = await carryOut(app, oskar, id, 'undo');
    expect(undone).toMatchObject({ kept: 1 });
    expect(await isAdministrator(user)).toBe(true);
    await assignRole(app, helena, { ...held });
  });

  test('is one still where a restriction hides everything from them', async () => {
    for (const object of ['deal', 'company', 'contact', 'ticket', 'product'])
      await createRestriction(app, helena, {
        restriction: { name: `No ${object}`, object, criteria: {}, except: [] },
      });
    expect(await isAdministrator(people.rafael.id)).toBe(true);
    expect((await assignRole(app, rafael, { user: people.anna.id, role: builtInRoleId('auditor') })).user).toBe(people.anna.id); // prettier-ignore
    await sql`delete from restriction`;
  });
});

describe('two administrators who are rid of each other at the same moment', () => {
  const roads: [string, (by: Caller, of: string) => Promise<unknown>][] = [
    ['take the role', (by, user) => unassignRole(app, by, { user, role: ADMINISTRATOR })],
    ['limit the role', (by, user) => assignRole(app, by, { user, role: ADMINISTRATOR, within: teams.north })],
    ['let it end', (by, user) => assignRole(app, by, { user, role: ADMINISTRATOR, ends_at: '2099-01-01T00:00:00Z' })], // prettier-ignore
    ['deactivate', (by, id) => updateRecord(app, by, { object: 'user', id, values: { active: false } })],
    ['put into the bin', (by, id) => deleteRecord(app, by, { object: 'user', id })],
  ];
  test.each(
    roads.flatMap(([one, by], i) => roads.slice(i).map(([other, back]) => [one, other, by, back] as const)),
  )('%s, %s: one stays', async (_one, _other, by, back) => {
    // Anew, as sessions end with whoever is deactivated.
    const first = await as(people.rafael);
    await assignRole(app, first, { user: people.priya.id, role: ADMINISTRATOR });
    const priya = await as(people.priya);
    const outcomes = await Promise.allSettled([by(first, people.priya.id), back(priya, people.rafael.id)]);
    const left = [await isAdministrator(people.rafael.id), await isAdministrator(people.priya.id)];
    expect(left.filter(Boolean).length, JSON.stringify(left)).toBeGreaterThanOrEqual(1);
    for (const outcome of outcomes)
      if (outcome.status === 'rejected') expect(outcome.reason).toBeInstanceOf(ApiError);
    // As before.
    await sql`update user_account set active = true, deleted_at = null where id = any (${[people.rafael.id, people.priya.id]}::uuid[])`;
    await sql`
        insert into role_assignment (id, user_id, role_id) values (gen_random_uuid(), ${people.rafael.id}, ${ADMINISTRATOR})
        on conflict (user_id, role_id) do update set within_id = null, ends_at = null, starts_at = now()
      `;
  });
});
