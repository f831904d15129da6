import { expect, test } from 'vitest';
import { assignRole } from '../../../server/commands/governance/assignRole.ts';
import { createSharingRule } from '../../../server/commands/governance/rules/createSharingRule.ts';
import { giveShare } from '../../../server/commands/governance/shares/giveShare.ts';
import { takeShare } from '../../../server/commands/governance/shares/takeShare.ts';
import { unassignRole } from '../../../server/commands/governance/unassignRole.ts';
import { undoChange } from '../../../server/commands/governance/undo/undoChange.ts';
import { updateRecord } from '../../../server/commands/records/updateRecord.ts';
import { builtInRoleId } from '../../../server/db/builtInRoles.ts';
import { listPolicyChanges } from '../../../server/queries/policyChanges.ts';
import { must } from '../../../shared/lib/must.ts';
import { ApiError } from '../../../shared/protocol/index.ts';
import { openNordlicht } from '../../world/nordlicht.ts';
import { people, teams } from '../../world/people.ts';

// Fifty of the same at once come to what one after the other would.

const MANY = 50;
const { app, sql, add, as } = await openNordlicht();
const rafael = await as(people.rafael);
const AUDITOR = builtInRoleId('auditor');

/** Outcomes of fifty at once; what is refused is refused with a code, never by the store. */
async function atOnce<T>(work: (index: number) => Promise<T>): Promise<{ done: T[]; refused: ApiError[] }> {
  const outcomes = await Promise.allSettled(Array.from({ length: MANY }, (_, i) => work(i)));
  const refused = outcomes.flatMap((one) => (one.status === 'rejected' ? [one.reason as unknown] : []));
  for (const error of refused) expect(error).toBeInstanceOf(ApiError);
  return {
    done: outcomes.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : [])),
    refused: refused as ApiError[],
  };
}

async function rightsToldSince(seq: number): Promise<number> {
  const [row] = await sql<[{ many: number; gaps: number }]>`
    select count(*)::int as many, (max(seq) - ${seq} - count(*))::int as gaps from access_log where seq > ${seq}
  `;
  expect(row.gaps, 'none is missing').toBe(0);
  return row.many;
}
const head = async () => must((await sql<{ seq: number }[]>`select seq from access_head`)[0], 'the head').seq;

test('one role, given to one person', async () => {
  const before = await head();
  const { done, refused } = await atOnce(() =>
    assignRole(app, rafael, { user: people.anna.id, role: AUDITOR }),
  );
  expect([done.length, refused.length]).toEqual([MANY, 0]);
  expect(new Set(done.map(({ id }) => id)).size, 'one assignment').toBe(1);
  expect(await sql`select 1 from role_assignment where user_id = ${people.anna.id} and role_id = ${AUDITOR}`).toHaveLength(1); // prettier-ignore
  expect(await rightsToldSince(before)).toBe(MANY);
});

test('one role, given and taken', async () => {
  const { refused } = await atOnce<unknown>((i) =>
    i % 2 === 0
      ? assignRole(app, rafael, { user: people.noor.id, role: AUDITOR })
      : unassignRole(app, rafael, { user: people.noor.id, role: AUDITOR }),
  );
  expect(new Set(refused.map(({ code }) => code))).toEqual(new Set(refused.length > 0 ? ['not_found'] : []));
  const rows =
    await sql`select 1 from role_assignment where user_id = ${people.noor.id} and role_id = ${AUDITOR}`;
  expect(rows.length).toBeLessThanOrEqual(1);
});

test('one change, taken back', async () => {
  await assignRole(app, rafael, { user: people.dawit.id, role: AUDITOR });
  const { id } = must((await listPolicyChanges(app, rafael.actor))[0], 'the change');
  const { done, refused } = await atOnce(() => undoChange(app, rafael, { id }));
  expect([done.length, refused.length]).toEqual([1, MANY - 1]);
  expect(new Set(refused.map(({ code }) => code))).toEqual(new Set(['already_done']));
  expect(await sql`select 1 from role_assignment where user_id = ${people.dawit.id} and role_id = ${AUDITOR}`).toHaveLength(0); // prettier-ignore
});

