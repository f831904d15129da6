import { describe, expect, test } from 'vitest';
import { administrators } from '../../../server/access/administrators.ts';
import { loadActor } from '../../../server/access/loadActor.ts';
import { loadCustomFields } from '../../../server/access/customFields.ts';
import { BUILT_IN_ROLES } from '../../../server/db/builtInRoles.ts';
import { ensureBuiltIns, ensureBeginnings } from '../../../server/db/builtIns.ts';
import { DEMO_PASSWORD, demoAccounts } from '../../../server/db/demo/accounts.ts';
import { loadDemo } from '../../../server/db/demo/index.ts';
import { PEOPLE } from '../../../server/db/demo/people.ts';
import { transaction } from '../../../server/db/transaction.ts';
import { verifyPassword } from '../../../server/identity/passwords.ts';
import { roleSchema } from '../../../shared/access/index.ts';
import { OBJECTS, Registry } from '../../../shared/objects/index.ts';
import { valueSchema } from '../../../shared/fields/index.ts';
import { freshDatabase } from '../../world/database.ts';
import { people } from '../../world/people.ts';

const TODAY = new Date();
const { sql } = await freshDatabase();
// Both at once, as two processes would: one loads.
const loaded = await Promise.all([loadDemo(sql, { today: TODAY }), loadDemo(sql, { today: TODAY })]);
const registry = new Registry(OBJECTS, await loadCustomFields(sql));

const one = async <T>(rows: Promise<readonly T[]>): Promise<T> => (await rows)[0] as T;

describe('the demo', () => {
  test('is loaded once, into an empty store only, and marks it', async () => {
    expect([...loaded].sort()).toEqual([false, true]);
    expect(await loadDemo(sql)).toBe(false);
    expect(await one(sql`select demo, name from organisation`)).toEqual({
      demo: true,
      name: 'Nordlicht Trading',
    });
  });

  test('has the people, companies, contacts and deals that it promises', async () => {
    const counts = await one(sql`
      select (select count(*) from user_account) as people, (select count(*) from team) as teams,
        (select count(*) from company) as companies, (select count(*) from contact) as contacts,
        (select count(*) from deal) as deals, (select count(*) from pipeline) as pipelines,
        (select count(*) from queue) as queues, (select count(*) from ticket) as tickets,
        (select count(*) from ticket where status <> 'resolved') as unsolved
    `);
    expect(counts).toEqual({
      people: PEOPLE.length,
      teams: 5,
      companies: 60,
      contacts: 200,
      deals: 400,
      pipelines: 2,
      queues: 4,
      tickets: 300,
      unsolved: 78,
    });
    const { n } = await one(sql<{ n: number }[]>`select count(*) as n from activity`);
    expect(n).toBeGreaterThan(1_000);
  });

  test('sells 13 products in four series, and every deal names one; some companies belong to others', async () => {
    const told = await one(sql`
      select (select count(*) from product) as products, (select count(distinct series) from product) as series,
        (select count(*) from product where not active) as former,
        (select count(*) from deal where product_id is null) as without,
        (select count(distinct product_id) from deal) as sold,
        (select count(*) from company where parent_id is not null) as subsidiaries
    `);
    expect(told).toEqual({ products: 13, series: 4, former: 1, without: 0, sold: 13, subsidiaries: 6 });
  });

  test('has someone in every built-in role, and one administrator at least', async () => {
    const rows = await sql<{ built_in: string }[]>`
      select distinct built_in from role join role_assignment on role_id = role.id where built_in is not null
    `;
    expect(rows.map((row) => row.built_in).sort()).toEqual([...BUILT_IN_ROLES].sort());
    expect(await transaction(sql, administrators)).toEqual([people.rafael.id]);
  });

  test('has only values that their fields allow', async () => {
    for (const object of registry.objects.values()) {
      const after = await sql<{ after: Record<string, unknown> }[]>`
        select distinct on (record_id) after from event_log where object = ${object.name} order by record_id, seq desc
      `;
      for (const field of Object.values(object.fields)) {
        const schema = valueSchema(field);
        const wrong = after.find((row) => !schema.safeParse(row.after[field.name]).success);
        expect(wrong?.after, `${object.name}.${field.name}`).toBeUndefined();
      }
    }
  });

  test('is told up to now: nothing happened in the future, and nothing in the wrong order', async () => {
    expect(
      await one(sql`
      select count(*) filter (where stage_since > now()) as ahead, count(*) filter (where stage_since < created_at) as early,
        count(*) filter (where (closed_at is null) <> (stage not in ('won', 'lost', 'renewed', 'ended'))) as unclosed
      from deal
    `),
    ).toEqual({ ahead: 0, early: 0, unclosed: 0 });
    expect(
      await one(
        sql`select count(*) as n from history h join history g using (object, record_id) where g.seq > h.seq and g.at < h.at and object = 'deal'`,
      ),
    ).toEqual({ n: 0 });
    expect(
      await one(
        sql`select count(*) as n from activity where created_at > now() or created_at < (select created_at from deal d where d.id = deal_id)`,
      ),
    ).toEqual({ n: 0 });
  });

  test('lets everyone in with the one password whose account is offered, each role once', async () => {
    const accounts = await demoAccounts(sql);
    expect(accounts.length).toBeGreaterThanOrEqual(9);
    expect(new Set(accounts.map(({ role }) => role)).size).toBeGreaterThanOrEqual(9);
    const { hash } = await one(
      sql<{ hash: string }[]>`select password_hash as hash from credential where user_id = ${people.anna.id}`,
    );
    expect(await verifyPassword(hash, DEMO_PASSWORD)).toBe(true);
    expect((await sql`select 1 from credential where user_id = ${people.pieter.id}`).count).toBe(0);
  });

  test('is the same every time', async () => {
    const again = await freshDatabase();
    await loadDemo(again.sql, { today: TODAY });
    const sumOf = (store: typeof sql) => store`
      select id, version, title, amount, stage, stage_since, owner_id, contact_id, next_activity_at from deal order by id
    `;
    expect([...(await sumOf(again.sql))]).toEqual([...(await sumOf(sql))]);
  }, 60_000);

  test('leaves nothing waiting for the first node', async () => {
    expect(await one(sql`select count(*) as n from outbox`)).toEqual({ n: 0 });
  });

  test('shows the named people where the tests expect them', async () => {
    const kofi = await loadActor(sql, people.kofi.id);
    expect(kofi?.sets.reports).toContain(people.anna.id);
    expect(kofi?.sets.reports).not.toContain(people.chiamaka.id);
    expect(await loadActor(sql, people.pieter.id)).toBeNull();
  });
});

