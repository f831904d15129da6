import { beforeAll, describe, expect, test } from 'vitest';
import { assignRole } from '../../../server/commands/governance/assignRole.ts';
import {
  approveProposal,
  declineProposal,
  withdrawProposal,
} from '../../../server/commands/governance/approvals/answer.ts';
import { proposeChange } from '../../../server/commands/governance/approvals/propose.ts';
import { setApprovals } from '../../../server/commands/governance/approvals/setApprovals.ts';
import { createRole } from '../../../server/commands/governance/createRole.ts';
import { deleteRole } from '../../../server/commands/governance/deleteRole.ts';
import { movePerson } from '../../../server/commands/governance/people/movePerson.ts';
import { setTeams } from '../../../server/commands/governance/people/setTeams.ts';
import { previewChange } from '../../../server/commands/governance/preview/previewChange.ts';
import { createRestriction } from '../../../server/commands/governance/rules/createRestriction.ts';
import { createSharingRule } from '../../../server/commands/governance/rules/createSharingRule.ts';
import { setBaseline } from '../../../server/commands/governance/setBaseline.ts';
import { giveShare } from '../../../server/commands/governance/shares/giveShare.ts';
import { setTerritoryRule } from '../../../server/commands/governance/territories/setRule.ts';
import { unassignRole } from '../../../server/commands/governance/unassignRole.ts';
import { undoChange } from '../../../server/commands/governance/undo/undoChange.ts';
import { updateRole } from '../../../server/commands/governance/updateRole.ts';
import { createRecord } from '../../../server/commands/records/createRecord.ts';
import { updateRecord } from '../../../server/commands/records/updateRecord.ts';
import { builtInRoleId } from '../../../server/db/builtInRoles.ts';
import type { Caller } from '../../../server/lib/app.ts';
import { listPolicyChanges } from '../../../server/queries/policyChanges.ts';
import { listProposals } from '../../../server/queries/proposals.ts';
import { findRole } from '../../../server/queries/roles.ts';
import { newId } from '../../../shared/lib/ids.ts';
import { must } from '../../../shared/lib/must.ts';
import { DAY_ms } from '../../../shared/lib/time.ts';
import type { PolicyChange } from '../../../shared/protocol/index.ts';
import { openNordlicht, refusal, stateOf } from '../../world/nordlicht.ts';
import { people, teams } from '../../world/people.ts';
import { bringIn, plainly } from './imports/bring.ts';

const { app, sql, add, as } = await openNordlicht();
const ADMINISTRATOR = builtInRoleId('administrator');
const REPRESENTATIVE = builtInRoleId('sales_representative');
const AUDITOR = builtInRoleId('auditor');

/** Rafael makes changes, Oskar approves them and may do no more than that, Priya administers as well. */
let rafael: Caller;
let oskar: Caller;
let priya: Caller;
let kofi: Caller;
beforeAll(async () => {
  rafael = await as(people.rafael);
  expect(await refusal(setApprovals(app, await as(people.kofi), { approvals: true }))).toBe('not_allowed');
  expect(await refusal(setApprovals(app, rafael, { approvals: true })), 'nobody else could approve').toEqual([
    'invalid',
    { approvals: expect.any(String) },
  ]);
  const policy = {
    name: 'Approver',
    purpose: '',
    grants: {},
    fields: {},
    system: ['approve_roles' as const],
  };
  const { id } = await createRole(app, rafael, { policy });
  await assignRole(app, rafael, { user: people.oskar.id, role: id });
  await assignRole(app, rafael, { user: people.priya.id, role: ADMINISTRATOR });
  await setTeams(app, rafael, people.oskar.id, [teams.technical]);
  [oskar, priya, kofi] = [await as(people.oskar), await as(people.priya), await as(people.kofi)];
  expect(
    await refusal(proposeChange(app, {}, rafael, { change: purpose('Too early'), reason: 'Why not' })),
    'nothing waits yet',
  ).toBe('already_done');
  await setApprovals(app, rafael, { approvals: true });
});

const purpose = (text: string): PolicyChange => ({
  kind: 'role',
  id: REPRESENTATIVE,
  policy: { purpose: text },
});
const propose = (change: PolicyChange, by = rafael) =>
  proposeChange(app, {}, by, { change, reason: 'It was agreed' });
const approve = (id: string, by = oskar) => approveProposal(app, by, { id });
const role = async (id: string) => findRole(app, rafael.actor, id);
const listed = (by: Caller) => listProposals(app, by.actor);
const one = async (id: string) =>
  must(
    (await listed(rafael)).find((row) => row.id === id),
    'the proposal',
  );

