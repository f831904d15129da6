import { expect, test } from 'vitest';
import { search } from '../../../server/queries/search.ts';
import type { Actor } from '../../../shared/access/index.ts';
import { newId } from '../../../shared/lib/ids.ts';
import { searchQuerySchema } from '../../../shared/protocol/index.ts';
import { freshDatabase } from '../../world/database.ts';
import { office } from '../../world/office.ts';

const { sql } = await freshDatabase();
const { app, ids, teams, pipeline, add, grant, as } = await office(sql);
const all = ['all' as const];

const company = (name: string, values: object = {}) => add('company', { name, ...values });
const halden = await company('Halden Works', { city: 'Halden', owner: ids.ben, team: teams.north });
await company('Nord-Halden GmbH', { owner: ids.cem, team: teams.south });
await company('Oldhalden 100%', { website: 'https://old_halden.example' });
const tilo = await add('contact', { name: 'Tilo Brandt', job_title: 'Head of works', company: halden.id, email: 'tilo@halden.example', phone: '+47 123 456' }); // prettier-ignore
await add('contact', { name: 'Петро Haldenko', owner: ids.ben });
await add('deal', { title: 'Halden wind park', amount: 777_777, pipeline, stage: 'first', owner: ids.ben, team: teams.north }); // prettier-ignore
await add('deal', { title: 'Park in the wind', pipeline, stage: 'first', owner: ids.cem, team: teams.south });
const queue = await add('queue', { name: 'Billing', position: 0, teams: [teams.north] });
const ticket = await add('ticket', { number: 1042, subject: 'Payment fails', queue: queue.id, status: 'open', priority: 'normal', place: '3', customer_name: 'Wren', customer_email: 'Wren@Customer.example' }); // prettier-ignore

await grant('ada', { grants: { company: { read: all }, contact: { read: all }, deal: { read: all }, ticket: { read: all } }, fields: { contact: { email: 'read' }, ticket: { customer_email: 'read' } } }); // prettier-ignore
await grant('ben', { grants: { company: { read: ['own'] }, deal: { read: ['team'] }, contact: { read: all }, ticket: { read: all } } }); // prettier-ignore
// Cem reads all companies, and cities on those of his team only.
await grant('cem', { grants: { company: { read: all } }, fields: { company: { city: 'hidden', name: 'read' } } }); // prettier-ignore
await grant('cem', { grants: { company: { read: ['team'] } } });
const [ada, ben, cem, dora] = await Promise.all((['ada', 'ben', 'cem', 'dora'] as const).map(async (name) => (await as(name)).actor)) as [Actor, Actor, Actor, Actor]; // prettier-ignore

/** Titles of what is found, by object. */
async function find(actor: Actor, q: string, limit?: number): Promise<Record<string, (string | null)[]>> {
  const { groups } = await search(app, actor, { q, limit });
  return Object.fromEntries(groups.map(({ object, rows }) => [object, rows.map(({ title }) => title)]));
}

test('who may read nothing finds only people, whom everyone may read', async () => {
  expect(await find(dora, 'halden')).toEqual({});
  expect(await find(dora, '1042')).toEqual({});
  expect(await find(dora, 'tilo@halden.example')).toEqual({});
  expect(await find(dora, 'ben')).toEqual({ user: ['ben'] });
});

test('titles that begin with it come first, then those in which a word does, then the rest', async () => {
  expect(await find(ada, 'haLDen')).toEqual({
    company: ['Halden Works', 'Nord-Halden GmbH', 'Oldhalden 100%'],
    contact: ['Петро Haldenko', 'Tilo Brandt'],
    deal: ['Halden wind park'],
  });
});

test('nothing but one’s own is found', async () => {
  expect(await find(ben, 'halden')).toMatchObject({ company: ['Halden Works'], deal: ['Halden wind park'] });
  expect((await find(ben, 'park'))['deal']).toEqual(['Halden wind park']);
});

test('of several words each stands somewhere, in any order and any field', async () => {
  expect((await find(ada, 'park wind'))['deal']).toEqual(['Halden wind park', 'Park in the wind']);
  expect((await find(ada, 'wind halden'))['deal']).toEqual(['Halden wind park']);
  expect((await find(ada, 'tilo head'))['contact']).toEqual(['Tilo Brandt']);
  expect(await find(ada, 'tilo wind')).toEqual({});
  expect((await find(ada, `tilo ${'head '.repeat(30)}`))['contact']).toEqual(['Tilo Brandt']);
});

