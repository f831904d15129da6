import { describe, expect, test } from 'vitest';
import { readDuplicates, readHealth } from '../../../server/queries/health.ts';
import { listRecords } from '../../../server/queries/listRecords.ts';
import type { Actor } from '../../../shared/access/index.ts';
import { must } from '../../../shared/lib/must.ts';
import { parseView, type CheckKey } from '../../../shared/protocol/index.ts';
import { freshDatabase } from '../../world/database.ts';
import { office } from '../../world/office.ts';

const { sql } = await freshDatabase();
const { app, ids, teams, pipeline, add, grant, as } = await office(sql);
const TODAY = '2026-11-25';
const all = ['all' as const];

const open = { key: 'open', name: 'Open', probability: 10, kind: 'open' as const, color: 'blue' as const, requires: [] }; // prettier-ignore
const won = { key: 'won', name: 'Won', probability: 100, kind: 'won' as const, color: 'green' as const, requires: [] }; // prettier-ignore
const selling = (await add('pipeline', { name: 'Selling', stages: [open, won], position: 1 })).id;

const other = (
  await add('pipeline', { name: 'Other', stages: [open, { ...won, kind: 'lost' as const }], position: 2 })
).id;

const norths = { owner: ids.ben, team: teams.north };
const acme = (await add('company', { name: 'Acme Ltd', country: 'UK', employees: 0, website: 'https://www.acme.example/en', ...norths })).id; // prettier-ignore
await add('company', { name: 'ACME, Inc.', country: 'GB', employees: 12, industry: 'food', owner: ids.eve });
await add('company', { name: 'Øl & Såpe AS', country: 'no' });
await add('company', { name: 'Acmé', website: 'http://acme.example' });
await add('company', { name: 'Acmella', website: 'https://www.linkedin.com/company/acmella' });
await add('company', { name: 'Gone', website: 'https://www.linkedin.com/company/gone' });
await add('contact', { name: 'Tilo Brandt', company: acme, email: 'tilo@acme.example', ...norths });
await add('contact', { name: 'tilo  brandt', company: acme, phone: '+47 123', ...norths });
await add('contact', { name: 'Tilo Brandt', email: 'TILO@acme.example' });
await add('contact', { name: 'Mute' });
await add('contact', { name: 'Robot', email: 'noreply@acme.example' });
const deal = (title: string, values: object) =>
  add('deal', { title, pipeline, stage: 'first', amount: 10, closes_on: '2027-01-01', company: acme, ...norths, ...values }); // prettier-ignore
await deal('Fine', { next_activity_at: '2026-12-01T00:00:00Z' });
await deal('Late', { closes_on: '2026-11-24', amount: null });
await deal('Today', { closes_on: TODAY, amount: 0 });
await deal('Far', { closes_on: '2031-01-01', company: null, owner: ids.eve });
await deal('Unmoved', {
  closes_on: null,
  owner: ids.cem,
  team: teams.south,
});
await deal('Won', { stage: 'won', pipeline: selling, company: null, closed_at: '2026-11-01T00:00:00Z', closes_on: '2020-01-01' }); // prettier-ignore
await deal('Key of another', {
  stage: 'won',
  pipeline: other,
  company: null,
  lost_reason: 'Price',
});
await sql`update deal set stage_since = '2026-11-20' where title <> 'Unmoved'`;
await sql`update deal set stage_since = '2026-09-01' where title = 'Unmoved'`;
const queue = (await add('queue', { name: 'Billing', position: 0, teams: [teams.north] })).id;
const ticket = (number: number, values: object) =>
  add('ticket', {
    number,
    subject: 'Help',
    queue,
    status: 'open',
    priority: 'normal',
    place: '3',
    ...values,
  });
await ticket(1, { waiting_since: '2026-11-20T00:00:00Z', assignee: ids.eve });
await ticket(2, { waiting_since: '2026-11-24T00:00:00Z' });
await ticket(3, { waiting_since: '2026-11-20T00:00:00Z', status: 'resolved' });

