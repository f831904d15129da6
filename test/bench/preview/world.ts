import { builtInRoleId, type BuiltInRole } from '../../../server/db/builtInRoles.ts';
import { ensureBuiltIns } from '../../../server/db/builtIns.ts';
import type { Fragment } from '../../../server/db/fragments.ts';
import { toJson } from '../../../server/db/json.ts';
import type { GrantedWay, RolePolicy } from '../../../shared/access/index.ts';
import { round } from '../measure.ts';
import type { BenchStore } from '../store.ts';

// An organisation of 5,000 people in 300 teams, 200 territories and 50 roles, with 200 rules and a million tickets; with
// `scale` 0.1 a tenth of the tickets, deals and companies, and the same organisation. Made in the store from the number
// of each row, so that every run has the same world.

const PEOPLE = 5_000;
const TEAMS = 300;
const TERRITORIES = 200;
const QUEUES = 60;
/** Teams that work each queue. */
const TEAMS_OF_QUEUE = TEAMS / QUEUES;
/** Beside the built-in ones. */
const OWN_ROLES = 42;
const RULES = { ticket: 150, deal: 50 };
const RESTRICTIONS = 10;

export interface Size {
  tickets: number;
  deals: number;
  companies: number;
}

export const sizeAt = (scale: number): Size => ({
  tickets: Math.round(1_000_000 * scale),
  deals: Math.round(50_000 * scale),
  companies: Math.round(20_000 * scale),
});

const KINDS = ['team', 'territory', 'user', 'queue', 'role', 'company', 'deal', 'ticket', 'pipeline', 'criteria', 'sharing_rule', 'restriction', 'role_assignment'] as const; // prettier-ignore
type Kind = (typeof KINDS)[number];

/** The id of the n-th of a kind, from 0. */
export const idOf = (kind: Kind, n: number): string =>
  `0191${String(KINDS.indexOf(kind)).padStart(4, '0')}-0000-7000-8000-${String(n).padStart(12, '0')}`;

/** The same in SQL, of an expression. */
const idSql = (sql: Sql, kind: Kind, n: Fragment): Fragment =>
  sql`(${idOf(kind, 0).slice(0, 24)}::text || lpad((${n})::int::text, 12, '0'))::uuid`;

type Sql = BenchStore['owner'];

/** Who runs it: the head of everything, and the only one who may change all of it beside the second. */
export const HEAD = idOf('user', 0);
/** An administrator who stands nowhere in particular. */
export const ADMINISTRATOR = idOf('user', PEOPLE - 1);
/** The role that uses all there is: own, reports, team and territory, of everything. */
export const MOST_COMPLICATED = idOf('role', 0);

export interface Filling {
  size: Size;
  /** Whether searches must be quick, too: their indexes take longer than all the rest. */
  searched: boolean;
  say: (text: string) => void;
}

export async function fill({ sql, owner }: BenchStore, { size, searched, say }: Filling): Promise<void> {
  await ensureBuiltIns(sql);
  const step = async (name: string, work: () => Promise<unknown>) => {
    const start_ms = performance.now();
    await work();
    say(`${name}: ${round((performance.now() - start_ms) / 1000)} s`);
  };
  await owner`select set_config('maintenance_work_mem', '512MB', false), set_config('work_mem', '256MB', false)`;
  await step('organisation', () => organisation(owner));
  await step('rules', () => rules(owner));
  await step('companies and deals', () => sales(owner, size));
  await step('tickets', () => tickets(owner, size, searched));
  await step('statistics', async () => {
    for (const table of ['company', 'deal', 'ticket', 'user_account', 'role_assignment', 'sharing_rule'])
      await owner`vacuum (analyze) ${owner(table)}`;
  });
}

