-- Files that people bring in: the record of each, the file itself, and what became of its rows.

create table data_import (
  id uuid primary key,
  version bigint not null default 1,
  touched jsonb not null default '{}',
  custom jsonb not null default '{}',
  created_at timestamptz(3) not null default now(),
  updated_at timestamptz(3) not null default now(),
  deleted_at timestamptz(3),
  name text not null,
  object text not null,
  owner_id uuid not null references user_account (id),
  status text not null,
  bytes int not null default 0,
  rows int,
  gone_through int not null default 0,
  created int not null default 0,
  updated int not null default 0,
  same int not null default 0,
  refused int not null default 0,
  kept int not null default 0,
  problem text,
  started_at timestamptz(3),
  finished_at timestamptz(3)
);
create index data_import_owner on data_import (owner_id, created_at desc) where deleted_at is null;

-- How it is read and mapped (shared/protocol/imports.ts), what was found, and whose turn it is to go on with it.
create table import_plan (
  import_id uuid primary key references data_import (id) on delete cascade,
  map jsonb,
  result jsonb,
  leased_by text,
  leased_until timestamptz(3)
);

-- The file as it came, in pieces.
create table import_piece (
  import_id uuid not null references data_import (id) on delete cascade,
  position int not null,
  bytes bytea not null,
  primary key (import_id, position)
);