test('a ticket is found by its number, an address by the whole of it', async () => {
  expect((await find(ada, '#1042'))['ticket']).toEqual(['Payment fails']);
  expect((await find(ada, '1042'))['ticket']).toEqual(['Payment fails']);
  expect((await find(ada, '#104'))['ticket']).toBeUndefined();
  expect(await find(ada, '99999999999999')).toEqual({});
  expect((await find(ada, 'Wren@Customer.example'))['ticket']).toEqual(['Payment fails']);
  expect((await find(ada, 'TILO@HALDEN.EXAMPLE'))['contact']).toEqual(['Tilo Brandt']);
  expect((await search(app, ada, { q: '1042' })).groups[0]?.rows[0]).toEqual({
    id: ticket.id,
    title: 'Payment fails',
    beside: { number: 1042, customer_name: 'Wren', status: 'open' },
  });
});

test('a hidden field is not looked through, nor shown', async () => {
  expect(await find(ben, 'tilo@halden.example')).toEqual({});
  expect(await find(ben, 'wren@customer.example')).toEqual({});
  const { groups } = await search(app, ben, { q: 'tilo' });
  expect(groups).toEqual([
    {
      object: 'contact',
      more: false,
      rows: [
        { id: tilo.id, title: 'Tilo Brandt', beside: { job_title: 'Head of works', company: halden.id } },
      ],
    },
  ]);
  expect(await find(ada, '777777')).toEqual({});
});

test('where a field is readable on some records only, it is looked through on those', async () => {
  await company('Bergen Fisk', { city: 'Zürich', team: teams.south });
  await company('Trondheim Fisk', { city: 'Zürich', team: teams.north });
  expect(await find(ada, 'zürich')).toEqual({ company: ['Bergen Fisk', 'Trondheim Fisk'] });
  expect(await find(cem, 'zürich')).toEqual({ company: ['Bergen Fisk'] });
  const { groups } = await search(app, cem, { q: 'fisk' });
  expect(groups[0]?.rows.map(({ beside }) => beside['city'])).toEqual(['Zürich', undefined]);
});

test('what means something to a pattern means itself', async () => {
  expect(await find(ada, '100%')).toEqual({ company: ['Oldhalden 100%'] });
  expect(await find(ada, '%%')).toEqual({});
  expect(await find(ada, '__')).toEqual({});
  expect(await find(ada, 'h_lden')).toEqual({});
  expect(await find(ada, 'old_')).toEqual({ company: ['Oldhalden 100%'] });
  expect(await find(ada, '\\\\')).toEqual({});
  expect(await find(ada, "'; drop table deal; --")).toEqual({});
});

test('only so many come, in an order that stays, and whether there are more is said', async () => {
  for (let i = 0; i < 12; i++) await company(`Twelve ${String(11 - i).padStart(2, '0')}`);
  const first = await search(app, ada, { q: 'twelve', limit: 8 });
  expect(first.groups[0]).toMatchObject({ object: 'company', more: true });
  expect(first.groups[0]?.rows.map(({ title }) => title)).toEqual(
    Array.from({ length: 8 }, (_, i) => `Twelve 0${i}`),
  );
  expect(await search(app, ada, { q: 'twelve', limit: 8 })).toEqual(first);
});

test('many weak hits do not crowd out the strong one', async () => {
  await company('Wyvern');
  await sql`
    insert into company (id, name) select gen_random_uuid(), 'A wyvern ' || n from generate_series(1, 700) n
  `;
  // The oldest of all, by its id.
  await sql`insert into company (id, name) values ('00000000-0000-7000-8000-000000000001', 'Wyvern and sons')`;
  expect((await find(ada, 'wyvern', 2))['company']).toEqual(['Wyvern', 'Wyvern and sons']);
});

test('what is in the bin is nobody’s', async () => {
  await sql`update company set deleted_at = now() where name = 'Wyvern'`;
  expect((await find(ada, 'wyvern', 1))['company']).toEqual(['Wyvern and sons']);
});

test('a question has its limits', () => {
  const asked = (q: unknown) => searchQuerySchema.safeParse({ q }).success;
  expect([asked('ab'), asked('  ab '), asked('田中'), asked('x'.repeat(200))]).toEqual([
    true,
    true,
    true,
    true,
  ]);
  for (const q of ['', 'a', ' a ', 'x'.repeat(201), 'a\u0000b', 'a\ud800', undefined, ['ab']])
    expect(asked(q), JSON.stringify(q)).toBe(false);
  for (const limit of ['0', '9', '1.5', 'x'])
    expect(searchQuerySchema.safeParse({ q: newId(), limit }).success).toBe(false);
});
