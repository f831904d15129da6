import type { Sql } from '../../../server/db/connect.ts';
import { joined, type Fragment } from '../../../server/db/fragments.ts';
import { filterSql } from '../../../server/records/filterSql.ts';
import { valueSql } from '../../../server/records/valueSql.ts';
import { OBJECTS, Registry, type ObjectDef } from '../../../shared/objects/index.ts';
import { parseFilter } from '../../../shared/protocol/index.ts';
import { moment, one, share } from '../made.ts';
import * as who from './people.ts';
import { rules } from './rules.ts';

// The records, set by set: made in a table without indexes, marked there with the rules and shares that they fall
// under, and only then brought in; the indexes are made again at the end.

const { ids } = who;

export async function fillRecords(sql: Sql, scale: number): Promise<void> {
  const registry = new Registry(OBJECTS);
  const many = (full: number) => Math.max(1, Math.round(full * scale));
  const [tickets, deals, companies] = [many(1_000_000), many(300_000), many(100_000)];
  await companiesIn(sql, registry.get('company'), companies);
  await dealsIn(sql, registry.get('deal'), { deals, companies });
  await ticketsIn(sql, registry.get('ticket'), { tickets, companies });
  await sql`select setval('ticket_number', ${tickets})`;
  for (const name of ['user_account', 'role_assignment', 'share', 'sharing_rule', 'criteria'])
    await sql`vacuum (analyze) ${sql(name)}`;
}

/** Makes rows of an object by `make` (which inserts into `made`), marks them, and brings them in. */
async function bringIn(sql: Sql, object: ObjectDef, make: () => Promise<unknown>): Promise<void> {
  await sql`create unlogged table made (like ${sql(object.table)} including defaults)`;
  await make();
  await marked(sql, object);
  await withoutIndexes(sql, object.table, () => sql`insert into ${sql(object.table)} select * from made`);
  await sql`drop table made`;
  await sql`vacuum (analyze) ${sql(object.table)}`;
}

/** As the write path would have marked them; whose shares they have, `make` has said. */
async function marked(sql: Sql, object: ObjectDef): Promise<void> {
  const columns = Object.values(object.fields).map(
    (field) => sql`${valueSql(sql, field, 'r')} as ${sql(field.name)}`,
  );
  const found = rules()
    .filter((rule) => rule.object === object.name)
    .map(({ criteria, filter }) => {
      const passes = filterSql(sql, object, parseFilter(object, filter), 'm');
      return sql`case when ${passes} then ${criteria}::uuid end`;
    });
  await sql`
    update made set policy_ids = made.policy_ids || f.ids
    from (
      select m.id, array_remove(array[${joined(sql, found, sql`, `)}], null) as ids
      from (select r.id, r.created_at, ${joined(sql, columns, sql`, `)} from made r) m
    ) f
    where f.id = made.id and f.ids <> '{}'
  `;
}

export async function withoutIndexes(sql: Sql, table: string, work: () => Promise<unknown>): Promise<void> {
  const indexes = await sql<{ name: string; definition: string }[]>`
    select indexname as name, indexdef as definition from pg_indexes
    where schemaname = 'public' and tablename = ${table}
      and indexname not in (select conname from pg_constraint where conrelid = ${table}::regclass)
  `;
  for (const { name } of indexes) await sql`drop index ${sql(name)}`;
  await work();
  // Definitions as the store itself wrote them.
  for (const { definition } of indexes) {
    await sql`select set_config('bench.index', ${definition}, false), set_config('maintenance_work_mem', '512MB', false)`;
    await sql`do $$ begin execute current_setting('bench.index'); end $$`;
  }
}

/** A number from `from` on, one of so many; with `skew` the first are met more often. */
const pick = (sql: Sql, many: number, salt: number, { from = 0, skew = false } = {}): Fragment =>
  skew
    ? sql`(${from}::int + floor(power(${share(sql, salt)}, 2) * ${many}::int)::int)`
    : sql`(${from}::int + floor(${share(sql, salt)} * ${many}::int)::int)`;

