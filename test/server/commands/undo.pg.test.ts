import { describe, expect, test } from 'vitest';
import { assignRole } from '../../../server/commands/governance/assignRole.ts';
import { createRole } from '../../../server/commands/governance/createRole.ts';
import { createSharingRule } from '../../../server/commands/governance/rules/createSharingRule.ts';
import { deleteSharingRule } from '../../../server/commands/governance/rules/deleteRule.ts';
import { setTeams } from '../../../server/commands/governance/people/setTeams.ts';
import { setBaseline } from '../../../server/commands/governance/setBaseline.ts';
import { giveShare } from '../../../server/commands/governance/shares/giveShare.ts';
import { takeShare } from '../../../server/commands/governance/shares/takeShare.ts';
import { unassignRole } from '../../../server/commands/governance/unassignRole.ts';
import { undoChange } from '../../../server/commands/governance/undo/undoChange.ts';
import { updateRole } from '../../../server/commands/governance/updateRole.ts';
import { updateRecord } from '../../../server/commands/records/updateRecord.ts';
import { builtInRoleId } from '../../../server/db/builtInRoles.ts';
import { loadActor } from '../../../server/access/loadActor.ts';
import { findRole } from '../../../server/queries/roles.ts';
import { listPolicyChanges } from '../../../server/queries/policyChanges.ts';
import { must } from '../../../shared/lib/must.ts';
import type { PolicyChangeEntry } from '../../../shared/protocol/index.ts';
import { openNordlicht, refusal } from '../../world/nordlicht.ts';
import { people, teams } from '../../world/people.ts';

const { app, sql, add, as } = await openNordlicht();
const rafael = await as(people.rafael);
const oskar = await as(people.oskar);
const REPRESENTATIVE = builtInRoleId('sales_representative');
const ADMINISTRATOR = builtInRoleId('administrator');

const changes = () => listPolicyChanges(app, rafael.actor);
const latest = async (): Promise<PolicyChangeEntry> => must((await changes())[0], 'a change');
const undo = (id: number, key?: string) => undoChange(app, rafael, { id, idempotencyKey: key });

describe('a change of a role', () => {
  test('is listed from what to what, taken back, and brought again', async () => {
    const before = must(await findRole(app, rafael.actor, REPRESENTATIVE), 'the role');
    await updateRole(app, rafael, {
      id: REPRESENTATIVE,
      patch: {
        grants: { ...before.grants, deal: { ...before.grants['deal'], read: ['own', 'team'] } },
        fields: { ...before.fields, deal: { amount: 'edit' } },
      },
    });
    const made = await latest();
    expect(made).toMatchObject({
      action: 'role.update',
      object: 'role',
      target: REPRESENTATIVE,
      by: people.rafael.id,
      undoable: true,
      undone: null,
      undoes: null,
    });
    expect(made.changes).toEqual([
      { path: ['fields', 'deal', 'discount'], before: 'read', after: null },
      { path: ['grants', 'deal', 'read'], before: ['own'], after: ['own', 'team'] },
    ]);
    expect(made.names).toMatchObject({
      [people.rafael.id]: people.rafael.name,
      [REPRESENTATIVE]: before.name,
    });

    expect(await undo(made.id)).toMatchObject({ id: made.id, undone: { by: people.rafael.id } });
    const after = must(await findRole(app, rafael.actor, REPRESENTATIVE), 'the role');
    expect({ ...after, version: 0 }).toEqual({ ...before, version: 0 });
    const back = await latest();
    expect(back).toMatchObject({ action: 'role.update', undoes: made.id, undoable: true });
    expect(await refusal(undo(made.id))).toBe('already_done');

    await undo(back.id);
    expect((await changes()).find(({ id }) => id === made.id)?.undone, 'it stands again').toBeNull();
    expect(must(await findRole(app, rafael.actor, REPRESENTATIVE), 'it').grants['deal']?.read).toEqual([
      'own',
      'team',
    ]);
    expect(await undo(made.id)).toMatchObject({ id: made.id });
  });

  test('is not taken back where the role was changed since', async () => {
    await updateRole(app, rafael, { id: REPRESENTATIVE, patch: { purpose: 'First' } });
    const first = await latest();
    await updateRole(app, rafael, { id: REPRESENTATIVE, patch: { purpose: 'Second' } });
    const count = (await changes()).length;
    expect(await refusal(undo(first.id))).toBe('version_conflict');
    expect((await changes()).length, 'nothing was written').toBe(count);
  });
});