async function organisation(sql: Sql): Promise<void> {
  // Divisions of twenty teams each; the first of each stands above the others.
  await sql`
    insert into team (id, name, parent_id)
    select ${idSql(sql, 'team', sql`n`)}, 'Team ' || n, case when n % 20 > 0 then ${idSql(sql, 'team', sql`n - n % 20`)} end
    from generate_series(0, ${TEAMS - 1}::int) n order by n
  `;
  await sql`
    insert into territory (id, name, parent_id)
    select ${idSql(sql, 'territory', sql`n`)}, 'Territory ' || n, case when n >= 10 then ${idSql(sql, 'territory', sql`(n - 10) / 5`)} end
    from generate_series(0, ${TERRITORIES - 1}::int) n order by n
  `;
  // Everybody has eight people below them, four deep.
  await sql`
    insert into user_account (id, name, email, active, team_id, manager_id, territory_ids)
    select ${idSql(sql, 'user', sql`n`)}, 'Person ' || n, 'person' || n || '@example.com', true,
      ${idSql(sql, 'team', sql`n % ${TEAMS}::int`)}, case when n > 0 then ${idSql(sql, 'user', sql`(n - 1) / 8`)} end,
      array[${idSql(sql, 'territory', sql`(n * 7) % ${TERRITORIES}::int`)}]
    from generate_series(0, ${PEOPLE - 1}::int) n order by n
  `;
  await sql`
    insert into queue (id, name, position, team_ids)
    select ${idSql(sql, 'queue', sql`n`)}, 'Queue ' || n, n,
      array(select ${idSql(sql, 'team', sql`n + k * ${QUEUES}::int`)} from generate_series(0, ${TEAMS_OF_QUEUE - 1}::int) k)
    from generate_series(0, ${QUEUES - 1}::int) n
  `;
  await roles(sql);
}

async function roles(sql: Sql): Promise<void> {
  for (let n = 0; n < OWN_ROLES; n++) {
    const { name, grants, fields } = policy(n);
    await sql`
      insert into role (id, name, grants, fields) values (${idOf('role', n)}, ${name}, ${toJson(sql, grants)}, ${toJson(sql, fields)})
    `;
  }
  const give = (
    to: 'user_id' | 'team_id',
    from: number,
    role: Fragment,
    who: Fragment,
    which: Fragment,
    many: number,
  ) =>
    // prettier-ignore
    sql`
      insert into role_assignment (id, ${sql(to)}, role_id)
      select ${idSql(sql, 'role_assignment', sql`${from}::int + n`)}, ${who}, ${role}
      from generate_series(0, ${many - 1}::int) n where ${which}
    `;
  const built = (key: BuiltInRole) => sql`${builtInRoleId(key)}::uuid`;
  const person = idSql(sql, 'user', sql`n`);
  // Three in five answer customers, the next sell; whoever has people below them leads.
  await give('user_id', 0, built('support_agent'), person, sql`n % 5 < 3`, PEOPLE);
  await give('user_id', 10_000, built('sales_representative'), person, sql`n % 5 = 3`, PEOPLE);
  await give('user_id', 20_000, built('marketing_manager'), person, sql`n % 5 = 4`, PEOPLE);
  await give('user_id', 30_000, built('support_manager'), person, sql`n < 600`, PEOPLE);
  await give(
    'user_id',
    40_000,
    idSql(sql, 'role', sql`n % ${OWN_ROLES}::int`),
    person,
    sql`n % 4 = 0`,
    PEOPLE,
  );
  await give('team_id', 50_000, idSql(sql, 'role', sql`1 + n % ${OWN_ROLES - 1}::int`), idSql(sql, 'team', sql`n`), sql`n % 6 = 0`, TEAMS); // prettier-ignore
  for (const [n, user] of [HEAD, ADMINISTRATOR].entries())
    await sql`insert into role_assignment (id, user_id, role_id) values (${idOf('role_assignment', 60_000 + n)}, ${user}, ${built('administrator')})`; // prettier-ignore
}

/** Roles of their own, each a little different: the first uses all there is. */
function policy(n: number): Pick<RolePolicy, 'name' | 'grants' | 'fields'> {
  const ways: GrantedWay[][] = [['own', 'reports', 'team', 'territory'], ['own'], ['own', 'team'], ['territory'], ['own', 'reports']]; // prettier-ignore
  const reach = ways[n % ways.length]!;
  const works = { read: reach, update: reach, assign: reach, read_thread: reach, reply: reach, note: reach };
  return {
    name: `Role ${n}`,
    grants: {
      company: { read: n % 3 === 0 ? reach : ['all'] },
      ...(n % 2 === 0 ? { ticket: { ...works, create: true } } : {}),
      ...(n % 3 === 0 ? { deal: { read: reach, update: reach, create: true } } : {}),
    },
    fields: n % 4 === 0 ? { deal: { amount: 'read' }, ticket: { customer_email: 'read' } } : {},
  };
}

/** The companies that the n-th rule of tickets shares the tickets of. */
const COMPANIES_OF_RULE = 100;
/** Rules from here on are by priority and queue. */
const BY_QUEUE = 100;

