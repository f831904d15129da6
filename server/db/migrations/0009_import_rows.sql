-- What became of each row of a file, what was written for it, and how far an import has come.

-- A file is kept as it comes in, before there is an import to it: one whose sender went away is forgotten after a day.
alter table import_piece drop constraint import_piece_import_id_fkey;
alter table import_piece add column kept_at timestamptz(3) not null default now();

alter table import_plan
  -- What it does, or did last: `check`, `run`, `undo`.
  add column doing text,
  -- Rows come first, then the links between them (`links`).
  add column phase text not null default 'rows',
  -- Rows of the file gone through: where it goes on.
  add column at int not null default 0,
  add column forgotten_at timestamptz(3);

create table import_row (
  import_id uuid not null references data_import (id) on delete cascade,
  -- Of a check, and not of a run.
  dry boolean not null,
  line int not null,
  -- `create`, `update`, `same`, `skip`, `refuse`
  outcome text not null,
  record_id uuid,
  -- By what it is known, and a digest of all it says: the same key twice in a file is one record.
  key text,
  digest text,
  -- Relations to records that may come later in the file.
  links jsonb,
  -- [{column, reason, taken}]
  problems jsonb,
  -- Of refused rows: the cells as they stand in the file.
  cells jsonb,
  primary key (import_id, dry, line)
);
create index import_row_key on import_row (import_id, dry, key) where key is not null;
create index import_row_links on import_row (import_id, dry, line) where links is not null;

-- In the order of writing, so that it can be taken back in reverse.
create table import_write (
  import_id uuid not null references data_import (id) on delete cascade,
  position bigint generated always as identity,
  line int not null,
  object text not null,
  record_id uuid not null,
  -- Version that the import left behind.
  version bigint not null,
  -- Of an updated record: its fields as they were. Null: it was created.
  before jsonb,
  -- Once it was to be taken back: `undone` or `kept`, and why.
  fate text,
  reason text,
  primary key (import_id, position)
);
create index import_write_open on import_write (import_id, position) where fate is null;
create index import_write_record on import_write (import_id, record_id);

-- Records are found by the texts of a file, small and capital letters alike.
create index company_found_name on company (lower(btrim(name)));
create index contact_found_email on contact (lower(btrim(email)));
create index contact_found_name on contact (lower(btrim(name)));
