import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { loadActor } from '../../../../server/access/loadActor.ts';
import { forgetShares } from '../../../../server/commands/governance/rules/clean.ts';
import { deleteRestriction } from '../../../../server/commands/governance/rules/deleteRule.ts';
import { giveShare } from '../../../../server/commands/governance/shares/giveShare.ts';
import { takeShare } from '../../../../server/commands/governance/shares/takeShare.ts';
import { deleteRecord } from '../../../../server/commands/records/deleteRecord.ts';
import { restoreRecord } from '../../../../server/commands/records/restoreRecord.ts';
import { updateRecord } from '../../../../server/commands/records/updateRecord.ts';
import { transaction } from '../../../../server/db/transaction.ts';
import { ruleNames } from '../../../../server/queries/policyNames.ts';
import { listShares } from '../../../../server/queries/shares.ts';
import { newId } from '../../../../shared/lib/ids.ts';
import { must } from '../../../../shared/lib/must.ts';
import { POLICY_LIMITS, type ShareInput, type Target } from '../../../../shared/protocol/index.ts';
import { recordOf, refusal, stateOf } from '../../../world/nordlicht.ts';
import { people, roles, teams } from '../../../world/people.ts';
import { openRules, REPRESENTATIVE, toUser } from './house.ts';

const { app, sql, add, as, share, hide, seen, lastAccess, rafael } = await openRules();
const [anna, kofi, dawit, chiamaka, bjorn] = await Promise.all(
  [people.anna, people.kofi, people.dawit, people.chiamaka, people.bjorn].map(as),
);
const deal = await add('deal', people.anna, { title: 'Zebu licence', amount: 10 });
const give = (given: Partial<ShareInput> = {}, by = anna!) =>
  giveShare(app, by, {
    share: { object: 'deal', id: deal.id, to: toUser(people.chiamaka), level: 'read', ...given },
  });
const soon = (ms: number) => new Date(Date.now() + ms).toISOString();

