-- What everyone signed in may do with the records of an object, without any role; where nothing is said, nothing.
create table object_baseline (
  object text primary key,
  baseline text not null check (baseline in ('read', 'edit')),
  updated_at timestamptz(3) not null default now()
);
