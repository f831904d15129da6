import type { Actor } from '../../../shared/access/index.ts';
import type { Registry } from '../../../shared/objects/index.ts';
import type { Tx } from '../../db/transaction.ts';
import { maskedSql } from '../../records/readSql.ts';

// What paths are made of, read once for everyone in an answer.

/** How somebody comes by a role that they hold now. */
export interface Holding {
  user: string;
  role: string;
  team: string | null;
  ends_at: string | null;
}

export async function holdings(tx: Tx, users: readonly string[]): Promise<Holding[]> {
  const rows = await tx<Holding[]>`
    select distinct coalesce(a.user_id, p.user_id) as user, a.role_id as role, a.team_id as team, a.ends_at
    from role_assignment a left join team_person p on p.team_id = a.team_id
    where coalesce(a.user_id, p.user_id) = any (${[...users]}::uuid[])
      and a.starts_at <= statement_timestamp() and (a.ends_at is null or a.ends_at > statement_timestamp())
    order by 1, 2, 3 nulls first
  `;
  return [...rows];
}

/** Who stands above somebody, from the bottom. A circle ends where it began. */
export async function managersOf(tx: Tx, user: string): Promise<string[]> {
  const rows = await tx<{ id: string }[]>`
    with recursive above (id, path) as (
      select manager_id, array[id] from user_account where id = ${user}::uuid
      union all
      select u.manager_id, above.path || u.id from above join user_account u on u.id = above.id
      where not above.id = any (above.path)
    )
    select id from above where id is not null order by cardinality(path)
  `;
  return rows.map(({ id }) => id);
}

/** A territory and those above it, from the bottom. */
export async function territoriesAbove(tx: Tx, territory: string): Promise<string[]> {
  const rows = await tx<{ id: string }[]>`
    with recursive above (id, path) as (
      select ${territory}::uuid, '{}'::uuid[]
      union all
      select t.parent_id, above.path || t.id from above join territory t on t.id = above.id
      where t.parent_id is not null and not t.parent_id = any (above.path)
    )
    select id from above order by cardinality(path)
  `;
  return rows.map(({ id }) => id);
}

/** The territories that each of them works in, without those below. */
export async function territoriesOf(tx: Tx, users: readonly string[]): Promise<Map<string, string[]>> {
  const rows = await tx<{ id: string; territory_ids: string[] }[]>`
    select id, territory_ids from user_account where id = any (${[...users]}::uuid[])
  `;
  return new Map(rows.map((row) => [row.id, row.territory_ids]));
}

/** The teams that work each of these queues. */
export async function teamsWorking(tx: Tx, queues: readonly string[]): Promise<Map<string, string[]>> {
  const rows = await tx<{ id: string; team_ids: string[] }[]>`
    select id, team_ids from queue where id = any (${[...queues]}::uuid[])
  `;
  return new Map(rows.map((row) => [row.id, row.team_ids]));
}

/** Names of the roles that somebody is told of anyway: as theirs, or as somebody who looks after roles. */
export async function roleNames(tx: Tx, ids: readonly string[]): Promise<Map<string, string>> {
  const rows = await tx<{ id: string; name: string }[]>`
    select id, name from role where id = any (${[...ids]}::uuid[])
  `;
  return new Map(rows.map(({ id, name }) => [id, name]));
}

/** What records are called, as far as the reader may read that; without those they may not see. */
export async function titlesAsRead(
  tx: Tx,
  reader: Actor,
  registry: Registry,
  wanted: ReadonlyMap<string, ReadonlySet<string>>,
): Promise<Map<string, string>> {
  const titles = new Map<string, string>();
  for (const [name, ids] of wanted) {
    if (ids.size === 0) continue;
    const object = registry.get(name);
    const rows = await tx<{ id: string; title: string | null }[]>`
      select m.id, ${tx(`m.${object.title}`)}::text as title from ${maskedSql(tx, reader, registry, object)} m
      where m.id = any (${[...ids]}::uuid[])
    `;
    for (const { id, title } of rows) if (title !== null) titles.set(id, title);
  }
  return titles;
}
