import { expect, test } from 'vitest';
import { listRecords } from '../../../server/queries/listRecords.ts';
import { maskedSql } from '../../../server/records/readSql.ts';
import type { Actor } from '../../../shared/access/index.ts';
import { must } from '../../../shared/lib/must.ts';
import { parseView, type ViewRequest } from '../../../shared/protocol/index.ts';
import { freshDatabase } from '../../world/database.ts';
import { office } from '../../world/office.ts';

const { sql } = await freshDatabase();
const { app, ids, teams, pipeline, add, grant, as } = await office(sql);
const AMOUNTS = [30, null, 10, 20, 10];
for (const [i, amount] of AMOUNTS.entries()) {
  const of = i < 3 ? { owner: ids.ben, team: teams.north } : { owner: ids.cem, team: teams.south };
  await add('deal', { title: `Deal ${i}`, amount, pipeline, stage: i % 2 ? 'second' : 'first', ...of });
}
await grant('ada', { grants: { deal: { read: ['reports'] } }, fields: { deal: { amount: 'read' } } });
// Ben reads all deals, and amounts on his own only.
await grant('ben', { grants: { deal: { read: ['own'] } }, fields: { deal: { amount: 'read' } } });
await grant('ben', { grants: { deal: { read: ['all'] } } });
await grant('cem', { grants: { deal: { read: ['team'] } }, fields: { deal: { stage_since: 'hidden' } } });
const [ada, ben, cem, dora] = await Promise.all((['ada', 'ben', 'cem', 'dora'] as const).map(async (name) => (await as(name)).actor)) as [Actor, Actor, Actor, Actor]; // prettier-ignore

const deal = app.registry.get('deal');
const list = (actor: Actor, request: Omit<ViewRequest, 'object'> = {}, cursor?: string) =>
  listRecords(app, actor, parseView(deal, request), { cursor, total: true });
const amounts = async (actor: Actor, request: Omit<ViewRequest, 'object'>) =>
  (await list(actor, request)).rows.map((row) => row['amount']);

test('empty values come last, upwards and downwards', async () => {
  expect(await amounts(ada, { sort: 'amount' })).toEqual([10, 10, 20, 30, null]);
  expect(await amounts(ada, { sort: '-amount' })).toEqual([30, 20, 10, 10, null]);
});

test('where a field is readable on some rows only, it is empty on the others in every respect', async () => {
  expect(await amounts(ben, { sort: '-amount' })).toEqual([30, 10, null, undefined, undefined]);
  expect(await amounts(ben, { filter: { amount: 20 } })).toEqual([]);
  expect(await amounts(ben, { filter: { amount: { empty: true } } })).toHaveLength(3);
  expect((await list(ben)).totals).toEqual({
    count: 5,
    sum: { amount: 40 },
    groups: { first: { count: 3, sum: { amount: 40 } }, second: { count: 2, sum: { amount: 0 } } },
  });
});

test('a field that is readable on no row is refused by name, and its sum is not there', async () => {
  for (const request of [
    { filter: { amount: { gt: 1 } } },
    { sort: 'amount' },
    { filter: { or: [{ amount: null }, { title: 'x' }] } },
  ]) {
    await expect(list(cem, request)).rejects.toMatchObject({
      code: 'field_not_readable',
      details: { fields: { amount: 'Not readable' } },
    });
  }
  expect((await list(cem)).totals?.sum).toEqual({});
});

test('the own order of an object holds without its field too, but may not be asked for', async () => {
  expect((await list(cem)).rows).toHaveLength(2);
  await expect(list(cem, { sort: '-stage_since' })).rejects.toMatchObject({ code: 'field_not_readable' });
});

test('who may read no deals gets an empty list', async () => {
  expect(await list(dora)).toEqual({ rows: [], next: null, totals: { count: 0, sum: {} } });
});

