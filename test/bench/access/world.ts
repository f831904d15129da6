import { builtInRoleId } from '../../../server/db/builtInRoles.ts';
import { ensureBuiltIns } from '../../../server/db/builtIns.ts';
import { toJson } from '../../../server/db/json.ts';
import type { BenchStore } from '../store.ts';
import { fillRecords } from './records.ts';
import * as who from './people.ts';
import { rules } from './rules.ts';

// An organisation of 5,000 people in 300 teams and 200 territories, with 50 roles, 200 rules and restrictions, and a
// million tickets. Every value follows from the number of its row, so that each run has the same world.

const { ids } = who;
type Sql = BenchStore['sql'];

export interface Scale {
  /** 1: a million tickets, 300,000 deals, 100,000 companies. The organisation stays as large. */
  scale: number;
}

export async function fill({ sql, owner }: BenchStore, { scale }: Scale): Promise<void> {
  await ensureBuiltIns(sql);
  await organisation(owner);
  await people(owner);
  await roles(owner);
  await frame(owner);
  await policies(owner);
  await fillRecords(owner, scale);
}

const range = (many: number): number[] => Array.from({ length: many }, (_, n) => n);

async function organisation(sql: Sql): Promise<void> {
  // Ten teams at the top, each other below one before it.
  const parent = (n: number) => (n < 10 ? null : ids.of('team', Math.floor(n / 10)));
  const teams = range(who.TEAMS).map((n) => ({
    id: ids.of('team', n),
    name: `Team ${n}`,
    parent_id: parent(n),
  }));
  await sql`insert into team ${sql(teams, 'id', 'name', 'parent_id')}`;
  const above = (n: number) => {
    if (n < who.REGIONS) return null;
    const top = who.REGIONS + who.COUNTRIES;
    return ids.of('territory', n < top ? n % who.REGIONS : who.REGIONS + (n % who.COUNTRIES));
  };
  const territories = range(who.TERRITORIES).map((n) => ({
    id: ids.of('territory', n),
    name: `Territory ${n}`,
    parent_id: above(n),
  }));
  await sql`insert into territory ${sql(territories, 'id', 'name', 'parent_id')}`;
}

/** Territories a person works in, the first is home. */
function territoriesOf(n: number): string[] {
  if (n >= who.SALES_MANAGERS.from && n < who.REPRESENTATIVES.until)
    return [ids.of('territory', n % who.TERRITORIES)];
  if (n === who.REGIONAL) return [ids.of('territory', 0)];
  if (n === who.COMPLICATED) return [ids.of('territory', who.REGIONS + 3), ids.of('territory', 60)];
  return [];
}

async function people(sql: Sql): Promise<void> {
  const all = range(who.USERS).map((n) => {
    const [team, manager] = [who.teamOf(n), who.managerOf(n)];
    return {
      id: ids.of('user', n),
      name: `Person ${n}`,
      email: `person${n}@example.com`,
      team_id: team === null ? null : ids.of('team', team),
      manager_id: manager === null ? null : ids.of('user', manager),
      territory_ids: `{${territoriesOf(n).join()}}`,
    };
  });
  // A circle of references is no trouble within one statement.
  await sql`
    insert into user_account (id, name, email, team_id, manager_id, territory_ids)
    select id, name, email, team_id, manager_id, territory_ids
    from jsonb_populate_recordset(null::user_account, ${toJson(sql, all)})
  `;
  // One in twenty agents works in a second team.
  const besides = range(who.AGENTS.many / 20).map((i) => {
    const n = who.AGENTS.from + 20 * i;
    const team = who.SALES_TEAMS + ((n - who.SUPPORT_MANAGERS.from + 7) % who.SUPPORT_TEAMS);
    return { team_id: ids.of('team', team), user_id: ids.of('user', n) };
  });
  await sql`insert into team_member ${sql(besides)}`;
}

async function roles(sql: Sql): Promise<void> {
  const named = Object.values(who.NAMED_ROLES);
  const custom = range(who.CUSTOM_ROLES).map((n) => {
    const { name, purpose, grants, fields, system } = named[n] ?? who.NAMED_ROLES.own_only;
    return {
      id: ids.of('role', n),
      name: n < named.length ? name : `${name} ${n}`,
      purpose,
      grants: toJson(sql, grants),
      fields: toJson(sql, fields),
      system: toJson(sql, [...system]),
    };
  });
  for (const role of custom) await sql`insert into role ${sql(role)}`;
  const held = range(who.USERS).flatMap((n) =>
    who.rolesOf(n).map((role) => ({
      user: ids.of('user', n),
      role: role in who.NAMED_ROLES ? who.namedRole(role as who.NamedRole) : builtInRoleId(role as never),
      within: role === 'delegated' ? ids.of('team', who.SALES_TEAMS + who.QUEUES) : null,
    })),
  );
  await sql`
    insert into role_assignment (id, user_id, role_id, within_id)
    select gen_random_uuid(), "user", role, within
    from jsonb_to_recordset(${toJson(sql, held)}) as h ("user" uuid, role uuid, within uuid)
  `;
}

/** What tickets and deals stand in. */
async function frame(sql: Sql): Promise<void> {
  const queues = range(who.QUEUES).map((n) => ({
    id: ids.of('queue', n),
    name: `Queue ${n}`,
    team_ids: who.teamsOfQueue(n).map((team) => ids.of('team', team)),
    position: n,
  }));
  await sql`insert into queue ${sql(queues)}`;
  await sql`
    insert into channel (id, name, queue_id) values (${ids.of('channel', 0)}, 'Chat', ${ids.of('queue', 0)})
  `;
  const tags = range(who.TAGS).map((n) => ({ id: ids.of('tag', n), name: `Tag ${n}` }));
  await sql`insert into tag ${sql(tags)}`;
  const kinds = ['open', 'open', 'open', 'won', 'lost'] as const;
  const stages = who.STAGES.map((key, n) => ({
    key,
    name: key,
    probability: [20, 40, 60, 100, 0][n],
    kind: kinds[n],
    color: 'slate',
    requires: [],
  }));
  await sql`
    insert into pipeline (id, name, stages) values (${ids.of('pipeline', 0)}, 'Sales', ${toJson(sql, stages)})
  `;
}

async function policies(sql: Sql): Promise<void> {
  const all = rules();
  await sql`
    insert into criteria (id, object, filter, filled_at)
    select id, object, filter, now()
    from jsonb_to_recordset(${toJson(
      sql,
      all.map(({ criteria, object, filter }) => ({ id: criteria, object, filter })),
    )})
      as c (id uuid, object text, filter jsonb)
  `;
  for (const { id, name, object, criteria, to } of all) {
    if (to)
      await sql`
        insert into sharing_rule (id, name, object, criteria_id, to_kind, to_id, level)
        values (${id}, ${name}, ${object}, ${criteria}, ${to.kind}, ${to.id}, ${to.level})
      `;
    else
      await sql`
        insert into restriction (id, name, object, criteria_id, except_roles)
        values (${id}, ${name}, ${object}, ${criteria}, ${[builtInRoleId('administrator')]}::uuid[])
      `;
  }
}