describe('a share', () => {
  test('opens one record until it is taken back', async () => {
    expect(await seen(people.chiamaka, deal)).toBeUndefined();
    const given = await give();
    expect(given).toMatchObject({
      object: 'deal', record: deal.id, to: toUser(people.chiamaka), level: 'read', ends_at: null, given_by: people.anna.id,
    }); // prettier-ignore
    expect(await lastAccess()).toMatchObject({ cause: 'share.give', users: [people.chiamaka.id] });
    expect((await seen(people.chiamaka, deal))?.may.actions).toEqual(['read']);
    expect(await takeShare(app, anna!, { id: given.id })).toEqual({ id: given.id, gone: true });
    expect(await lastAccess()).toMatchObject({ cause: 'share.take', users: [people.chiamaka.id] });
    expect(await seen(people.chiamaka, deal)).toBeUndefined();
    const trail = await sql`
      select action, actor_id from audit_entry where target_id = ${deal.id} and action like 'share.%' order by id
    `;
    expect(trail).toEqual([
      { action: 'share.give', actor_id: people.anna.id },
      { action: 'share.take', actor_id: people.anna.id },
    ]);
  });

  test('to edit lets change, and neither share nor hand over nor delete', async () => {
    const { id } = await give({ level: 'edit' });
    const changed = await updateRecord(app, chiamaka!, {
      object: 'deal',
      id: deal.id,
      values: { next_step: 'Call' },
    });
    expect(recordOf(changed)['next_step']).toBe('Call');
    expect(await refusal(give({ to: toUser(people.giulia) }, chiamaka!))).toBe('not_allowed');
    expect(await refusal(deleteRecord(app, chiamaka!, { object: 'deal', id: deal.id }))).toBe('not_allowed');
    await takeShare(app, anna!, { id });
  });

  test('with its owner opens nothing now, and stays when it is given to others', async () => {
    const one = await add('deal', people.anna);
    const { id } = await give({ id: one.id, to: toUser(people.anna) }, kofi);
    await updateRecord(app, kofi!, { object: 'deal', id: one.id, values: { owner: people.dawit.id } });
    expect(await seen(people.anna, one)).toBeDefined();
    await takeShare(app, kofi!, { id });
    expect(await seen(people.anna, one)).toBeUndefined();
  });

  test('ends by itself, on the clock of the store', async () => {
    const { id } = await give({ ends_at: soon(60_000) });
    expect(await seen(people.chiamaka, deal)).toBeDefined();
    await sql`update share set ends_at = clock_timestamp() where id = ${id}`;
    expect(await seen(people.chiamaka, deal)).toBeUndefined();
    expect(await listShares(app, anna!.actor, { object: 'deal', id: deal.id })).toEqual([]);
    expect(await refusal(takeShare(app, anna!, { id }))).toBe('not_found');
    expect(await forgetShares(app)).toBe(0);
    await sql`update share set ends_at = now() - interval '2 days' where id = ${id}`;
    expect(await forgetShares(app)).toBe(1);
    expect(await sql`select 1 from deal where policy_ids @> array[${id}::uuid]`).toEqual([]);
  });

  test('given again takes the place of the one that was there', async () => {
    const first = await give({ level: 'edit' });
    const second = await give({ ends_at: soon(60_000) });
    expect(second.id).not.toBe(first.id);
    expect(await listShares(app, anna!.actor, { object: 'deal', id: deal.id })).toEqual([second]);
    expect((await seen(people.chiamaka, deal))?.may.actions).toEqual(['read']);
    const [row] = await sql<[{ ids: string[] }]>`select policy_ids as ids from deal where id = ${deal.id}`;
    expect(row.ids).toEqual([second.id]);
    await takeShare(app, anna!, { id: second.id });
  });

  test.each<[string, Target]>([
    ['a team', { kind: 'team', id: teams.south }],
    ['a role of whom it is from', { kind: 'role', id: REPRESENTATIVE }],
  ])('for %s reaches everyone in it', async (_what, to) => {
    const { id } = await give({ to });
    expect(await seen(people.chiamaka, deal)).toBeDefined();
    expect((await lastAccess()).users).toContain(people.chiamaka.id);
    await takeShare(app, anna!, { id });
    expect(await seen(people.chiamaka, deal)).toBeUndefined();
  });

  test('survives changes, the bin, and what comes out of it; its parts follow', async () => {
    const earlier = await add('activity', people.anna, { deal: deal.id });
    const { id } = await give();
    const call = await add('activity', people.anna, { deal: deal.id });
    for (const part of [earlier, call]) expect(await seen(people.chiamaka, part, 'activity')).toBeDefined();
    await share({ criteria: { title: 'Zebu licence' }, to: toUser(people.giulia) });
    for (const part of [earlier, call]) expect(await seen(people.giulia, part, 'activity')).toBeDefined();
    await updateRecord(app, anna!, { object: 'deal', id: deal.id, values: { title: 'Zebu licence 2' } });
    expect(await seen(people.chiamaka, deal)).toBeDefined();
    for (const part of [earlier, call]) {
      expect(await seen(people.chiamaka, part, 'activity'), 'the share stays').toBeDefined();
      expect(await seen(people.giulia, part, 'activity'), 'the rule has left it').toBeUndefined();
    }
    await deleteRecord(app, anna!, { object: 'deal', id: deal.id });
    expect(await seen(people.chiamaka, deal)).toBeUndefined();
    expect(await refusal(give({ to: toUser(people.giulia) }))).toBe('not_found');
    await restoreRecord(app, anna!, { object: 'deal', id: deal.id });
    expect(await seen(people.chiamaka, deal)).toBeDefined();
    await takeShare(app, anna!, { id });
    expect(await seen(people.chiamaka, call, 'activity')).toBeUndefined();
  });

  test('in the bin is taken back by who gave it', async () => {
    const one = await add('deal', people.anna);
    const { id } = await give({ id: one.id });
    await deleteRecord(app, anna!, { object: 'deal', id: one.id });
    expect(await refusal(takeShare(app, kofi!, { id }))).toBe('not_found');
    await takeShare(app, anna!, { id });
    await restoreRecord(app, anna!, { object: 'deal', id: one.id });
    expect(await seen(people.chiamaka, one)).toBeUndefined();
  });

  test('is beaten by a restriction', async () => {
    const fair = await add('deal', people.anna, { source: 'fair' });
    await give({ id: fair.id });
    const { id } = await hide({});
    expect(await seen(people.chiamaka, fair)).toBeUndefined();
    await deleteRestriction(app, rafael, { id });
  });

  test('is given and taken once, however often that is asked for', async () => {
    const asked = { share: { object: 'deal', id: deal.id, to: toUser(people.chiamaka), level: 'read' as const }, idempotencyKey: 'share-1' }; // prettier-ignore
    const all = await Promise.all([1, 2, 3].map(() => giveShare(app, anna!, asked)));
    expect(new Set(all.map(({ id }) => id)).size).toBe(1);
    const taken = { id: all[0]!.id, idempotencyKey: 'share-2' };
    for (let i = 0; i < 2; i++) expect((await takeShare(app, anna!, taken)).gone).toBe(true);
  });

  test('is told to who may share the record; others learn of their own', async () => {
    const mine = await give();
    const theirs = await give({ to: { kind: 'team', id: teams.south } });
    const list = async (person: typeof people.anna) =>
      listShares(app, must(await loadActor(sql, person.id), 'somebody'), { object: 'deal', id: deal.id });
    expect(await list(people.kofi)).toEqual([mine, theirs]);
    expect(await list(people.chiamaka)).toEqual([mine, theirs]);
    expect(await list(people.giulia)).toEqual([theirs]);
    expect(await refusal(list(people.bjorn))).toBe('not_found');
    for (const { id } of [mine, theirs]) await takeShare(app, kofi!, { id });
  });
});

