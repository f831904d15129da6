import { builtInRoleId, type BuiltInRole } from '../../../server/db/builtInRoles.ts';
import { ensureBuiltIns } from '../../../server/db/builtIns.ts';
import { toJson } from '../../../server/db/json.ts';
import type { RolePolicy } from '../../../shared/access/index.ts';
import { newId } from '../../../shared/lib/ids.ts';
import type { BenchStore } from '../store.ts';

// A world at the size of the two exports that Rolecall was measured with: a CRM (85 companies, 8,800 deals of 35
// people in three offices) and a help desk (8,469 tickets of 8,300 customers), or a multiple of that with the same
// people. Every value follows from the number of its row, so that each run has the same world.

/** How much there is of what. */
export interface Size {
  companies: number;
  contacts: number;
  deals: number;
  tickets: number;
}

export const sizeTimes = (times: number): Size => ({
  companies: 85 * times,
  contacts: 8_300 * times,
  deals: 8_800 * times,
  tickets: 8_469 * times,
});

const KINDS = ['team', 'user', 'pipeline', 'queue', 'tag', 'channel', 'company', 'contact', 'deal', 'ticket', 'message'] as const; // prettier-ignore
type Kind = (typeof KINDS)[number];

/** The id of the n-th of a kind. */
export const idOf = (kind: Kind, n: number): string =>
  `0190${String(KINDS.indexOf(kind)).padStart(4, '0')}-0000-7000-8000-${String(n).padStart(12, '0')}`;

export const OFFICES = 3;
export const MANAGERS = 6;
export const AGENTS = 35;
const SUPPORT_TEAMS = 2;
const SUPPORT_AGENTS = 12;
export const QUEUES = 5;

/** Everyone in the world by number: who runs it, then managers, agents, who has two roles, support agents, analyst. */
export const ADMINISTRATOR = 0;
export const manager = (n: number): number => 1 + n;
export const agent = (n: number): number => 1 + MANAGERS + n;
/** Sells too. */
export const TWO_ROLES = agent(AGENTS);
export const supportAgent = (n: number): number => TWO_ROLES + 1 + n;
export const ANALYST = supportAgent(SUPPORT_AGENTS);
export const officeOf = (person: number): number => (person - 1) % OFFICES;
/** The queues that a team of support works. */
export const queuesOf = (team: number): number[] => (team === 0 ? [0, 1, 2] : [3, 4]);

/** All deals, none of the figures: with it and the own deals of a representative, fields differ from row to row. */
const ASSISTANT: RolePolicy = {
  name: 'Assistant',
  purpose: 'All deals without amounts.',
  grants: { company: { read: ['all'] }, contact: { read: ['all'] }, deal: { read: ['all'] } },
  fields: { deal: { amount: 'hidden' } },
  system: [],
};

export const STAGES = ['qualified', 'proposal', 'negotiation', 'won', 'lost'] as const;

export async function fill({ sql, owner }: BenchStore, size: Size): Promise<void> {
  await ensureBuiltIns(sql);
  await organisation(owner);
  await sales(owner, size);
  await support(owner, size);
  for (const name of ['company', 'contact', 'deal', 'ticket', 'message', 'user_account'])
    await owner`vacuum (analyze) ${owner(name)}`;
}

type Sql = BenchStore['sql'];

async function organisation(sql: Sql): Promise<void> {
  const teams = OFFICES + SUPPORT_TEAMS;
  await sql`insert into team ${sql(Array.from({ length: teams }, (_, n) => ({ id: idOf('team', n), name: `Team ${n}` })))}`;
  const people = Array.from({ length: ANALYST + 1 }, (_, n) => ({
    id: idOf('user', n),
    name: `Person ${n}`,
    email: `person${n}@example.com`,
    ...placeOf(n),
  }));
  await sql`insert into user_account ${sql(people, 'id', 'name', 'email', 'team_id', 'manager_id')}`;

  const assistant = newId();
  await sql`
    insert into role (id, name, grants, fields)
    values (${assistant}, ${ASSISTANT.name}, ${toJson(sql, ASSISTANT.grants)}, ${toJson(sql, ASSISTANT.fields)})
  `;
  const roles = people.flatMap(({ id }, n) =>
    rolesOf(n).map((role) => ({
      id: newId(),
      user_id: id,
      role_id: role === 'assistant' ? assistant : builtInRoleId(role),
    })),
  );
  await sql`insert into role_assignment ${sql(roles)}`;
}

