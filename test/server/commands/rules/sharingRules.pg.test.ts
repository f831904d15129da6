import { describe, expect, test } from 'vitest';
import { createRestriction } from '../../../../server/commands/governance/rules/createRestriction.ts';
import { createSharingRule } from '../../../../server/commands/governance/rules/createSharingRule.ts';
import {
  deleteRestriction,
  deleteSharingRule,
} from '../../../../server/commands/governance/rules/deleteRule.ts';
import { updateRestriction } from '../../../../server/commands/governance/rules/updateRestriction.ts';
import { updateSharingRule } from '../../../../server/commands/governance/rules/updateSharingRule.ts';
import { createRecord } from '../../../../server/commands/records/createRecord.ts';
import { deleteRecord } from '../../../../server/commands/records/deleteRecord.ts';
import { updateRecord } from '../../../../server/commands/records/updateRecord.ts';
import { countCriteria } from '../../../../server/queries/countCriteria.ts';
import { listRestrictions, listSharingRules } from '../../../../server/queries/rules.ts';
import { newId } from '../../../../shared/lib/ids.ts';
import type { Target } from '../../../../shared/protocol/index.ts';
import { recordOf, refusal, stateOf } from '../../../world/nordlicht.ts';
import { people, pipelines, teams } from '../../../world/people.ts';
import { openRules, REPRESENTATIVE, toUser } from './house.ts';

const { app, sql, add, as, pokes, rafael, oskar, rule, restriction, share, hide, seen, lastAccess } =
  await openRules();
const [anna, chiamaka, jamila] = await Promise.all([people.anna, people.chiamaka, people.jamila].map(as));

describe('without manage_roles', () => {
  test.each([
    ['a representative', anna],
    ['the auditor', jamila],
  ])('%s makes no rule and counts nothing, and is told what is missing', async (_who, caller) => {
    const made = await share({ criteria: { title: 'nobody has this' } });
    const hidden = await hide({ criteria: { title: 'nobody has this' } });
    const before = await stateOf(sql);
    const refused = { code: 'not_allowed', details: { needs: 'manage_roles' } };
    const tries = [
      () => createSharingRule(app, caller!, { rule: rule() }),
      () => createSharingRule(app, caller!, { rule: rule({ to: toUser(people.anna) }) }),
      () => updateSharingRule(app, caller!, { id: made.id, patch: { version: 1, active: false } }),
      () => deleteSharingRule(app, caller!, { id: made.id }),
      () => deleteSharingRule(app, caller!, { id: newId() }),
      () => createRestriction(app, caller!, { restriction: restriction() }),
      () => updateRestriction(app, caller!, { id: hidden.id, patch: { version: 1, active: false } }),
      () => deleteRestriction(app, caller!, { id: hidden.id }),
      () => countCriteria(app, caller!.actor, { object: 'deal', criteria: {} }),
    ];
    for (const one of tries) await expect(one()).rejects.toMatchObject(refused);
    expect(await stateOf(sql)).toBe(before);
    await deleteSharingRule(app, rafael, { id: made.id });
    await deleteRestriction(app, rafael, { id: hidden.id });
  });

  test('only the auditor reads them', async () => {
    expect(await listSharingRules(app, jamila!.actor)).toEqual([]);
    expect(await listRestrictions(app, jamila!.actor)).toEqual([]);
    expect(() => listSharingRules(app, anna!.actor)).toThrow('do not allow');
    expect(() => listRestrictions(app, anna!.actor)).toThrow('do not allow');
  });
});