describe('where changes wait, nobody makes one alone', () => {
  test('by the doors that make them: each is refused as to be proposed, and nothing is written', async () => {
    const deal = await add('deal', people.anna, { title: 'Zebu' });
    const [latest] = await listPolicyChanges(app, rafael.actor);
    const policy = { name: 'New', purpose: '', grants: {}, fields: {}, system: [] };
    const to = { kind: 'user' as const, id: people.anna.id };
    const rule = { name: 'R', object: 'deal', criteria: { title: 'Zebu' }, to, level: 'read' as const };
    const restriction = { name: 'R', object: 'deal', criteria: { title: 'Zebu' }, except: [] };
    const before = await stateOf(sql);
    for (const [what, change] of Object.entries({
      createRole: () => createRole(app, rafael, { policy }),
      updateRole: () => updateRole(app, rafael, { id: REPRESENTATIVE, patch: { purpose: 'Mine' } }),
      assignRole: () => assignRole(app, rafael, { user: people.anna.id, role: AUDITOR }),
      unassignRole: () => unassignRole(app, rafael, { user: people.anna.id, role: REPRESENTATIVE }),
      createSharingRule: () => createSharingRule(app, rafael, { rule }),
      createRestriction: () => createRestriction(app, rafael, { restriction }),
      setBaseline: () => setBaseline(app, rafael, { object: 'deal', baseline: 'read' }),
      undo: () => undoChange(app, rafael, { id: must(latest, 'a change').id }),
      off: () => setApprovals(app, rafael, { approvals: false }),
    }))
      expect([what, await refusal(change())]).toEqual([what, 'approval_required']);
    expect(await refusal(deleteRole(app, rafael, { id: AUDITOR })), 'refused anyway').toBe('already_done');
    expect(
      await refusal(updateRole(app, kofi, { id: REPRESENTATIVE, patch: { purpose: 'Mine' } })),
      'refused anyway',
    ).toBe('not_allowed');
    expect(await stateOf(sql)).toBe(before);

    // What is no such change goes on: shares, and where people stand.
    await giveShare(app, await as(people.anna), {
      share: { object: 'deal', id: deal.id, to: { kind: 'user', id: people.chiamaka.id }, level: 'read' },
    });
    await setTeams(app, rafael, people.giulia.id, [teams.north]);
    await updateRecord(app, rafael, { object: 'user', id: people.giulia.id, values: { team: teams.south } });
    expect(await refusal(propose({ kind: 'person', id: people.giulia.id, values: { team: null } }))).toBe(
      'already_done',
    );
  });

  test('nor by a file of people', async () => {
    const file = 'name,email,roles\nNew One,new@example.com,Auditor\n';
    const { record, result } = await bringIn(app, rafael, 'user', file, {
      columns: plainly('name', 'email', 'roles'),
    });
    expect(record).toMatchObject({ created: 0, refused: 1 });
    expect(JSON.stringify(result.problems)).toContain('propose it');
  });
});