const isManager = (n: number) => n >= manager(0) && n < manager(MANAGERS);
const isAgent = (n: number) => n >= agent(0) && n < agent(AGENTS);
const isSupport = (n: number) => n >= supportAgent(0) && n < supportAgent(SUPPORT_AGENTS);

function placeOf(n: number): { team_id: string | null; manager_id: string | null } {
  if (isManager(n)) return { team_id: idOf('team', officeOf(n)), manager_id: idOf('user', ADMINISTRATOR) };
  // Two managers an office: every other of its agents is below each.
  if (isAgent(n))
    return { team_id: idOf('team', officeOf(n)), manager_id: idOf('user', manager((n - 1) % MANAGERS)) };
  const support = (n - supportAgent(0)) % SUPPORT_TEAMS;
  return { team_id: isSupport(n) ? idOf('team', OFFICES + support) : null, manager_id: null };
}

function rolesOf(n: number): (BuiltInRole | 'assistant')[] {
  if (n === ADMINISTRATOR) return ['administrator'];
  if (isManager(n)) return ['sales_manager'];
  if (isAgent(n)) return ['sales_representative'];
  if (isSupport(n)) return ['support_agent'];
  return n === ANALYST ? ['data_analyst'] : ['sales_representative', 'assistant'];
}

/** The share of a row that falls to something, 0 to 1: as good as random, and the same in every run. */
const share = (sql: Sql, salt: number) =>
  sql`((hashint8extended(i::bigint, ${salt}::bigint) & 2147483647) / 2147483648.0)`;
/** One of a list. */
const one = (sql: Sql, list: readonly string[], salt: number) =>
  sql`(${[...list]}::text[])[1 + floor(${share(sql, salt)} * ${list.length}::int)::int]`;
/** The id of one of so many of a kind. */
const oneOf = (sql: Sql, kind: Kind, count: number, salt: number, from = 0) =>
  idSql(sql, kind, sql`${from}::int + floor(${share(sql, salt)} * ${count}::int)::int`);
const idSql = (sql: Sql, kind: Kind, n: ReturnType<Sql>) =>
  sql`(${idOf(kind, 0).slice(0, -12)}::text || lpad((${n})::text, 12, '0'))::uuid`;
/** A moment within the last so many days. */
const moment = (sql: Sql, days: number, salt: number) =>
  sql`date_trunc('milliseconds', timestamptz '2026-11-01' - ${share(sql, salt)} * ${days}::int * interval '1 day')`;

const FIRST = ['Ada', 'Ben', 'Chloé', 'Dmitri', 'Émilie', 'Fatima', 'Günter', 'Hana', 'Igor', 'Jürgen', 'Kōji', 'Léa', 'Mirja', 'Noor', 'Øystein', 'Przemysław', 'Quentin', 'Rosa', 'Søren', 'Tomás', 'Uma', 'Vera', 'Wen', 'Xavier', 'Yusuf', 'Zoë']; // prettier-ignore
const LAST = ['Albrecht', 'Bianchi', 'Carter', 'Dvořák', 'Eriksen', 'Fischer', 'García', 'Haddad', 'Ivanova', 'Jansen', 'Kowalski', 'Lindqvist', 'Moreau', 'Nakamura', 'O’Brien', 'Petrova', 'Quispe', 'Rossi', 'Schmidt', 'Tanaka', 'Ueda', 'Virtanen', 'Weber', 'Xu', 'Yamamoto', 'Zhang']; // prettier-ignore
const NAMES = ['Acme', 'Beta', 'Cancity', 'Domzoom', 'Etalon', 'Finhigh', 'Gekko', 'Hottechi', 'Isdom', 'Kinetix', 'Labdrill', 'Mathtouch', 'Newex', 'Opentech', 'Plussunin', 'Rangreen', 'Scotfind', 'Treequote', 'Umbrella', 'Vehement', 'Warephase', 'Xx-holding', 'Yearin', 'Zencorporation']; // prettier-ignore
const PRODUCTS = ['GTX Basic', 'GTX Plus Basic', 'GTX Plus Pro', 'GTX Pro', 'GTK 500', 'MG Advanced', 'MG Special']; // prettier-ignore
const CITIES = ['Berlin', 'Lyon', 'Kraków', 'Porto', 'Oslo', 'Wien', 'Gent', 'Turku', 'Bilbao', 'Brno'];
const SUBJECTS = ['Product setup', 'Peripheral compatibility', 'Network problem', 'Account access', 'Battery life', 'Delivery problem', 'Data loss', 'Hardware issue', 'Payment issue', 'Refund request', 'Software bug', 'Display issue', 'Cancellation request', 'Installation support', 'Product recommendation', 'Product compatibility']; // prettier-ignore
const SAID =
  'I am having an issue with this. Please assist. I have tried everything in the manual, and it still does not start.';

