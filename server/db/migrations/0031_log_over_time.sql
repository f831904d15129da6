-- The log over time: how far each reader has come, what of it may go, and how a restored store is told from the one before.

-- How far this node has read the log; null until it has said so.
alter table node add column read_to bigint;

-- Further readers, each with a position of its own and tied to no process. What one of them has yet to read is kept.
create table log_reader (
  name text primary key,
  seq bigint not null,
  at timestamptz(3) not null default clock_timestamp()
);

create or replace function event_partition(wanted bigint) returns void
language plpgsql security definer set search_path = pg_catalog, public as $$
declare
  n bigint := wanted / 1000000;
  name text := 'event_log_' || n;
begin
  if to_regclass('public.' || name) is null then
    -- Made apart and attached: one made in its place shuts the log to its readers, so it would wait for any that is slow,
    -- a backup for hours, and all others behind it.
    execute format('create table public.%I (like public.event_log including all)', name);
    execute format('alter table public.event_log attach partition public.%I for values from (%s) to (%s)',
      name, n * 1000000, (n + 1) * 1000000);
  end if;
end $$;

-- Drops what every reader has passed and what is older than `kept`; answers how many partitions. A reader has passed one
-- when it has read something of a later one, so that the last event it read is always there to go on from.
-- Shuts the log for a moment, and so gives up at once where somebody reads for long: the next turn tries again.
create function prune_log(kept interval) returns int
language plpgsql security definer set search_path = pg_catalog, public set lock_timeout = '50ms' as $$
declare
  passed bigint := least(
    (select seq from event_head), (select min(read_to) from node), (select min(seq) from log_reader));
  last timestamptz;
  dropped int := 0;
  part record;
begin
  for part in
    select inhrelid::regclass as name, substring(inhrelid::regclass::text from '\d+$')::bigint as n
    from pg_inherits where inhparent = 'event_log'::regclass order by n
  loop
    exit when (part.n + 1) * 1000000 > passed;
    execute format('select at from %s order by seq desc limit 1', part.name) into last;
    exit when last > now() - kept;
    execute format('drop table %s', part.name);
    dropped := dropped + 1;
  end loop;
  return dropped;
exception when lock_not_available then
  return 0;
end $$;

-- Which log this is, and where it lies: a dump that was brought back, a recovery up to some moment, and a standby that took
-- over each make another place of it. Some hosted servers keep the one or the other to themselves; the rest must do there.
create function log_place() returns text
language plpgsql stable set search_path = pg_catalog, public as $$
declare
  place text := concat_ws('.', (select epoch from event_head), 'event_head'::regclass::oid,
    (select oid from pg_database where datname = current_database()));
begin
  begin
    place := place || '.' || (select system_identifier from pg_control_system());
  exception when insufficient_privilege or undefined_function or feature_not_supported then null;
  end;
  begin
    place := place || '.' || left(pg_walfile_name(pg_current_wal_insert_lsn()), 8);
  exception when insufficient_privilege or undefined_function or feature_not_supported then null;
  end;
  return place;
end $$;

-- What clients' positions are good for: the log at this place, since the server was started. The start is in it because
-- files that were copied back while it was down say nothing of it. Nodes that lived through the start look whether the
-- log still holds what they have seen, and then go on serving whoever is still connected.
create function log_epoch() returns text
language sql stable set search_path = pg_catalog, public as $$
  select md5(log_place() || '.' || extract(epoch from pg_postmaster_start_time()))
$$;

-- What tells an event from any other that might come to have its seq in a restored store.
create function event_tag(event_log) returns text
language sql stable set search_path = pg_catalog, public as $$
  select concat_ws('.', $1.outbox_id, $1.record_id, $1.version, extract(epoch from $1.at))
$$;

-- As before (0002), but for a mark that comes from another cluster.
create or replace function sequence_batch(max_rows int default 1000) returns table (head bigint, moved int)
language plpgsql security definer set search_path = pg_catalog, public as $$
declare
  h event_head;
  n int;
  -- Whether our own transaction id will be drawn only now, with the lock on the head row.
  fresh boolean := pg_current_xact_id_if_assigned() is null;
  horizon xid8 := pg_snapshot_xmin(pg_current_snapshot());
begin
  select * into h from event_head for update skip locked;
  if not found then
    return query select null::bigint, -1;
    return;
  end if;
  perform event_partition(h.seq + max_rows);

  -- A statement of its own, so that it sees everything committed by the time the head row was ours.
  with gone as (
    delete from outbox
    where id = any (array(select o.id from outbox o where o.id > h.floor order by o.id limit max_rows))
    returning *
  ), numbered as (
    select h.seq + row_number() over (order by gone.id) as seq, gone.* from gone
  ), logged as (
    insert into event_log
      (seq, outbox_id, object, record_id, op, version, after, old, access_seq, actor_id, request_id, at)
    select seq, id, object, record_id, op, version, after, old, access_seq, actor_id, request_id, at from numbered
  ), remembered as (
    insert into history (object, record_id, seq, version, op, at, actor_id, changes)
    select object, record_id, seq, version, op, at, actor_id,
      case op
        when 'create' then (
          select coalesce(jsonb_object_agg(key, jsonb_build_array(null, value)), '{}') from jsonb_each(after)
          where value <> 'null' and key not in ('id', 'version', 'created_at', 'deleted_at'))
        else (
          select coalesce(jsonb_object_agg(key, jsonb_build_array(value, after -> key)), '{}') from jsonb_each(old)
          where key <> 'deleted_at')
      end
    from numbered where keep
  )
  select count(*) into n from numbered;

  -- The floor rises in three steps, each a call of its own, as 0002 tells.
  if n < max_rows then
    if h.mark_id <= h.floor then
      select case when is_called then last_value else 0 end, '0' into h.mark_id, h.mark_xid from outbox_id_seq;
    elsif h.mark_xid = '0' then
      if fresh then h.mark_xid := pg_current_xact_id(); end if;
    elsif h.mark_xid <= horizon then
      h.floor := h.mark_id;
      h.mark_xid := '0';
    elsif h.mark_xid > pg_snapshot_xmax(pg_current_snapshot()) then
      -- Noted where more transactions had been than here, before a dump was brought here: it might never be reached.
      h.mark_xid := '0';
    end if;
  end if;
  update event_head e set seq = e.seq + n, floor = h.floor, mark_id = h.mark_id, mark_xid = h.mark_xid
    where n > 0 or e.floor <> h.floor or e.mark_id <> h.mark_id or e.mark_xid <> h.mark_xid;
  return query select h.seq + n, n;
end $$;