describe('a store of one’s own', () => {
  test('gets the built-in roles, and keeps what became of them', async () => {
    const own = await freshDatabase();
    await ensureBuiltIns(own.sql);
    await own.sql`update role set purpose = 'Ours', version = 2 where built_in = 'auditor'`;
    // As an older program left it: nobody has touched it since.
    await own.sql`update role set grants = '{}' where built_in = 'support_agent'`;
    await Promise.all([ensureBuiltIns(own.sql), ensureBuiltIns(own.sql)]);
    const roles = await own.sql`select name, purpose, grants, fields, system from role`;
    expect(roles).toHaveLength(BUILT_IN_ROLES.length);
    for (const role of roles) expect(() => roleSchema.parse(role)).not.toThrow();
    expect(roles.find(({ name }) => name === 'Auditor')).toMatchObject({ purpose: 'Ours' });
    expect(roles.find(({ name }) => name === 'Support agent')?.['grants']).toHaveProperty('ticket');
    expect(await one(own.sql`select count(*) as n from access_log`)).toEqual({ n: 1 });
  });

  test('gets one pipeline and one queue with a chat, once', async () => {
    const own = await freshDatabase();
    await Promise.all([ensureBeginnings(own.sql), ensureBeginnings(own.sql)]);
    expect(await own.sql`select name from pipeline`).toMatchObject([{ name: 'Sales' }]);
    expect(
      await own.sql`
      select queue.name, active from channel join queue on queue.id = queue_id
    `,
    ).toMatchObject([{ name: 'Support', active: true }]);
    expect((await own.sql`select 1 from outbox`).count).toBe(3);
  });
});
