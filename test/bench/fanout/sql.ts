import type { BenchStore } from '../store.ts';
import { round } from '../measure.ts';
import { maskOf, sees, seesAll, teamId, teamOf, userId } from './world.ts';

// What deciding in the store costs, without any delivery: an emulation of what change feeds do that ask row-level security
// for each subscriber (one prepared statement, in a loop, in one process), and one statement that names all who may see.

const RECORD = userId(999_999);

export async function fillSql({ owner, url }: BenchStore, people: number): Promise<void> {
  const everyone = Array.from({ length: people }, (_, n) => ({
    id: userId(n),
    team: teamId(teamOf(n)),
    sees_all: seesAll(n),
    mask: maskOf(n),
  }));
  const role = new URL(url).username;
  await owner`create schema bench`;
  await owner`create table bench.subscriber (id uuid primary key, team uuid, sees_all boolean, mask int)`;
  await owner`create table bench.deal (id uuid primary key, team uuid, owner uuid)`;
  await owner`insert into bench.subscriber select * from jsonb_to_recordset(${owner.json(everyone)}) as e(id uuid, team uuid, sees_all boolean, mask int)`;
  await owner`create index on bench.subscriber (team)`;
  await owner`insert into bench.deal values (${RECORD}, ${teamId(0)}, ${userId(1)})`;
  await owner`alter table bench.deal enable row level security`;
  await owner`
    create policy seen on bench.deal using (
      team = nullif(current_setting('bench.team', true), '')::uuid
      or owner = nullif(current_setting('bench.person', true), '')::uuid
      or current_setting('bench.sees_all', true) = 'true')
  `;
  await owner`
    create function bench.who(record uuid) returns int language plpgsql as $$
    declare one bench.subscriber; seen int := 0;
    begin
      for one in select * from bench.subscriber loop
        perform set_config('bench.team', one.team::text, true), set_config('bench.person', one.id::text, true),
          set_config('bench.sees_all', one.sees_all::text, true);
        perform 1 from bench.deal where id = record;
        if found then seen := seen + 1; end if;
      end loop;
      return seen;
    end $$
  `;
  await owner`grant usage on schema bench to ${owner(role)}`;
  await owner`grant select on all tables in schema bench to ${owner(role)}`;
  await owner`analyze bench.subscriber`;
}

/** Milliseconds for one change, and how many were found. */
export async function askEach({ sql }: BenchStore, times: number): Promise<{ ms: number; found: number }> {
  return timed(times, async () => {
    const [row] = await sql<[{ found: number }]>`select bench.who(${RECORD}) as found`;
    return row.found;
  });
}

export async function expand({ sql }: BenchStore, times: number): Promise<{ ms: number; found: number }> {
  return timed(times, async () => {
    const rows = await sql`
      select s.id from bench.subscriber s, (select ${teamId(0)}::uuid as team, ${userId(1)}::uuid as owner) d
      where s.team = d.team or s.sees_all or s.id = d.owner
    `;
    return rows.length;
  });
}

async function timed(times: number, ask: () => Promise<number>): Promise<{ ms: number; found: number }> {
  const start_ms = performance.now();
  let found = 0;
  for (let n = 0; n < times; n++) found = await ask();
  return { ms: round((performance.now() - start_ms) / times), found };
}

export const expected = (people: number): number =>
  Array.from({ length: people }, (_, n) => n).filter((n) => sees(n, 0)).length;
