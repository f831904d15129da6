import type { Sql } from '../../server/db/connect.ts';

/**
 * The rig's own copy of the store. Triggers note every version of every row; whoever asks for a moment later gets all
 * tables as they stood then, by the times at which Postgres itself says that the transactions were committed. Nothing
 * of it is read or written by the program.
 */
export async function installWitness(admin: Sql): Promise<void> {
  await admin`create schema witness`;
  await admin`
    create table witness.row_version (
      n bigint generated always as identity primary key,
      tbl text not null,
      key text not null,
      -- Null: it was deleted.
      row jsonb,
      xid xid8 not null default pg_current_xact_id()
    )
  `;
  await admin`
    create function witness.note() returns trigger
    language plpgsql security definer set search_path = pg_catalog as $$
    declare
      it jsonb := case when tg_op = 'DELETE' then to_jsonb(old) else to_jsonb(new) end;
    begin
      insert into witness.row_version (tbl, key, row)
      values (tg_table_name, (select string_agg(it ->> name, ' ' order by nr) from unnest(tg_argv) with ordinality a (name, nr)),
        case when tg_op = 'DELETE' then null else it end);
      return null;
    end $$
  `;
  await admin`
    do $$
    declare
      t record;
    begin
      for t in
        select c.relname as name, string_agg(quote_literal(a.attname), ', ' order by a.attnum) as keys
        from pg_class c
        join pg_index i on i.indrelid = c.oid and i.indisprimary
        join pg_attribute a on a.attrelid = c.oid and a.attnum = any (i.indkey)
        where c.relnamespace = 'public'::regnamespace and c.relkind = 'r' and not c.relispartition
          and c.relname not in ('outbox', 'event_head', 'access_head', 'access_log', 'history', 'node', 'schema_migration',
            'session_socket', 'session_end', 'session_end_receipt', 'errand')
        group by c.relname
      loop
        execute format('create trigger witness after insert or update or delete on public.%I
          for each row execute function witness.note(%s)', t.name, t.keys);
        -- What is there already, as if it had just been written.
        execute format('insert into witness.row_version (tbl, key, row)
          select %L, (select string_agg(to_jsonb(r) ->> name, '' '' order by nr)
            from unnest(array[%s]) with ordinality a (name, nr)), to_jsonb(r) from public.%I r', t.name, t.keys, t.name);
      end loop;
    end $$
  `;
}

/** From when to when each version of each row was there. Made once, when everything is over. */
export async function makeSpans(admin: Sql): Promise<void> {
  await admin`drop table if exists witness.span`;
  await admin`
    create table witness.span as
    with last as (
      select distinct on (tbl, key, xid) n, tbl, key, row, xid from witness.row_version order by tbl, key, xid, n desc
    ), timed as (
      select *, pg_xact_commit_timestamp(xid::xid) as at from last
    )
    select tbl, key, row, xid, at as from_at, lead(at) over (partition by tbl, key order by n) as to_at from timed
  `;
  await admin`create index on witness.span (tbl, key)`;
  await admin`analyze witness.span`;
}

/** What decides who may see what, beside the records themselves. */
export const POLICY = [
  'user_account',
  'team',
  'team_member',
  'territory',
  'queue',
  'role',
  'role_assignment',
  'criteria',
  'sharing_rule',
  'restriction',
  'share',
  'object_baseline',
] as const;

/** Records whose seeing is looked into. */
export const RECORDS = ['pipeline', 'channel', 'tag', 'company', 'contact', 'product', 'deal', 'activity', 'ticket', 'message', 'note'] as const; // prettier-ignore
/** The oracle names them as well; nobody in the rig looks at them. */
const EMPTY = ['session', 'notification'] as const;

/** A schema with the same tables, empty, and a `now()` that says what it is told. */
export async function makeThen(admin: Sql): Promise<void> {
  await admin`drop schema if exists at_that_time cascade`;
  await admin`create schema at_that_time`;
  for (const table of [...POLICY, ...RECORDS, ...EMPTY])
    await admin`create table ${admin(`at_that_time.${table}`)} (like ${admin(`public.${table}`)})`;
  await admin`
    create function at_that_time.now() returns timestamptz language sql stable
    as $$ select current_setting('witness.now')::timestamptz $$
  `;
}

/** Fills these tables of that schema with what was there at `at`, a timestamp of Postgres with microseconds. */
export async function fillThen(then: Sql, tables: readonly string[], at: string): Promise<void> {
  await then`select set_config('witness.now', ${at}, false)`;
  for (const table of tables) {
    await then`delete from ${then(`at_that_time.${table}`)}`;
    await then`
      insert into ${then(`at_that_time.${table}`)}
      select r.* from witness.span s
      cross join lateral jsonb_populate_record(null::${then(`at_that_time.${table}`)}, s.row) r
      where s.tbl = ${table} and s.row is not null
        and s.from_at <= ${at}::timestamptz and coalesce(s.to_at, 'infinity') > ${at}::timestamptz
    `;
  }
}

/** The same for some rows, each as it stood at a time of its own. */
export async function fillRows(
  then: Sql,
  tables: readonly string[],
  rows: readonly { key: string; at: string }[],
): Promise<void> {
  const [keys, times] = [rows.map(({ key }) => key), rows.map(({ at }) => at)];
  for (const table of tables) {
    await then`delete from ${then(`at_that_time.${table}`)}`;
    await then`
      insert into ${then(`at_that_time.${table}`)}
      select r.* from unnest(${keys}::text[], ${times}::text[]::timestamptz[]) wanted (key, at)
      join witness.span s on s.tbl = ${table} and s.key = wanted.key and s.row is not null
        and s.from_at <= wanted.at and coalesce(s.to_at, 'infinity') > wanted.at
      cross join lateral jsonb_populate_record(null::${then(`at_that_time.${table}`)}, s.row) r
    `;
  }
}