const READ_ALL = {
  company: { read: all },
  contact: { read: all },
  deal: { read: all },
  ticket: { read: all },
};
await grant('ada', { grants: { ...READ_ALL, user: { read: all, update: all } }, fields: { deal: { amount: 'read' }, contact: { email: 'read', phone: 'read' } } }); // prettier-ignore
await grant('ben', { grants: { deal: { read: ['own'] } }, fields: { deal: { amount: 'read' } } });
await grant('ben', { grants: { deal: { read: all }, company: { read: ['own'] } } });
await grant('cem', { grants: { ...READ_ALL } });
const [ada, ben, cem, dora] = await Promise.all((['ada', 'ben', 'cem', 'dora'] as const).map(async (name) => (await as(name)).actor)) as [Actor, Actor, Actor, Actor]; // prettier-ignore

const healthOf = async (actor: Actor) => {
  const { checks } = await readHealth(app, actor, { today: TODAY });
  return new Map(checks.map((check) => [check.key, check]));
};
const found = async (actor: Actor, key: CheckKey): Promise<unknown[]> => {
  const { checks } = await readHealth(app, actor, { check: key, today: TODAY });
  const { object: name, filter } = must(checks[0], key);
  const object = app.registry.get(name);
  const { rows } = await listRecords(app, actor, parseView(object, { filter, sort: 'created_at' }));
  return rows.map((row) => row[object.title]);
};

describe('checks', () => {
  test('who may read nothing is offered nothing', async () => {
    expect(await readHealth(app, dora, { today: TODAY })).toEqual({ checks: [] });
    expect(await readHealth(app, dora, { today: TODAY, check: 'deal_amount' })).toEqual({ checks: [] });
  });

  test('what they count is what the list with their filter holds, for everybody', async () => {
    for (const actor of [ada, ben, cem]) {
      const { checks } = await readHealth(app, actor, { today: TODAY });
      expect(checks.length).toBeGreaterThan(10);
      for (const { object, count, of, filter, key } of checks) {
        const view = parseView(app.registry.get(object), { filter });
        const { totals } = await listRecords(app, actor, view, { total: true });
        expect([key, count]).toEqual([key, totals?.count]);
        expect(of, key).toBeGreaterThanOrEqual(count);
      }
    }
  });

  test('each finds what is meant, and nothing else', async () => {
    expect(await found(ada, 'deal_amount')).toEqual(['Late']);
    expect(await found(ada, 'deal_worthless')).toEqual(['Today']);
    expect(await found(ada, 'deal_late')).toEqual(['Late']);
    expect(await found(ada, 'deal_far')).toEqual(['Far']);
    expect(await found(ada, 'deal_closing')).toEqual(['Unmoved']);
    expect(await found(ada, 'deal_unmoved')).toEqual(['Unmoved']);
    expect(await found(ada, 'deal_owner_gone')).toEqual(['Far']);
    expect(await found(ada, 'deal_company')).toEqual(['Far']);
    // A key of a stage means nothing in another pipeline.
    expect(await found(ada, 'deal_won_company')).toEqual(['Won']);
    expect(await found(ada, 'company_country_unknown')).toEqual(['Acme Ltd', 'Øl & Såpe AS']);
    expect(await found(ada, 'company_employees')).toEqual(['Acme Ltd']);
    expect(await found(ada, 'company_owner_gone')).toEqual(['ACME, Inc.']);
    expect(await found(ada, 'contact_unreachable')).toEqual(['Mute']);
    expect(await found(ada, 'contact_email_useless')).toEqual(['Robot']);
    expect(await found(ada, 'ticket_waiting')).toEqual(['Help']);
    expect((await healthOf(ada)).get('ticket_assignee_gone')).toMatchObject({ count: 1, of: 2 });
    expect((await healthOf(ada)).get('deal_late')).toMatchObject({ count: 1, of: 5 });
  });

  test('one that asks for a hidden field is not offered', async () => {
    const keys = [...(await healthOf(cem)).keys()];
    for (const hidden of [
      'deal_amount',
      'deal_worthless',
      'contact_email',
      'contact_unreachable',
      'contact_email_useless',
    ])
      expect(keys).not.toContain(hidden);
    expect(keys).toContain('deal_late');
    expect(await readHealth(app, cem, { today: TODAY, check: 'deal_amount' })).toEqual({ checks: [] });
  });

  test('where a field is readable on some records only, it counts as empty on the others, as in lists', async () => {
    expect((await healthOf(ben)).get('deal_amount')).toMatchObject({ count: 3, of: 5 });
    expect((await healthOf(ben)).get('deal_worthless')).toMatchObject({ count: 1, of: 5 });
  });
});