const WORDS = ['Product setup', 'Network problem', 'Account access', 'Battery life', 'Delivery problem', 'Data loss', 'Hardware issue', 'Payment issue', 'Refund request', 'Software bug', 'Display issue', 'Cancellation request', 'Installation support']; // prettier-ignore
const FIRST = ['Ada', 'Ben', 'Chloé', 'Dmitri', 'Émilie', 'Fatima', 'Günter', 'Hana', 'Igor', 'Jürgen', 'Léa', 'Noor', 'Søren', 'Tomás', 'Vera', 'Zoë']; // prettier-ignore
const LAST = ['Albrecht', 'Bianchi', 'Carter', 'Dvořák', 'Eriksen', 'García', 'Haddad', 'Ivanova', 'Kowalski', 'Moreau', 'Nakamura', 'O’Brien', 'Petrova', 'Schmidt', 'Tanaka', 'Weber', 'Zhang']; // prettier-ignore
const NAMES = ['Acme', 'Beta', 'Cancity', 'Domzoom', 'Etalon', 'Gekko', 'Isdom', 'Kinetix', 'Newex', 'Opentech', 'Rangreen', 'Umbrella', 'Vehement', 'Zencorporation']; // prettier-ignore
const CITIES = ['Berlin', 'Lyon', 'Kraków', 'Porto', 'Oslo', 'Wien', 'Gent', 'Turku', 'Bilbao', 'Brno'];
const SAID = 'I have tried everything in the manual, and it still does not start. Please assist.';
/** In the subject of one ticket in 5,000. */
export const RARE = 'Zephyr';

/** Owner, and their team and territory, as `n`. */
const seller = (sql: Sql, salt: number) => sql`
  lateral (select ${pick(sql, who.REPRESENTATIVES.many, salt, { from: who.REPRESENTATIVES.from })} as n) o
`;
const team = (sql: Sql) => ids.sql(sql, 'team', sql`(n - 1) % ${who.SALES_TEAMS}::int`);
const territory = (sql: Sql) => ids.sql(sql, 'territory', sql`n % ${who.TERRITORIES}::int`);

const companiesIn = (sql: Sql, object: ObjectDef, companies: number) =>
  bringIn(
    sql,
    object,
    () => sql`
      insert into made (id, name, industry, website, city, country, employees, revenue, owner_id, team_id, territory_id)
      select ${ids.sql(sql, 'company', sql`i`)}, ${one(sql, NAMES, 1)} || ' ' || i,
        ${one(sql, who.INDUSTRIES, 2)}, 'https://c' || i || '.example.com', ${one(sql, CITIES, 3)},
        ${one(sql, who.LANDS, 4)}, (${share(sql, 5)} * 9000)::int, round((${share(sql, 6)} * 9e6)::numeric, 2),
        ${ids.sql(sql, 'user', sql`n`)}, ${team(sql)}, ${territory(sql)}
      from generate_series(0, ${companies - 1}::int) i, ${seller(sql, 7)}
    `,
  );

const dealsIn = (
  sql: Sql,
  object: ObjectDef,
  { deals, companies }: { deals: number; companies: number },
): Promise<void> =>
  bringIn(
    sql,
    object,
    () => sql`
      insert into made (id, created_at, title, amount, pipeline_id, stage, stage_since, closes_on, closed_at, company_id,
        owner_id, team_id, territory_id, participant_ids, source, margin)
      select ${ids.sql(sql, 'deal', sql`i`)}, ${moment(sql, 900, 1)}, ${one(sql, NAMES, 2)} || ' ' || i,
        case when ${share(sql, 4)} < 0.9 then round((${share(sql, 5)} * 20000)::numeric, 2) end,
        ${ids.of('pipeline', 0)}, stage, ${moment(sql, 600, 6)}, date '2026-12-31' - (${share(sql, 8)} * 700)::int,
        case when stage in ('won', 'lost') then ${moment(sql, 600, 6)} end,
        ${ids.sql(sql, 'company', pick(sql, companies, 10))}, ${ids.sql(sql, 'user', sql`n`)}, ${team(sql)},
        ${territory(sql)}, case when ${share(sql, 11)} < 0.03
          then array[${ids.sql(sql, 'user', pick(sql, who.REPRESENTATIVES.many, 12, { from: 1 }))}] else '{}' end,
        ${one(sql, ['web', 'fair', 'referral', 'partner'], 13)}, round((${share(sql, 15)} * 40)::numeric, 2)
      from generate_series(0, ${deals - 1}::int) i, ${seller(sql, 16)},
        lateral (select case when ${share(sql, 17)} < 0.06 then 'qualified' when ${share(sql, 17)} < 0.15 then 'proposal'
          when ${share(sql, 17)} < 0.24 then 'negotiation' when ${share(sql, 17)} < 0.72 then 'won' else 'lost' end as stage) s
    `,
  );