describe('an assignment', () => {
  test('given is taken away, taken away is given again, with its dates', async () => {
    const ends_at = '2099-01-01T00:00:00.000Z';
    await assignRole(app, rafael, { user: people.anna.id, role: builtInRoleId('auditor'), ends_at });
    const given = await latest();
    await undo(given.id);
    expect(await rolesOf(people.anna.id)).not.toContain('Auditor');
    await undo((await latest()).id);
    const [row] =
      await sql`select ends_at from role_assignment where user_id = ${people.anna.id} and role_id = ${builtInRoleId('auditor')}`;
    expect(row).toEqual({ ends_at });
    await unassignRole(app, rafael, { user: people.anna.id, role: builtInRoleId('auditor') });
    await undo((await latest()).id);
    expect(await rolesOf(people.anna.id)).toContain('Auditor');
  });

  test('that reaches only a part comes back reaching no more than that part', async () => {
    const held = async () => [
      ...(await sql`
        select within_id as within from role_assignment where user_id = ${people.dawit.id} and role_id = ${ADMINISTRATOR}
      `),
    ];
    const limited = { user: people.dawit.id, role: ADMINISTRATOR, within: teams.south };
    await assignRole(app, rafael, limited);
    await unassignRole(app, rafael, limited);
    await undo((await latest()).id);
    expect(await held(), 'taken away and given back').toEqual([{ within: teams.south }]);
    await assignRole(app, rafael, { ...limited, within: null });
    await undo((await latest()).id);
    expect(await held(), 'widened and narrowed again').toEqual([{ within: teams.south }]);
    await unassignRole(app, rafael, limited);
  });

  test('twice with one key it is taken back once', async () => {
    await assignRole(app, rafael, { user: people.kofi.id, role: builtInRoleId('auditor') });
    const { id } = await latest();
    await undo(id, 'key');
    const count = (await changes()).length;
    expect(await undo(id, 'key')).toMatchObject({ id });
    expect((await changes()).length).toBe(count);
  });

  test('of the last other administrator is not taken back by themselves, and one stays', async () => {
    await assignRole(app, rafael, { user: people.anna.id, role: ADMINISTRATOR });
    const given = await latest();
    const second = await as(people.anna);
    await unassignRole(app, second, { user: people.rafael.id, role: ADMINISTRATOR });
    expect(await refusal(undoChange(app, second, { id: given.id }))).toEqual(['invalid', expect.anything()]);
    const taken = must((await listPolicyChanges(app, second.actor))[0], 'the change');
    await undoChange(app, second, { id: taken.id });
    await undoChange(app, await as(people.rafael), { id: given.id });
    expect(await rolesOf(people.anna.id)).not.toContain('Administrator');
  });
});

test('somebody moved goes back, unless they were moved on', async () => {
  const move = (values: Record<string, unknown>) =>
    updateRecord(app, rafael, { object: 'user', id: people.anna.id, values });
  await move({ team: teams.south, title: 'Moved' });
  const moved = await latest();
  expect(moved.changes).toContainEqual({ path: ['team'], before: teams.north, after: teams.south });
  await undo(moved.id);
  const [row] = await sql`select team_id, title from user_account where id = ${people.anna.id}`;
  expect(row).toMatchObject({ team_id: teams.north });
  expect(row?.['title']).not.toBe('Moved');
  await move({ title: 'Only a title' });
  expect(
    (await latest()).changes.some(({ path }) => path[0] === 'title' && path.length === 1),
    'no policy',
  ).toBe(true);
  await move({ team: teams.south });
  const again = await latest();
  await move({ team: null });
  expect(await refusal(undo(again.id))).toBe('version_conflict');
});

test('a rule made is taken back, and comes again as it was', async () => {
  const rule = {
    name: 'Big ones',
    object: 'deal',
    criteria: { amount: { gte: 10_000 } },
    to: { kind: 'team' as const, id: teams.south },
    level: 'read' as const,
  };
  const made = await createSharingRule(app, rafael, { rule });
  const entry = await latest();
  expect(entry).toMatchObject({ action: 'sharing_rule.create', target: made.id });
  await undo(entry.id);
  expect(await sql`select 1 from sharing_rule`).toHaveLength(0);
  await undo((await latest()).id);
  expect(await sql`select id, name, level from sharing_rule`).toEqual([
    { id: made.id, name: 'Big ones', level: 'read' },
  ]);
  await deleteSharingRule(app, rafael, { id: made.id });
  await undo((await latest()).id);
  expect(await sql`select id from sharing_rule`).toHaveLength(1);
});