describe('a proposal', () => {
  test('is kept with its reason and what it comes to, told to those who may approve, and made by their yes', async () => {
    const change: PolicyChange = {
      kind: 'role',
      id: REPRESENTATIVE,
      policy: { fields: { ...(await role(REPRESENTATIVE))!.fields, deal: { amount: 'hidden' } } },
    };
    await add('deal', people.anna, { amount: 5 });
    const { id } = await propose(change);
    expect(await one(id)).toMatchObject({
      by: people.rafael.id,
      reason: 'It was agreed',
      status: 'open',
      what: { action: 'role.update', target: REPRESENTATIVE },
      change: { kind: 'role', id: REPRESENTATIVE },
    });
    expect((await one(id)).what.changes).toContainEqual({
      path: ['fields', 'deal', 'amount'],
      before: 'edit',
      after: 'hidden',
    });
    expect((await one(id)).preview.fields).toContainEqual(
      expect.objectContaining({ object: 'deal', field: 'amount', gained: 0 }),
    );
    expect((await listed(oskar)).map((row) => row.id)).toContain(id);
    expect(await listed(kofi)).toEqual([]);
    const told = await sql`select user_id as user from notification where kind = 'proposal_asked' order by 1`;
    expect(told.map(({ user }) => user).sort()).toEqual([people.oskar.id, people.priya.id].sort());
    expect((await role(REPRESENTATIVE))?.fields['deal']).toMatchObject({ amount: 'edit' });

    expect(await approve(id)).toEqual({ id, status: 'made' });
    expect((await role(REPRESENTATIVE))?.fields['deal']).toEqual({ amount: 'hidden' });
    expect(await one(id)).toMatchObject({ status: 'made', answered_by: people.oskar.id });
    const trail = await sql`select action, actor_id from audit_entry order by id desc limit 2`;
    expect(trail).toEqual([
      { action: 'proposal.approve', actor_id: people.oskar.id },
      { action: 'role.update', actor_id: people.rafael.id },
    ]);
    const [word] = await sql`select user_id from notification where kind = 'proposal_made'`;
    expect(word).toEqual({ user_id: people.rafael.id });
    expect(await refusal(approve(id)), 'once').toBe('already_done');
    // Taking it back is a change like any other.
    const [made] = await listPolicyChanges(app, rafael.actor);
    const undoing = await propose({ kind: 'undo', id: must(made, 'the change').id });
    await approve(undoing.id);
    expect((await role(REPRESENTATIVE))?.fields['deal']).toMatchObject({ amount: 'edit' });
    expect((await listPolicyChanges(app, rafael.actor))[1]?.undone).not.toBeNull();
  });

  test('is approved by nobody who proposed it, who may not, or who would have more by it', async () => {
    const own = await propose(purpose('By Priya'), priya);
    expect(await refusal(approve(own.id, priya))).toBe('not_allowed');
    expect(await refusal(declineProposal(app, priya, { id: own.id }))).toBe('not_allowed');
    const before = await stateOf(sql);
    expect(await refusal(approve(own.id, kofi))).toBe('not_allowed');
    expect(await refusal(approve(newId(), kofi))).toBe('not_allowed');
    expect(await refusal(approve(newId()))).toBe('not_found');
    expect(await refusal(withdrawProposal(app, rafael, { id: own.id }))).toBe('not_found');
    for (const given of [
      { user: people.oskar.id, role: AUDITOR },
      { user: people.oskar.id, role: AUDITOR, starts_at: new Date(Date.now() + DAY_ms).toISOString() },
      { team: teams.technical, role: AUDITOR },
    ]) {
      const { id } = await propose({ kind: 'assign', ...given });
      expect(await refusal(approve(id))).toBe('not_allowed');
      await withdrawProposal(app, rafael, { id });
    }
    expect((await stateOf(sql)).split('\n').filter((row) => row.startsWith('role_assignment'))).toEqual(
      before.split('\n').filter((row) => row.startsWith('role_assignment')),
    );
    // Who loses something by it may well say yes.
    const { id: held } = must((await sql<{ id: string }[]>`select role_id as id from role_assignment where user_id = ${people.oskar.id} and role_id <> (select id from role where name = 'Approver')`)[0], 'a role'); // prettier-ignore
    const less = await propose({ kind: 'unassign', user: people.oskar.id, role: held });
    await approve(less.id);
    const again = await propose({ kind: 'assign', user: people.oskar.id, role: held });
    await approve(again.id, priya);
    oskar = await as(people.oskar);
    await approve(own.id);
  });

  test('is made with the rights its proposer has then', async () => {
    const { id } = await propose(purpose('While I could'), priya);
    const taken = await propose({ kind: 'unassign', user: people.priya.id, role: ADMINISTRATOR });
    await approve(taken.id);
    const before = await stateOf(sql);
    expect(await refusal(approve(id))).toBe('not_allowed');
    expect(await stateOf(sql)).toBe(before);
    await declineProposal(app, oskar, { id, words: 'You do not look after roles any more' });
    expect((await listed(await as(people.priya))).find((row) => row.id === id)).toMatchObject({
      status: 'declined',
      words: 'You do not look after roles any more',
    });
    const given = await propose({ kind: 'assign', user: people.priya.id, role: ADMINISTRATOR });
    await approve(given.id);
    priya = await as(people.priya);
  });

  test('is refused where policy has moved on meanwhile', async () => {
    const [first, second] = [await propose(purpose('First')), await propose(purpose('Second'), priya)];
    await approve(first.id);
    expect(await refusal(approve(second.id))).toBe('version_conflict');
    expect((await role(REPRESENTATIVE))?.purpose).toBe('First');
    await withdrawProposal(app, priya, { id: second.id });

    const { id } = await propose({ kind: 'assign', user: people.anna.id, role: AUDITOR });
    const wider = await propose({
      kind: 'role',
      id: AUDITOR,
      policy: { system: ['read_audit', 'end_sessions'] },
    });
    await approve(wider.id);
    expect(await refusal(approve(id)), 'the role is another by now').toBe('version_conflict');
    await withdrawProposal(app, rafael, { id });
  });

  test('of a rule, a restriction or a default is made like the rest', async () => {
    const deal = await add('deal', people.dawit, { title: 'Yak licence' });
    const to = { kind: 'user' as const, id: people.anna.id };
    const rule = {
      name: 'Yaks',
      object: 'deal',
      criteria: { title: 'Yak licence' },
      to,
      level: 'read' as const,
    };
    const nameless = { object: 'deal', criteria: {}, to, level: 'read' as const };
    expect(await refusal(propose({ kind: 'sharing_rule', rule: nameless }))).toEqual([
      'invalid',
      { name: expect.any(String) },
    ]);
    const made = await propose({ kind: 'sharing_rule', rule });
    await approve(made.id);
    expect(await sql`select name from sharing_rule`).toEqual([{ name: 'Yaks' }]);
    const { id: ruleId } = must((await sql<{ id: string }[]>`select id from sharing_rule`)[0], 'the rule');
    await approve((await propose({ kind: 'sharing_rule', id: ruleId, rule: null })).id);
    expect(await sql`select 1 from sharing_rule`).toHaveLength(0);
    const hiding = {
      name: 'No yaks',
      object: 'deal',
      criteria: { title: 'Yak licence' },
      except: [ADMINISTRATOR],
    };
    await approve((await propose({ kind: 'restriction', restriction: hiding })).id);
    expect(await sql`select name from restriction`).toEqual([{ name: 'No yaks' }]);
    const opened = await propose({ kind: 'baseline', object: 'product', baseline: 'edit' });
    expect(await refusal(approve(opened.id)), 'it opens products to Oskar, too').toBe('not_allowed');
    await approve(opened.id, priya);
    expect(await sql`select object from object_baseline`).toEqual([{ object: 'product' }]);
    expect(deal.version).toBe(1);
  });

  test('with what would be refused is refused at once, and its key keeps it from being two', async () => {
    const before = await stateOf(sql);
    expect(await refusal(propose({ kind: 'assign', user: people.rafael.id, role: AUDITOR }))).toBe(
      'not_allowed',
    );
    expect(await refusal(propose(purpose('Mine'), kofi))).toBe('not_allowed');
    expect(await stateOf(sql)).toBe(before);
    const twice = () =>
      proposeChange(app, {}, rafael, { change: purpose('Once'), reason: 'Once', idempotencyKey: 'once' });
    const [first, second] = [await twice(), await twice()];
    expect(second).toEqual(first);
    await withdrawProposal(app, rafael, { id: first.id });
  });

  test('is looked at beforehand without being asked for', async () => {
    expect(await previewChange(app, {}, rafael, purpose('Look'))).toMatchObject({
      people: expect.any(Number),
    });
    expect(await previewChange(app, {}, rafael, { kind: 'role', id: AUDITOR, policy: null }).catch((error: { code: string }) => error.code)).toBe('already_done'); // prettier-ignore
  });
});