async function rules(sql: Sql): Promise<void> {
  const add = async (n: number, object: string, filter: object, to: { kind: string; id: string }) => {
    await sql`
      insert into criteria (id, object, filter, filled_at) values (${idOf('criteria', n)}, ${object}, ${toJson(sql, filter)}, now())
    `;
    await sql`
      insert into sharing_rule (id, name, object, criteria_id, to_kind, to_id, level)
      values (${idOf('sharing_rule', n)}, ${`Rule ${n}`}, ${object}, ${idOf('criteria', n)}, ${to.kind}, ${to.id},
        ${n % 3 === 0 ? 'edit' : 'read'})
    `;
  };
  for (let n = 0; n < RULES.ticket; n++) {
    const companies = Array.from({ length: COMPANIES_OF_RULE }, (_, k) => idOf('company', n + k * BY_QUEUE));
    const filter =
      n < BY_QUEUE ? { company: companies } : { priority: 'urgent', queue: idOf('queue', n - BY_QUEUE) };
    await add(n, 'ticket', filter, target(n));
  }
  for (let n = 0; n < RULES.deal; n++)
    await add(RULES.ticket + n, 'deal', { source: 'web', discount: n }, target(n));
  for (let n = 0; n < RESTRICTIONS; n++) {
    const id = idOf('criteria', RULES.ticket + RULES.deal + n);
    const filter = { external_id: `secret-${n}` };
    await sql`insert into criteria (id, object, filter, filled_at) values (${id}, 'ticket', ${toJson(sql, filter)}, now())`;
    await sql`
      insert into restriction (id, name, object, criteria_id, except_roles)
      values (${idOf('restriction', n)}, ${`Restriction ${n}`}, 'ticket', ${id}, ${[builtInRoleId('administrator')]}::uuid[])
    `;
  }
}

function target(n: number): { kind: string; id: string } {
  const kinds = [
    { kind: 'team', id: idOf('team', (n * 11) % TEAMS) },
    { kind: 'role', id: idOf('role', n % OWN_ROLES) },
    { kind: 'territory', id: idOf('territory', (n * 3) % TERRITORIES) },
    { kind: 'user', id: idOf('user', (n * 31) % PEOPLE) },
  ];
  return kinds[n % kinds.length]!;
}

async function sales(sql: Sql, size: Size): Promise<void> {
  const owner = sql`(n * 13) % ${PEOPLE}::int`;
  const place = sql`${idSql(sql, 'user', owner)}, ${idSql(sql, 'team', sql`(${owner}) % ${TEAMS}::int`)},
    ${idSql(sql, 'territory', sql`((${owner}) * 7) % ${TERRITORIES}::int`)}`;
  await sql`
    insert into company (id, name, industry, country, employees, owner_id, team_id, territory_id, created_at)
    select ${idSql(sql, 'company', sql`n`)}, 'Company ' || n, (array['software', 'retail', 'energy', 'health'])[1 + n % 4],
      (array['DE', 'FR', 'CN', 'US', 'BR'])[1 + n % 5], n % 5000, ${place}, now() - n % 700 * interval '1 day'
    from generate_series(0, ${size.companies - 1}::int) n
  `;
  const stages = [
    { key: 'open', name: 'Open', probability: 30, kind: 'open', color: 'blue', requires: [] },
    { key: 'won', name: 'Won', probability: 100, kind: 'won', color: 'green', requires: [] },
  ];
  await sql`insert into pipeline (id, name, stages, position) values (${idOf('pipeline', 0)}, 'Sales', ${toJson(sql, stages)}, 0)`;
  await sql`
    insert into deal (id, title, amount, pipeline_id, stage, closed_at, company_id, source, discount, owner_id, team_id,
      territory_id, created_at, policy_ids)
    select ${idSql(sql, 'deal', sql`n`)}, 'Deal ' || n, n % 90000, ${idOf('pipeline', 0)}, case when n % 4 = 0 then 'won' else 'open' end,
      case when n % 4 = 0 then now() end, ${idSql(sql, 'company', sql`n % ${size.companies}::int`)},
      (array['web', 'fair', 'referral'])[1 + n % 3], n / 3 % 60, ${place}, now() - n % 700 * interval '1 day',
      case when n % 3 = 0 and n / 3 % 60 < ${RULES.deal}::int
        then array[${idSql(sql, 'criteria', sql`${RULES.ticket}::int + n / 3 % 60`)}] else '{}'::uuid[] end
    from generate_series(0, ${size.deals - 1}::int) n
  `;
}