/** Nine in ten are solved; of those that are not, a fifth is nobody's yet. One in fifty is shared with a person. */
async function ticketsIn(
  sql: Sql,
  object: ObjectDef,
  { tickets, companies }: { tickets: number; companies: number },
): Promise<void> {
  const agentOf = (salt: number) => ids.sql(sql, 'user', sql`
    ${who.AGENTS.from}::int + q + ${who.SUPPORT_TEAMS}::int * ${pick(sql, 11, salt)}
  `); // prettier-ignore
  const sharedSql = sql`(i % 50 = 3 or i = any (${THREE_OF(tickets)}::int[]))`;
  await bringIn(sql, object, async () => {
    await sql`
      insert into made (id, created_at, number, subject, queue_id, status, priority, assignee_id, team_id, territory_id,
        participant_ids, tag_ids, channel_id, company_id, customer_name, customer_email, preview, preview_from,
        last_message_at, mentioned_ids, waiting_since, resolved_at, place, policy_ids)
      select ${ids.sql(sql, 'ticket', sql`i`)}, at, i + 1,
        ${one(sql, WORDS, 1)} || ' ' || case when i % 5000 = 7 then ${RARE}::text else (i % 9000)::text end,
        ${ids.sql(sql, 'queue', sql`q`)}, status, priority,
        case when status = 'resolved' or ${share(sql, 3)} < 0.8 then ${agentOf(4)} end,
        case when ${share(sql, 5)} < 0.1 then ${ids.sql(sql, 'team', pick(sql, who.TEAMS, 6))} end,
        case when ${share(sql, 7)} < 0.6 then ${ids.sql(sql, 'territory', pick(sql, who.TERRITORIES, 8))} end,
        case when ${share(sql, 9)} < 0.03 then array[${agentOf(10)}] else '{}' end,
        case when ${share(sql, 11)} < 0.2 then array[${ids.sql(sql, 'tag', pick(sql, who.TAGS, 12, { skew: true }))}] else '{}' end,
        ${ids.of('channel', 0)}, case when ${share(sql, 13)} < 0.5 then ${ids.sql(sql, 'company', pick(sql, companies, 14))} end,
        ${one(sql, FIRST, 15)} || ' ' || ${one(sql, LAST, 16)}, 'customer' || i || '@example.com', ${SAID}::text,
        case when status = 'open' then 'customer' else 'us' end, at + interval '1 hour',
        case when ${share(sql, 17)} < 0.01 then array[${agentOf(18)}] else '{}' end,
        case when status = 'open' then at end, case when status = 'resolved' then at + interval '2 hours' end,
        array_position(array['urgent', 'high', 'normal', 'low'], priority) || case when status = 'open' then '0' else '1' end
          || lpad(floor(extract(epoch from at) * 1000)::bigint::text, 14, '0'),
        case when ${sharedSql} then array[${ids.sql(sql, 'share', sql`i`)}] else '{}' end
      from generate_series(0, ${tickets - 1}::int) i,
        lateral (select ${pick(sql, who.QUEUES, 19, { skew: true })} as q,
          case when ${share(sql, 20)} < 0.04 then 'open' when ${share(sql, 20)} < 0.1 then 'pending' else 'resolved' end as status,
          ${one(sql, ['urgent', 'high', 'normal', 'normal', 'normal', 'low'], 21)} as priority) t,
        lateral (select ${moment(sql, 700, 22)} as at) a
    `;
    await sql`
      insert into share (id, object, record_id, to_kind, to_id, level)
      select ${ids.sql(sql, 'share', sql`i`)}, 'ticket', ${ids.sql(sql, 'ticket', sql`i`)}, 'user',
        case when i = any (${THREE_OF(tickets)}::int[]) then ${ids.of('user', who.THREE)}::uuid
          when i % 1000 = 3 then ${ids.of('user', who.COMPLICATED)}::uuid
          else ${ids.sql(sql, 'user', pick(sql, who.AGENTS.many, 23, { from: who.AGENTS.from }))} end, 'read'
      from generate_series(0, ${tickets - 1}::int) i where ${sharedSql}
    `;
  });
  // What was said in every fifth.
  await sql`
    insert into message (id, created_at, ticket_id, body, "from", assignee_id, team_id, queue_id, territory_id,
      participant_ids, policy_ids)
    select ${ids.sql(sql, 'message', sql`number`)}, created_at, id, ${SAID}::text, 'customer', assignee_id, team_id,
      queue_id, territory_id, participant_ids, policy_ids
    from ticket where number % 5 = 0
  `;
  await sql`vacuum (analyze) message`;
}

/** The three tickets of whoever has three. */
const THREE_OF = (tickets: number): number[] => [0.11, 0.52, 0.83].map((at) => Math.floor(at * tickets));