describe('a sharing rule', () => {
  test('opens what fulfils its criteria, of before and after it, until it goes', async () => {
    const [fair, web] = [
      await add('deal', people.anna, { source: 'fair', amount: 10 }),
      await add('deal', people.anna, { source: 'web' }),
    ];
    pokes.length = 0;
    const made = await share({});
    expect(made).toMatchObject({
      version: 1,
      active: true,
      progress: null,
      level: 'read',
      created_by: people.rafael.id,
    });
    expect(pokes).toEqual(expect.arrayContaining(['log', 'access']));
    expect(await lastAccess()).toMatchObject({ cause: 'sharing_rule.create', users: [people.chiamaka.id] });
    expect(await seen(people.chiamaka, fair)).toMatchObject({ amount: 10, may: { actions: ['read'] } });
    expect(await seen(people.chiamaka, web)).toBeUndefined();
    expect(await seen(people.giulia, fair)).toBeUndefined();

    const later = recordOf(
      await createRecord(app, anna!, {
        object: 'deal',
        values: { title: 'Later', pipeline: pipelines.newBusiness, stage: 'qualified', source: 'fair' },
      }),
    );
    expect(await seen(people.chiamaka, later)).toBeDefined();
    await updateRecord(app, anna!, { object: 'deal', id: later.id, values: { source: 'web' } });
    expect(await seen(people.chiamaka, later)).toBeUndefined();
    await updateRecord(app, anna!, { object: 'deal', id: web.id, values: { source: 'fair' } });
    expect(await seen(people.chiamaka, web)).toBeDefined();

    expect(await deleteSharingRule(app, rafael, { id: made.id, version: 1 })).toEqual({
      id: made.id,
      gone: true,
    });
    expect(await lastAccess()).toMatchObject({ cause: 'sharing_rule.delete', users: [people.chiamaka.id] });
    expect(await seen(people.chiamaka, fair)).toBeUndefined();
    expect(await refusal(deleteSharingRule(app, rafael, { id: made.id }))).toBe('not_found');
  });

  test('to edit lets change, but not delete nor hand over', async () => {
    const deal = await add('deal', people.anna, { source: 'fair' });
    const made = await share({ level: 'edit' });
    expect((await seen(people.chiamaka, deal))?.may.actions).toEqual(['read', 'update']);
    const changed = await updateRecord(app, chiamaka!, {
      object: 'deal',
      id: deal.id,
      values: { next_step: 'Call' },
    });
    expect(recordOf(changed)['next_step']).toBe('Call');
    expect(await refusal(deleteRecord(app, chiamaka!, { object: 'deal', id: deal.id }))).toBe('not_allowed');
    // What it ceases to fulfil, the change would take out of her reach.
    expect(
      await refusal(updateRecord(app, chiamaka!, { object: 'deal', id: deal.id, values: { source: 'web' } })),
    ).toBe('out_of_reach');
    await deleteSharingRule(app, rafael, { id: made.id });
  });

  test.each<[string, Target]>([
    ['a team', { kind: 'team', id: teams.south }],
    ['a role', { kind: 'role', id: REPRESENTATIVE }],
  ])('reaches everyone in %s', async (_what, to) => {
    const deal = await add('deal', people.kofi, { source: 'partner' });
    const made = await share({ criteria: { source: 'partner' }, to });
    expect(await seen(people.chiamaka, deal)).toBeDefined();
    const access = await lastAccess();
    expect(access?.users).toContain(people.chiamaka.id);
    expect(access?.users).not.toContain(people.rafael.id);
    await deleteSharingRule(app, rafael, { id: made.id });
  });

  test('reaches who works in a territory, and those alone', async () => {
    const south = await add('territory', null, { name: 'South' });
    const alps = await add('territory', null, { name: 'Alps', parent: south.id });
    await sql`update user_account set territory_ids = array[${alps.id}::uuid] where id = ${people.chiamaka.id}`;
    await sql`update user_account set territory_ids = array[${south.id}::uuid] where id = ${people.giulia.id}`;
    const deal = await add('deal', people.kofi, { source: 'partner', territory: south.id });
    const criteria = { territory: south.id };
    const made = await share({ criteria, to: { kind: 'territory', id: alps.id } });
    expect((await lastAccess()).users).toEqual([people.chiamaka.id]);
    expect(await seen(people.chiamaka, deal)).toBeDefined();
    expect(await seen(people.giulia, deal)).toBeUndefined();
    await updateRecord(app, rafael, { object: 'deal', id: deal.id, values: { territory: null } });
    expect(await seen(people.chiamaka, deal)).toBeUndefined();
    await deleteSharingRule(app, rafael, { id: made.id });
  });

  test('gives nothing where no role grants the object', async () => {
    const deal = await add('deal', people.anna, { source: 'fair' });
    const made = await share({ to: toUser(people.bjorn), level: 'edit' });
    expect(await seen(people.bjorn, deal)).toBeUndefined();
    await deleteSharingRule(app, rafael, { id: made.id });
  });

  test('does not open fields beyond those that the roles give', async () => {
    const deal = await add('deal', people.anna, { source: 'fair', amount: 10, margin: 5 });
    const made = await share({ to: toUser(people.giulia) });
    expect(await seen(people.giulia, deal)).toBeDefined();
    expect(await seen(people.giulia, deal)).not.toHaveProperty('margin');
    await deleteSharingRule(app, rafael, { id: made.id });
  });

  test('with other criteria closes what it had opened, whoever looks, and opens the rest', async () => {
    const [fair, web] = [
      await add('deal', people.anna, { source: 'fair' }),
      await add('deal', people.anna, { source: 'web' }),
    ];
    const made = await share({});
    const [{ id: old }] = await sql<
      [{ id: string }]
    >`select criteria_id as id from sharing_rule where id = ${made.id}`;
    const changed = await updateSharingRule(app, rafael, {
      id: made.id,
      patch: { version: 1, criteria: { source: 'web' } },
    });
    expect(changed).toMatchObject({ version: 2, criteria: { source: 'web' }, progress: null });
    expect(await seen(people.chiamaka, fair)).toBeUndefined();
    expect(await seen(people.chiamaka, web)).toBeDefined();
    const [after] = await sql`select criteria_id as id from sharing_rule where id = ${made.id}`;
    expect(after?.['id']).not.toBe(old);
    const [retired] = await sql`select retired_at is not null as retired from criteria where id = ${old}`;
    expect(retired).toEqual({ retired: true });
    await deleteSharingRule(app, rafael, { id: made.id });
  });

  test('opens nothing while it is inactive, and at once when it is not', async () => {
    const deal = await add('deal', people.anna, { source: 'fair' });
    const before = await lastAccess();
    const made = await share({ active: false });
    expect(await lastAccess()).toEqual(before);
    expect(await seen(people.chiamaka, deal)).toBeUndefined();
    const on = await updateSharingRule(app, rafael, { id: made.id, patch: { version: 1, active: true } });
    expect(on.progress).toBeNull();
    expect(await seen(people.chiamaka, deal)).toBeDefined();
    await updateSharingRule(app, rafael, { id: made.id, patch: { version: 2, active: false } });
    expect(await lastAccess()).toMatchObject({ cause: 'sharing_rule.update', users: [people.chiamaka.id] });
    expect(await seen(people.chiamaka, deal)).toBeUndefined();
    await deleteSharingRule(app, rafael, { id: made.id });
  });

  test('given to others tells both; another name tells nobody', async () => {
    const made = await share({});
    await updateSharingRule(app, rafael, { id: made.id, patch: { version: 1, to: toUser(people.giulia) } });
    expect((await lastAccess())?.users).toEqual([people.chiamaka.id, people.giulia.id].sort());
    const [{ seq }] = await sql<[{ seq: number }]>`select seq from access_head`;
    await updateSharingRule(app, rafael, { id: made.id, patch: { version: 2, name: 'Another name' } });
    expect(await sql`select seq from access_head`).toEqual([{ seq }]);
    await deleteSharingRule(app, rafael, { id: made.id });
  });

  test('is audited with what decides', async () => {
    const made = await share({ criteria: { source: 'fair' } });
    await updateSharingRule(app, rafael, { id: made.id, patch: { version: 1, level: 'edit' } });
    await deleteSharingRule(app, rafael, { id: made.id });
    const trail = await sql`
      select action, actor_id, before ->> 'level' as before, after ->> 'level' as after
      from audit_entry where target_id = ${made.id} order by id
    `;
    expect(trail).toEqual([
      { action: 'sharing_rule.create', actor_id: people.rafael.id, before: null, after: 'read' },
      { action: 'sharing_rule.update', actor_id: people.rafael.id, before: 'read', after: 'edit' },
      { action: 'sharing_rule.delete', actor_id: people.rafael.id, before: 'edit', after: null },
    ]);
  });

  test('is made, changed and taken away once, however often that is asked for', async () => {
    const asked = { rule: rule(), idempotencyKey: 'rule-1' };
    const made = await Promise.all([1, 2, 3].map(() => createSharingRule(app, rafael, asked)));
    expect(new Set(made.map(({ id }) => id)).size).toBe(1);
    const id = made[0]!.id;
    const patch = { id, patch: { version: 1, level: 'edit' as const }, idempotencyKey: 'rule-2' };
    for (let i = 0; i < 2; i++) expect((await updateSharingRule(app, rafael, patch)).version).toBe(2);
    for (let i = 0; i < 2; i++)
      expect(await deleteSharingRule(app, rafael, { id, idempotencyKey: 'rule-3' })).toEqual({
        id,
        gone: true,
      });
    expect(await refusal(createSharingRule(app, rafael, { ...asked, rule: rule() }))).toBe(
      'idempotency_conflict',
    );
  });

  test('changed by two at once is changed by one', async () => {
    const made = await share({});
    const tries = await Promise.allSettled(
      [rafael, oskar].map((caller, i) =>
        updateSharingRule(app, caller, {
          id: made.id,
          patch: { version: 1, criteria: { source: i ? 'web' : 'fair', title: 'x' } },
        }),
      ),
    );
    expect(tries.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
    const lost = tries.find((one) => one.status === 'rejected');
    expect(lost?.reason).toMatchObject({ code: 'version_conflict', details: { current: { version: 2 } } });
    await deleteSharingRule(app, rafael, { id: made.id });
  });
});