describe('refused, with nothing changed', () => {
  let before: string;
  beforeEach(async () => void (before = await stateOf(sql)));
  afterEach(async () => expect(await stateOf(sql)).toBe(before));

  test('what one cannot see does not exist', async () => {
    for (const id of [deal.id, newId()]) {
      expect(await refusal(give({ id, to: toUser(people.giulia) }, bjorn!))).toBe('not_found');
      expect(await refusal(give({ id, to: toUser(people.giulia) }, chiamaka!))).toBe('not_found');
      expect(await refusal(listShares(app, chiamaka!.actor, { object: 'deal', id }))).toBe('not_found');
    }
    expect(await refusal(takeShare(app, chiamaka!, { id: newId() }))).toBe('not_found');
  });

  test.each<[string, Partial<ShareInput>, unknown]>([
    ['to oneself', { to: toUser(people.anna) }, 'not_allowed'],
    ['to nobody', { to: toUser({ ...people.anna, id: newId() }) }, ['invalid', { to: 'No such person' }]],
    ['to who has left', { to: toUser(people.pieter) }, ['invalid', { to: 'This person is not active' }]],
    ['to no team', { to: { kind: 'team', id: newId() } }, ['invalid', { to: 'No such team' }]],
    [
      'to a role that one does not see',
      { to: { kind: 'role', id: roles.salesAssistant } },
      ['invalid', { to: 'No such role' }],
    ],
    ['to no role', { to: { kind: 'role', id: newId() } }, ['invalid', { to: 'No such role' }]],
    ['until it was over', { ends_at: soon(-1_000) }, ['invalid', { ends_at: 'This is over already' }]],
    ['of a person', { object: 'user', id: people.dawit.id }, ['invalid', { object: expect.any(String) }]],
    ['of a queue', { object: 'queue', id: newId() }, ['invalid', { object: expect.any(String) }]],
    ['of a part', { object: 'activity', id: newId() }, ['invalid', { object: expect.any(String) }]],
    ['of nothing', { object: 'nothing' }, ['invalid', { object: expect.any(String) }]],
  ])('%s', async (_what, given, code) => {
    expect(await refusal(give(given))).toEqual(code);
  });

  test('by who only reads it, and to edit by who may not', async () => {
    const company = await add('company', people.anna, { name: 'Dik-dik' });
    before = await stateOf(sql);
    const asked = { object: 'company', id: company.id };
    // Of her team: he reads it.
    expect(await refusal(give({ ...asked, to: toUser(people.chiamaka) }, dawit!))).toBe('not_allowed');
    expect(await refusal(give({ ...asked, to: toUser(people.chiamaka), level: 'edit' }, dawit!))).toBe(
      'not_allowed',
    );
  });

  test('more than there can be', async () => {
    const [{ id: other }] = await sql<[{ id: string }]>`select id from deal where id <> ${deal.id} limit 1`;
    await sql`
      insert into share (id, object, record_id, to_kind, to_id, level)
      select gen_random_uuid(), 'deal', ${other}, 'user', gen_random_uuid(), 'read' from generate_series(1, ${POLICY_LIMITS.shares})
    `;
    await sql`
      insert into share (id, object, record_id, to_kind, to_id, level)
      select gen_random_uuid(), 'deal', gen_random_uuid(), 'user', ${people.giulia.id}, 'read' from generate_series(1, ${POLICY_LIMITS.sharesTo})
    `;
    before = await stateOf(sql);
    expect(await refusal(give({ id: other }, rafael))).toEqual(['invalid', { id: expect.any(String) }]);
    expect(await refusal(give({ to: toUser(people.giulia) }))).toEqual([
      'invalid',
      { to: expect.any(String) },
    ]);
    await sql`delete from share where to_id = ${people.giulia.id} or record_id = ${other}`;
    before = await stateOf(sql);
  });
});

test('ids on a record have names, for those who may know them', async () => {
  const one = await add('deal', people.anna, { source: 'fair' });
  const rule = await share({ name: 'Fairs' });
  const given = await give({ id: one.id, ends_at: soon(60_000) });
  const hidden = await hide({ name: 'Secret fairs' });
  const [{ ids }] = await sql<[{ ids: string[] }]>`select policy_ids as ids from deal where id = ${one.id}`;
  expect(ids).toHaveLength(3);
  const names = await transaction(sql, (tx) => ruleNames(tx, [...ids, newId()]));
  expect(names.size).toBe(3);
  expect([...names.values()]).toEqual(
    expect.arrayContaining([
      { kind: 'sharing_rule', id: rule.id, name: 'Fairs', to: toUser(people.chiamaka), level: 'read' },
      { kind: 'restriction', id: hidden.id, name: 'Secret fairs' },
      { kind: 'share', id: given.id, by: people.anna.id, byName: people.anna.name, to: toUser(people.chiamaka), level: 'read', ends_at: given.ends_at },
    ]),
  ); // prettier-ignore
  expect(names.get(given.id)).toMatchObject({ kind: 'share' });
});