describe('duplicates', () => {
  const titles = async (actor: Actor, object: string) =>
    (await readDuplicates(app, actor, { object })).groups.map(({ alike, rows }) => [
      alike.join(),
      ...rows.map(({ title }) => title),
    ]);

  test('companies of one name, whatever the legal form, case and accents; or of one web site', async () => {
    expect(await titles(ada, 'company')).toEqual([
      ['name', 'Acme Ltd', 'ACME, Inc.', 'Acmé'],
      ['website', 'Acme Ltd', 'Acmé'],
    ]);
  });

  test('contacts of one address, or of one name in one company', async () => {
    expect(await titles(ada, 'contact')).toEqual([
      ['email', 'Tilo Brandt', 'Tilo Brandt'],
      ['name', 'Tilo Brandt', 'tilo  brandt'],
    ]);
  });

  test('hidden values make nobody alike, and what is out of reach is not there', async () => {
    expect(await titles(cem, 'contact')).toEqual([['name', 'Tilo Brandt', 'tilo  brandt']]);
    expect(await titles(ben, 'company')).toEqual([]);
    await expect(readDuplicates(app, dora, { object: 'company' })).resolves.toEqual({
      groups: [],
      total: 0,
      next: null,
    });
  });

  test('people are looked through by whoever may change them', async () => {
    await add('user', { name: 'BEN', active: true });
    expect(await titles(ada, 'user')).toEqual([['name', 'ben', 'BEN']]);
    await expect(readDuplicates(app, cem, { object: 'user' })).rejects.toMatchObject({ code: 'not_found' });
    await expect(readDuplicates(app, ada, { object: 'deal' })).rejects.toMatchObject({ code: 'not_found' });
  });

  test('all are told page by page, each once', async () => {
    const seen: string[][] = [];
    let cursor: string | undefined;
    do {
      const page = await readDuplicates(app, ada, { object: 'company', limit: 1, cursor });
      expect(page.total).toBe(2);
      expect(page.groups).toHaveLength(1);
      seen.push(...page.groups.map(({ alike }) => alike));
      cursor = page.next ?? undefined;
    } while (cursor !== undefined);
    expect(seen).toEqual([['name'], ['website']]);
  });

  test.each([
    '',
    'x',
    'null',
    Buffer.from('["deal","x"]').toString('base64url'),
    Buffer.from('["company",7]').toString('base64url'),
    Buffer.from('["company","\\u0000"]').toString('base64url'),
    'x'.repeat(10_000),
  ])('a strange cursor is refused (%#)', async (cursor) => {
    await expect(readDuplicates(app, ada, { object: 'company', cursor })).rejects.toMatchObject({
      code: 'bad_cursor',
    });
  });

  test('names alike in one are not alike in all, and nothing is alike to nothing', async () => {
    for (const name of ['株式会社山田', '山田', 'Müller GmbH & Co. KG', 'Muller', 'AG', 'KG', '...', '!!!'])
      await add('company', { name });
    const groups = await titles(ada, 'company');
    expect(groups).toContainEqual(['name', '株式会社山田', '山田']);
    expect(groups).toContainEqual(['name', 'Müller GmbH & Co. KG', 'Muller']);
    expect(groups).toHaveLength(4);
  });

  test('of a large group the oldest are shown', async () => {
    await sql`insert into company (id, name) select gen_random_uuid(), 'Many' from generate_series(1, 25)`;
    const { groups } = await readDuplicates(app, ada, { object: 'company' });
    const many = must(
      groups.find(({ count }) => count === 25),
      'the group',
    );
    expect(many.rows).toHaveLength(10);
  });
});
