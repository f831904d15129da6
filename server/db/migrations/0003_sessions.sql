-- Who is signed in, on which node, and the proof that an end has arrived everywhere.

create table credential (
  user_id uuid primary key references user_account (id),
  password_hash text not null,
  changed_at timestamptz(3) not null default now()
);

create table session (
  -- The public id, for lists and addresses; it opens nothing.
  id uuid primary key,
  version bigint not null default 1,
  touched jsonb not null default '{}',
  custom jsonb not null default '{}',
  created_at timestamptz(3) not null default now(),
  updated_at timestamptz(3) not null default now(),
  deleted_at timestamptz(3),
  -- SHA-256 of the bearer token; the token itself is only ever in the cookie.
  token_hash text not null unique,
  user_id uuid not null references user_account (id),
  device text,
  address text,
  method text,
  seen_at timestamptz(3) not null default now(),
  idle_expires_at timestamptz(3) not null,
  expires_at timestamptz(3) not null,
  sockets int not null default 0,
  ended_at timestamptz(3),
  end_reason text,
  ended_by_id uuid references user_account (id)
);
create index session_of_user on session (user_id) where ended_at is null;
create index session_open on session (seen_at) where ended_at is null;

create table node (
  id text primary key,
  started_at timestamptz(3) not null default now(),
  seen_at timestamptz(3) not null default now()
);

create table session_socket (
  session_id uuid not null references session (id),
  node_id text not null references node (id) on delete cascade,
  sockets int not null,
  primary key (session_id, node_id)
);

-- One act of ending one or more sessions, and each node's word that its sockets of them are closed.
create table session_end (
  id uuid primary key,
  sessions uuid[] not null,
  reason text not null,
  at timestamptz(3) not null default clock_timestamp()
);
create index session_end_at on session_end (at);

create table session_end_receipt (
  end_id uuid not null references session_end (id) on delete cascade,
  node_id text not null,
  sockets int not null,
  at timestamptz(3) not null default clock_timestamp(),
  primary key (end_id, node_id)
);

-- A single-use link; only the hash of its token is kept.
create table invitation (
  token_hash text primary key,
  purpose text not null check (purpose in ('first_administrator', 'invite')),
  user_id uuid references user_account (id),
  created_at timestamptz(3) not null default now(),
  expires_at timestamptz(3) not null,
  used_at timestamptz(3)
);

-- What happened, for auditors. The program may add and read, never change (see server/db/migrate.ts).
create table audit_entry (
  id bigint generated always as identity primary key,
  at timestamptz(3) not null default clock_timestamp(),
  actor_id uuid,
  action text not null,
  object text,
  target_id uuid,
  before jsonb,
  after jsonb,
  address text,
  request_id text
);
create index audit_entry_target on audit_entry (target_id, id);
create index audit_entry_actor on audit_entry (actor_id, id);