test('one record, shared with everybody, with one of them, and taken back', async () => {
  const anna = await as(people.anna);
  const deal = await add('deal', people.anna);
  const others = await sql<{ id: string }[]>`
    select id from user_account where active and id <> ${people.anna.id} order by id limit ${MANY}
  `;
  const target = (i: number) => ({
    kind: 'user' as const,
    id: must(others[i % others.length], 'somebody').id,
  });
  const share = (to: ReturnType<typeof target>) => ({
    object: 'deal',
    id: deal.id,
    to,
    level: 'read' as const,
  });
  const { done, refused } = await atOnce((i) => giveShare(app, anna, { share: share(target(i)) }));
  expect([done.length, refused.length]).toEqual([MANY, 0]);
  await atOnce(() => giveShare(app, anna, { share: share(target(0)) }));
  await mustBeMarked(deal.id, Math.min(others.length, MANY));

  // Given, taken back and changed at once.
  const shares = await sql<{ id: string }[]>`select id from share where record_id = ${deal.id}`;
  const mixed = await atOnce<unknown>((i) => {
    if (i % 3 === 0) return takeShare(app, anna, { id: must(shares[i % shares.length], 'a share').id });
    if (i % 3 === 1) return giveShare(app, anna, { share: share(target(i)) });
    return updateRecord(app, anna, { object: 'deal', id: deal.id, values: { title: `Title ${i}` } });
  });
  for (const { code } of mixed.refused) expect(code).toBe('not_found');
  const [row] = await sql<
    [{ many: number }]
  >`select count(*)::int as many from share where record_id = ${deal.id}`;
  await mustBeMarked(deal.id, row.many);
});

test('rules of one name, and of many', async () => {
  const to = { kind: 'user' as const, id: people.chiamaka.id };
  const rule = { object: 'deal', criteria: { source: 'fair' }, to, level: 'read' as const };
  const same = await atOnce(() => createSharingRule(app, rafael, { rule: { ...rule, name: 'One' } }));
  expect([same.done.length, new Set(same.refused.map(({ code }) => code))]).toEqual([
    1,
    new Set(['invalid']),
  ]);
  const before = await head();
  const many = await atOnce((i) => createSharingRule(app, rafael, { rule: { ...rule, name: `Many ${i}` } }));
  expect(many.done.length).toBe(MANY);
  expect(await rightsToldSince(before)).toBe(MANY);
});

test('people put below each other: it stays a tree', async () => {
  const ids = (await sql<{ id: string }[]>`select id from user_account where active order by id limit 8`).map(({ id }) => id); // prettier-ignore
  const { refused } = await atOnce((i) => {
    const [id, manager] = [ids[i % ids.length]!, ids[(i * 3 + 1) % ids.length]!];
    return updateRecord(app, rafael, { object: 'user', id, values: { manager } });
  });
  for (const { code } of refused) expect(code).toBe('invalid');
  const circles = await sql`
    with recursive up (id, at) as (
      select id, manager_id from user_account where manager_id is not null
      union
      select up.id, u.manager_id from up join user_account u on u.id = up.at where u.manager_id is not null
    ) select 1 from up where id = at
  `;
  expect(circles).toHaveLength(0);
});

test('teams put below each other: they stay a tree', async () => {
  const ids = [teams.north, teams.south, teams.support, teams.technical];
  await atOnce((i) =>
    updateRecord(app, rafael, {
      object: 'team',
      id: ids[i % 4]!,
      values: { parent: ids[(i * 3 + 1) % 4]! },
    }),
  );
  const circles = await sql`
    with recursive up (id, at) as (
      select id, parent_id from team where parent_id is not null
      union
      select up.id, t.parent_id from up join team t on t.id = up.at where t.parent_id is not null
    ) select 1 from up where id = at
  `;
  expect(circles).toHaveLength(0);
});

/** The record holds the ids of its shares, each once, and no others. */
async function mustBeMarked(deal: string, many: number): Promise<void> {
  const [row] = await sql<[{ marked: string[]; shares: string[] }]>`
    select array(select unnest(policy_ids) order by 1) as marked,
      array(select id from share where record_id = ${deal} order by 1) as shares
    from deal where id = ${deal}
  `;
  expect(row.shares.length).toBe(many);
  const rules = await sql<{ id: string }[]>`select id from criteria`;
  const marked = row.marked.filter((id) => !rules.some((rule) => rule.id === id));
  expect(marked).toEqual(row.shares);
}