test('a role made and one deleted, and what everyone may do', async () => {
  const policy = {
    name: 'Guests',
    purpose: '',
    grants: { deal: { read: ['own' as const] } },
    fields: {},
    system: [],
  };
  const { id } = await createRole(app, rafael, { policy });
  await undo((await latest()).id);
  expect(await findRole(app, rafael.actor, id)).toBeNull();
  await undo((await latest()).id);
  expect(await findRole(app, rafael.actor, id)).toMatchObject({ id, name: 'Guests' });
  await setBaseline(app, rafael, { object: 'product', baseline: 'read' });
  const opened = await latest();
  expect(opened).toMatchObject({ action: 'role.baseline', about: 'product', undoable: true });
  await undo(opened.id);
  expect(await sql`select 1 from object_baseline`).toHaveLength(0);
});

test('a record shared is taken back, and shared again', async () => {
  const deal = await add('deal', people.anna, { title: 'Shared' });
  await giveShare(app, rafael, {
    share: { object: 'deal', id: deal.id, to: { kind: 'user', id: people.kofi.id }, level: 'read' },
  });
  const given = await latest();
  expect(given).toMatchObject({ action: 'share.give', about: 'deal', target: deal.id });
  await undo(given.id);
  expect(await sql`select 1 from share`).toHaveLength(0);
  await undo((await latest()).id);
  expect(await sql`select to_id, level from share`).toEqual([{ to_id: people.kofi.id, level: 'read' }]);

  // A share with an end comes back with it, whichever way it went.
  const ends_at = '2099-01-01T00:00:00.000Z';
  const to = { kind: 'user' as const, id: people.dawit.id };
  const { id } = await giveShare(app, rafael, {
    share: { object: 'deal', id: deal.id, to, level: 'read', ends_at },
  });
  await takeShare(app, rafael, { id });
  await undo((await latest()).id);
  const held = async () => [...(await sql`select level, ends_at from share where to_id = ${to.id}`)];
  expect(await held()).toEqual([{ level: 'read', ends_at }]);
  await giveShare(app, rafael, { share: { object: 'deal', id: deal.id, to, level: 'edit' } });
  expect(await held()).toEqual([{ level: 'edit', ends_at: null }]);
  await undo((await latest()).id);
  expect(await held()).toEqual([{ level: 'read', ends_at }]);
});

test('a team given a role, and somebody put into a further team', async () => {
  await assignRole(app, rafael, { team: teams.south, role: builtInRoleId('data_analyst') });
  await undo((await latest()).id);
  expect(await sql`select 1 from role_assignment where team_id is not null`).toHaveLength(0);
  await setTeams(app, rafael, people.oskar.id, [teams.south]);
  await undo((await latest()).id);
  expect(await sql`select team_id from team_member where user_id = ${people.oskar.id}`).toHaveLength(0);
});

describe('whoever does not manage roles', () => {
  test('sees none of it, and takes nothing back', async () => {
    expect(await listPolicyChanges(app, oskar.actor)).toEqual([]);
    await createRole(app, rafael, {
      policy: { name: 'Some', purpose: '', grants: {}, fields: {}, system: [] },
    });
    const { id } = await latest();
    expect(await refusal(undoChange(app, oskar, { id }))).toBe('not_found');
    expect(await refusal(undoChange(app, oskar, { id: 999_999 }))).toBe('not_found');
  });

  test('an auditor sees what was changed but not what rules look for', async () => {
    const jamila = await as(people.jamila);
    const rows = await listPolicyChanges(app, jamila.actor);
    const rule = must(
      rows.find(({ action }) => action === 'sharing_rule.create'),
      'the rule',
    );
    expect(rule.changes.find(({ path }) => path[0] === 'criteria')).toEqual({
      path: ['criteria'],
      before: null,
      after: null,
    });
    const update = must(
      rows.find(({ action }) => action === 'role.update'),
      'the role',
    );
    expect(await refusal(undoChange(app, jamila, { id: update.id }))).toBe('not_allowed');
    expect(await refusal(undoChange(app, jamila, { id: rule.id }))).toBe('not_allowed');
  });
});

async function rolesOf(user: string): Promise<string[]> {
  return must(await loadActor(sql, user), 'somebody active').roles.map(({ name }) => name);
}