/** What few rows hold, for searches: as many in a thousand. */
export const RARE = { word: 'Zephyr', cjk: '取引', sign: '50%_off' };
const rare = (sql: Sql, salt: number) => sql`case
    when i % 5000 = 7 then ${` ${RARE.word}`}::text when i % 1000 = 8 then ${` ${RARE.cjk}先`}::text
    when i % 1000 = 9 then ${` ${RARE.sign}`}::text else ' ' || floor(${share(sql, salt)} * 9000)::int end`;

async function sales(sql: Sql, { companies, contacts, deals }: Size): Promise<void> {
  const kinds = ['open', 'open', 'open', 'won', 'lost'] as const;
  const stages = STAGES.map((key, n) => ({
    key,
    name: key,
    probability: [20, 40, 60, 100, 0][n],
    kind: kinds[n],
    color: 'slate',
    requires: [],
  }));
  await sql`insert into pipeline (id, name, stages) values (${idOf('pipeline', 0)}, 'Sales', ${toJson(sql, stages)})`;
  const owner = (salt: number) =>
    sql`${agent(0)}::int + floor(${share(sql, salt)} * ${AGENTS + 1}::int)::int`;
  const team = sql`lpad(((n - 1) % ${OFFICES}::int)::text, 12, '0')`;
  const teamId = sql`(${idOf('team', 0).slice(0, -12)}::text || ${team})::uuid`;

  await sql`
    insert into company (id, name, industry, website, city, country, employees, revenue, owner_id, team_id)
    select ${idSql(sql, 'company', sql`i`)}, ${one(sql, NAMES, 1)} || ' ' || i,
      ${one(sql, ['software', 'retail', 'health', 'finance'], 2)}, 'https://c' || i || '.example.com',
      ${one(sql, CITIES, 3)}, ${one(sql, ['DE', 'FR', 'PL', 'NO'], 4)}, (${share(sql, 5)} * 9000)::int,
      round((${share(sql, 6)} * 9e6)::numeric, 2), ${idSql(sql, 'user', sql`n`)}, ${teamId}
    from generate_series(0, ${companies - 1}::int) i, lateral (select ${owner(7)} as n) o
  `;
  await sql`
    insert into contact (id, created_at, name, job_title, company_id, email, phone, language, owner_id, team_id)
    select ${idSql(sql, 'contact', sql`i`)}, ${moment(sql, 900, 1)}, ${one(sql, FIRST, 2)} || ' ' || ${one(sql, LAST, 3)},
      case when ${share(sql, 4)} < 0.7 then ${one(sql, ['Buyer', 'Head of IT', 'Managing director', 'Engineer'], 5)} end,
      case when ${share(sql, 6)} < 0.8 then ${oneOf(sql, 'company', companies, 7)} end,
      case when ${share(sql, 8)} < 0.95 then 'contact' || i || '@c' || (i % ${companies}::int) || '.example.com' end,
      case when ${share(sql, 9)} < 0.6 then '+49 30 ' || i end, ${one(sql, ['en', 'de', 'fr'], 10)},
      ${idSql(sql, 'user', sql`n`)}, ${teamId}
    from generate_series(0, ${contacts - 1}::int) i, lateral (select ${owner(11)} as n) o
  `;
  // Of the deals, half are won and a quarter are lost, as in every store that is some years old.
  await sql`
    insert into deal (id, created_at, title, amount, pipeline_id, stage, stage_since, closes_on, closed_at, company_id,
      contact_id, owner_id, team_id, source, discount, margin)
    select ${idSql(sql, 'deal', sql`i`)}, ${moment(sql, 900, 1)},
      ${one(sql, NAMES, 2)} || ' ' || ${one(sql, PRODUCTS, 3)} || ${rare(sql, 4)},
      case when stage <> 'qualified' then round((${share(sql, 5)} * 20000)::numeric, 2) end, ${idOf('pipeline', 0)}, stage,
      ${moment(sql, 600, 6)}, case when ${share(sql, 7)} < 0.8 then date '2026-12-31' - (${share(sql, 8)} * 700)::int end,
      case when stage in ('won', 'lost') then ${moment(sql, 600, 6)} end,
      case when ${share(sql, 9)} < 0.84 then ${oneOf(sql, 'company', companies, 10)} end,
      case when ${share(sql, 11)} < 0.5 then ${oneOf(sql, 'contact', contacts, 12)} end,
      ${idSql(sql, 'user', sql`n`)}, ${teamId},
      ${one(sql, ['web', 'fair', 'referral', 'partner'], 13)}, case when ${share(sql, 14)} < 0.3 then 10 end,
      round((${share(sql, 15)} * 40)::numeric, 2)
    from generate_series(0, ${deals - 1}::int) i, lateral (select ${owner(16)} as n) o,
      lateral (select case when ${share(sql, 17)} < 0.06 then 'qualified' when ${share(sql, 17)} < 0.15 then 'proposal'
        when ${share(sql, 17)} < 0.24 then 'negotiation' when ${share(sql, 17)} < 0.72 then 'won' else 'lost' end as stage) s
  `;
}

