-- One log. A change of a record appends to the outbox in its own transaction; sequence_batch() moves the outbox into
-- event_log with a gapless seq, and writes history in the same stroke.

create table access_head (
  one boolean primary key default true check (one),
  seq bigint not null default 0
);
insert into access_head default values;

-- Changes of policy, in commit order (the head row is bumped last). users is null where everyone is concerned.
create table access_log (
  seq bigint primary key,
  at timestamptz(3) not null default clock_timestamp(),
  users uuid[],
  cause text not null,
  actor_id uuid
);

create table outbox (
  id bigint generated always as identity (cache 1) primary key,
  object text not null,
  record_id uuid not null,
  op text not null check (op in ('create', 'update', 'delete', 'restore')),
  version bigint not null,
  after jsonb not null,
  old jsonb not null,
  access_seq bigint not null,
  actor_id uuid,
  request_id text,
  at timestamptz(3) not null default clock_timestamp(),
  -- Whether the change belongs into history (a session's "last seen" does not).
  keep boolean not null default true
);

create table event_log (
  seq bigint primary key,
  outbox_id bigint not null,
  object text not null,
  record_id uuid not null,
  op text not null,
  version bigint not null,
  after jsonb not null,
  old jsonb not null,
  access_seq bigint not null,
  actor_id uuid,
  request_id text,
  at timestamptz(3) not null
) partition by range (seq);

create table event_head (
  one boolean primary key default true check (one),
  -- Changes when a store is restored: cursors of another epoch mean nothing.
  epoch uuid not null default gen_random_uuid(),
  seq bigint not null default 0,
  -- Outbox ids up to here are moved, and no transaction that drew one of them is still open.
  floor bigint not null default 0,
  -- A candidate for the next floor, and the transaction id before which all must be over for it to become one.
  mark_id bigint not null default 0,
  mark_xid xid8 not null default '0'
);
insert into event_head default values;

create table history (
  object text not null,
  record_id uuid not null,
  seq bigint not null,
  version bigint not null,
  op text not null,
  at timestamptz(3) not null,
  actor_id uuid,
  -- {field: [before, after]}
  changes jsonb not null,
  primary key (object, record_id, seq)
);

-- Partitions of a million events, each made when the first event of its range comes.
create function event_partition(wanted bigint) returns void
language plpgsql security definer set search_path = pg_catalog, public as $$
declare
  n bigint := wanted / 1000000;
  name text := 'event_log_' || n;
begin
  if to_regclass('public.' || name) is null then
    execute format('create table public.%I partition of public.event_log for values from (%s) to (%s)',
      name, n * 1000000, (n + 1) * 1000000);
  end if;
end $$;
select event_partition(0);

-- Moves up to max_rows committed outbox rows into the log, in order of outbox id. Any node may call it at any time:
-- the head row lets one through, the others return at once with moved = -1.
-- Why the order is right: an outbox id is drawn after the record's row lock is held, so two changes of one record have
-- ids in their order; a row that commits late simply gets a later seq.
create function sequence_batch(max_rows int default 1000) returns table (head bigint, moved int)
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

  -- The scan may start higher once every transaction that could still hold a lower id is over: rows moved leave dead
  -- tuples behind, which a long backup keeps from being cleaned away. In three steps, each a call of its own: note how
  -- far ids are drawn; note a transaction id that is later than that of whoever has drawn one of those (a snapshot has
  -- none: its xmax is only past the last one that ended); wait until everyone before it is over.
  if n < max_rows then
    if h.mark_id <= h.floor then
      select case when is_called then last_value else 0 end, '0' into h.mark_id, h.mark_xid from outbox_id_seq;
    elsif h.mark_xid = '0' then
      if fresh then h.mark_xid := pg_current_xact_id(); end if;
    elsif h.mark_xid <= horizon then
      h.floor := h.mark_id;
      h.mark_xid := '0';
    end if;
  end if;
  update event_head e set seq = e.seq + n, floor = h.floor, mark_id = h.mark_id, mark_xid = h.mark_xid
    where n > 0 or e.floor <> h.floor or e.mark_id <> h.mark_id or e.mark_xid <> h.mark_xid;
  return query select h.seq + n, n;
end $$;

-- One answer per key and person; the replay reads the record anew, with the rights of now.
create table idempotency (
  user_id uuid not null,
  key text not null,
  request_hash text not null,
  object text not null,
  record_id uuid not null,
  status int not null,
  at timestamptz(3) not null default now(),
  primary key (user_id, key)
);
create index idempotency_at on idempotency (at);