test('nobody gives roles alone by the way of a team that carries roles, or by the rule of a territory', async () => {
  await approve((await propose({ kind: 'assign', team: teams.midmarket, role: AUDITOR })).id, priya);
  const values = { team: teams.midmarket };
  const id = people.giulia.id;
  const territory = await add('territory', people.rafael, { name: 'Yonder' });
  const before = await stateOf(sql);
  for (const [what, change] of Object.entries({
    update: () => updateRecord(app, rafael, { object: 'user', id, values }),
    move: () => movePerson(app, rafael, id, { ...values, take_records: false }),
    further: () => setTeams(app, rafael, id, [teams.midmarket]),
    create: () => createRecord(app, rafael, { object: 'user', values: { name: 'New', ...values } }),
    territory: () => setTerritoryRule(app, rafael, territory.id, { country: 'FR' }),
  }))
    expect([what, await refusal(change())]).toEqual([what, 'approval_required']);
  expect(await stateOf(sql)).toBe(before);
  await approve((await propose({ kind: 'person', id, values })).id);
  expect(await sql`select team_id as team from user_account where id = ${id}`).toEqual([values]);
  // Where they are already, nothing is given to them.
  await updateRecord(app, rafael, { object: 'user', id, values: { ...values, manager: null } });
  await approve(
    (await propose({ kind: 'territory_rule', id: territory.id, criteria: { country: 'FR' } })).id,
  );
  expect(await sql`select filter from territory_rule`).toEqual([{ filter: { country: 'FR' } }]);
});

test('switching it off asks for a yes, too', async () => {
  const off = await propose({ kind: 'approvals', approvals: false });
  await approve(off.id);
  await updateRole(app, rafael, { id: REPRESENTATIVE, patch: { purpose: 'Alone again' } });
  expect((await role(REPRESENTATIVE))?.purpose).toBe('Alone again');
});