async function support(sql: Sql, { contacts, companies, tickets }: Size): Promise<void> {
  const queues = Array.from({ length: QUEUES }, (_, n) => ({
    id: idOf('queue', n),
    name: `Queue ${n}`,
    team_ids: [idOf('team', OFFICES + (n < 3 ? 0 : 1))],
    position: n,
  }));
  await sql`insert into queue ${sql(queues)}`;
  await sql`insert into channel (id, name, queue_id) values (${idOf('channel', 0)}, 'Chat', ${idOf('queue', 0)})`;
  const tags = Array.from({ length: 20 }, (_, n) => ({ id: idOf('tag', n), name: `Tag ${n}` }));
  await sql`insert into tag ${sql(tags)}`;
  // A third each is open, waits for the customer and is solved; half of what is open is nobody's yet.
  await sql`
    insert into ticket (id, created_at, number, subject, queue_id, status, priority, assignee_id, tag_ids, channel_id,
      contact_id, company_id, customer_name, customer_email, preview, preview_from, last_message_at, mentioned_ids,
      waiting_since, resolved_at, place)
    select ${idSql(sql, 'ticket', sql`i`)}, at, i + 1, ${one(sql, SUBJECTS, 1)} || ${rare(sql, 2)},
      ${idSql(sql, 'queue', sql`q`)}, status, priority,
      case when status <> 'open' or ${share(sql, 3)} < 0.5 then ${idSql(sql, 'user', sql`${supportAgent(0)}::int + 2 * floor(${share(sql, 4)} * ${SUPPORT_AGENTS / 2}::int)::int + case when q < 3 then 0 else 1 end`)} end,
      case when ${share(sql, 5)} < 0.2 then array[${oneOf(sql, 'tag', 20, 6)}] else '{}' end, ${idOf('channel', 0)},
      case when ${share(sql, 7)} < 0.9 then ${oneOf(sql, 'contact', contacts, 8)} end,
      case when ${share(sql, 9)} < 0.3 then ${oneOf(sql, 'company', companies, 10)} end,
      ${one(sql, FIRST, 11)} || ' ' || ${one(sql, LAST, 12)}, 'customer' || i || '@example.com',
      ${SAID}::text, case when status = 'open' then 'customer' else 'us' end, at + interval '1 hour',
      case when ${share(sql, 13)} < 0.01 then array[${oneOf(sql, 'user', SUPPORT_AGENTS, 14, supportAgent(0))}] else '{}' end,
      case when status = 'open' then at end, case when status = 'resolved' then at + interval '2 hours' end,
      array_position(array['urgent', 'high', 'normal', 'low'], priority) || case when status = 'open' then '0' else '1' end
        || lpad(floor(extract(epoch from at) * 1000)::bigint::text, 14, '0')
    from generate_series(0, ${tickets - 1}::int) i,
      lateral (select ${moment(sql, 600, 15)} as at, floor(${share(sql, 16)} * ${QUEUES}::int)::int as q,
        ${one(sql, ['open', 'pending', 'resolved'], 17)} as status, ${one(sql, ['urgent', 'high', 'normal', 'low'], 18)} as priority) t
  `;
  await sql`
    insert into message (id, created_at, ticket_id, body, "from", assignee_id, team_id, queue_id)
    select ${idSql(sql, 'message', sql`2 * t.number + m`)}, t.created_at + m * interval '1 hour', t.id, ${SAID}::text,
      case when m = 0 then 'customer' else 'us' end, t.assignee_id, t.team_id, t.queue_id
    from ticket t, generate_series(0, 1) m
  `;
}