test('asked for what is theirs and what is others’ in one breath, somebody gets what is theirs', async () => {
  const own = (await add('deal', { title: 'Of Dora', pipeline, stage: 'first', owner: ids.dora })).id;
  await grant('dora', { grants: { deal: { read: ['own'] } } });
  const actor = (await as('dora')).actor;
  const everyone = [ids.dora, ids.ben, ids.cem];
  for (const filter of [
    { owner: everyone },
    { or: everyone.map((owner) => ({ owner })) },
    { or: [{ owner: ids.dora }, { title: { contains: 'Deal' } }] },
    { owner: everyone, or: [{ owner: ids.dora }, { owner: ids.ben }] },
  ]) {
    const { rows, totals } = await list(actor, { filter });
    expect(rows.map(({ id }) => id), JSON.stringify(filter)).toEqual([own]); // prettier-ignore
    expect(totals?.count, JSON.stringify(filter)).toBe(1);
  }
  // What a team works is found by the team in the same way.
  const { rows, totals } = await list(cem, { filter: { team: [teams.north, teams.south] } });
  expect(new Set(rows.map((row) => row['team']))).toEqual(new Set([teams.south]));
  expect(totals?.count).toBe(rows.length);
  await sql`delete from deal where id = ${own}`;
});

test('a cursor leads through every row once', async () => {
  const seen: unknown[] = [];
  let cursor: string | undefined;
  do {
    const page = await list(ada, { sort: 'amount', limit: 1 }, cursor);
    seen.push(...page.rows.map((row) => row['title']));
    cursor = page.next ?? undefined;
  } while (cursor !== undefined);
  expect([...seen].sort()).toEqual(AMOUNTS.map((_, i) => `Deal ${i}`));
  expect(seen.at(-1)).toBe('Deal 1');
});

test('a cursor of another list, or none at all, is refused', async () => {
  const cursor = must((await list(ada, { sort: 'amount', limit: 1 })).next, 'a cursor');
  const value = (change: (parts: unknown[]) => unknown) =>
    Buffer.from(
      JSON.stringify(change(JSON.parse(Buffer.from(cursor, 'base64url').toString()) as unknown[])),
    ).toString('base64url');
  const others: [Omit<ViewRequest, 'object'>, string][] = [
    [{ sort: '-amount', limit: 1 }, cursor],
    [{ sort: 'amount', limit: 1, q: 'deal' }, cursor],
    [{ sort: 'amount', limit: 1, filter: { stage: 'first' } }, cursor],
    [{ sort: 'amount' }, ''],
    [{ sort: 'amount' }, 'null'],
    [{ sort: 'amount' }, 'x'.repeat(10_000)],
    [{ sort: 'amount' }, value(([bond, , id]) => [bond, "10'; drop table deal", id])],
    [{ sort: 'amount' }, value(([bond, amount]) => [bond, amount, 'x'])],
    [{ sort: 'amount' }, value((parts) => ({ ...parts }))],
  ];
  for (const [request, wrong] of others) {
    await expect(list(ada, request, wrong), wrong.slice(0, 80)).rejects.toMatchObject({ code: 'bad_cursor' });
  }
});

test('a cursor holds only what its owner was shown', async () => {
  const page = await list(ben, { sort: '-amount', limit: 4 });
  expect(page.rows.at(-1)).not.toHaveProperty('amount');
  const [, value] = JSON.parse(Buffer.from(must(page.next, 'a cursor'), 'base64url').toString()) as unknown[];
  expect(value).toBeNull();
});

test('one answer stays below 256 kB, and the rest comes after it', async () => {
  await grant('dora', { grants: { activity: { read: ['all'] }, company: { read: ['all'] } } });
  const company = (await add('company', { name: 'Acme' })).id;
  for (let i = 0; i < 20; i++)
    await add('activity', { kind: 'note', subject: `${i}`, body: 'x'.repeat(20_000), company });
  const actor = (await as('dora')).actor;
  const view = parseView(app.registry.get('activity'), { limit: 500 });
  const first = await listRecords(app, actor, view);
  expect(JSON.stringify(first).length).toBeLessThan(270_000);
  const second = await listRecords(app, actor, view, { cursor: must(first.next, 'more') });
  expect(first.rows.length + second.rows.length).toBe(20);
  expect(second.next).toBeNull();
});

test('own rows are found by an index, whatever else is in the table', async () => {
  await sql
    .begin(async (tx) => {
      await tx`insert into deal (id, title, pipeline_id, stage, owner_id)
      select gen_random_uuid(), 'x', ${pipeline}, 'first', ${ids.eve} from generate_series(1, 3000)`;
      const plan = await tx`explain select id from ${maskedSql(tx, cem, app.registry, deal)} m`;
      expect(JSON.stringify(plan)).toMatch(/Index Cond|deal_team/);
      throw new Error('roll back');
    })
    .catch((error: Error) => expect(error.message).toBe('roll back'));
});