/** Most are answered; those that are open wait in the queues, and one in seven of all is nobody's. */
async function tickets(sql: Sql, size: Size, searched: boolean): Promise<void> {
  await dropIndexes(sql);
  const queue = sql`n % ${QUEUES}::int`;
  const team = sql`${queue} + ${QUEUES}::int * (n / ${QUEUES}::int % ${TEAMS_OF_QUEUE}::int)`;
  // One of the team's people, who are every 300th.
  const agent = sql`${team} + ${TEAMS}::int * (n / ${TEAMS}::int % ${Math.floor(PEOPLE / TEAMS)}::int)`;
  const company = sql`n % ${size.companies}::int`;
  const byCompany = sql`case when ${company} < ${BY_QUEUE * COMPANIES_OF_RULE}::int then array[${idSql(sql, 'criteria', sql`${company} % ${BY_QUEUE}::int`)}] else '{}'::uuid[] end`; // prettier-ignore
  const byQueue = sql`case when n % 20 = 7 and ${queue} < ${RULES.ticket - BY_QUEUE}::int then array[${idSql(sql, 'criteria', sql`${BY_QUEUE}::int + ${queue}`)}] else '{}'::uuid[] end`; // prettier-ignore
  const hidden = sql`case when n % 1000 = 1 then array[${idSql(sql, 'criteria', sql`${RULES.ticket + RULES.deal}::int + n / 1000 % ${RESTRICTIONS}::int`)}] else '{}'::uuid[] end`; // prettier-ignore
  await sql`
    insert into ticket (id, number, subject, queue_id, status, priority, assignee_id, team_id, territory_id, participant_ids,
      company_id, customer_name, customer_email, external_id, created_at, last_message_at, waiting_since, resolved_at, place, policy_ids)
    select ${idSql(sql, 'ticket', sql`n`)}, n + 1,
      (array['Invoice', 'Delivery', 'Login', 'Return', 'Question'])[1 + n % 5] || ' ' || (array['is late', 'does not work', 'is wrong', 'about the offer'])[1 + n / 5 % 4] || ' ' || n,
      ${idSql(sql, 'queue', queue)},
      case when n / 7 % 10 = 0 then 'open' when n / 7 % 10 = 1 then 'pending' else 'resolved' end,
      case when n % 20 = 7 then 'urgent' when n % 20 < 3 then 'high' when n % 20 < 15 then 'normal' else 'low' end,
      case when n % 7 > 0 then ${idSql(sql, 'user', agent)} end,
      case when n % 3 = 0 then ${idSql(sql, 'team', team)} end,
      ${idSql(sql, 'territory', sql`(${agent}) * 7 % ${TERRITORIES}::int`)},
      case when n % 20 = 3 then array[${idSql(sql, 'user', sql`(n * 17) % ${PEOPLE}::int`)}] else '{}'::uuid[] end,
      ${idSql(sql, 'company', company)}, 'Customer ' || n % 300000, 'customer' || n % 300000 || '@example.org',
      case when n % 1000 = 1 then 'secret-' || n / 1000 % ${RESTRICTIONS}::int end,
      now() - n % 1000000 * interval '1 minute', now() - n % 1000000 * interval '1 minute' + interval '1 hour',
      case when n / 7 % 10 = 0 then now() - n % 1000000 * interval '1 minute' end,
      case when n / 7 % 10 > 1 then now() - n % 1000000 * interval '1 minute' + interval '1 day' end,
      case when n / 7 % 10 = 0 then '1' else '9' end || case when n % 20 = 7 then '0' else '2' end || lpad((n % 1000000)::text, 12, '0'),
      ${byCompany} || ${byQueue} || ${hidden}
    from generate_series(0, ${size.tickets - 1}::int) n
  `;
  await makeIndexes(sql, searched);
}

/** A million rows go in several times as quickly without them. */
async function dropIndexes(sql: Sql): Promise<void> {
  await sql`
    create temporary table ticket_index as
    select indexname as name, indexdef as def from pg_indexes
    where tablename = 'ticket' and indexdef not like '%UNIQUE%'
  `;
  await sql`
    do $$ declare i record; begin
      for i in select name from ticket_index loop execute format('drop index %I', i.name); end loop;
    end $$
  `;
}

async function makeIndexes(sql: Sql, searched: boolean): Promise<void> {
  if (!searched) await sql`delete from ticket_index where name like '%_pairs'`;
  await sql`
    do $$ declare i record; begin
      for i in select def from ticket_index loop execute i.def; end loop;
    end $$
  `;
}
