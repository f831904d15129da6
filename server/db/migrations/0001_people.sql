-- People, teams, the management tree, roles. Every table of a registry object carries the same frame:
-- id, version, touched {field: version}, custom, created_at, updated_at, deleted_at.

create table organisation (
  one boolean primary key default true check (one),
  name text not null default 'My organisation',
  -- The demo marks its store: such a store refuses production, DEMO=0 and a public address.
  demo boolean not null default false,
  created_at timestamptz(3) not null default now()
);
insert into organisation default values;

create table team (
  id uuid primary key,
  version bigint not null default 1,
  touched jsonb not null default '{}',
  custom jsonb not null default '{}',
  created_at timestamptz(3) not null default now(),
  updated_at timestamptz(3) not null default now(),
  deleted_at timestamptz(3),
  name text not null,
  parent_id uuid references team (id),
  lead_id uuid
);

create table user_account (
  id uuid primary key,
  version bigint not null default 1,
  touched jsonb not null default '{}',
  custom jsonb not null default '{}',
  created_at timestamptz(3) not null default now(),
  updated_at timestamptz(3) not null default now(),
  deleted_at timestamptz(3),
  name text not null,
  -- Empty for people who exist (as owners of imported records) but cannot sign in.
  email text,
  title text,
  manager_id uuid references user_account (id),
  team_id uuid references team (id),
  active boolean not null default true,
  time_zone text,
  check (manager_id <> id)
);
create unique index user_account_email on user_account (lower(email));
create index user_account_manager on user_account (manager_id);
create index user_account_team on user_account (team_id);
alter table team add foreign key (lead_id) references user_account (id);

-- Further teams of a person, beside the home team in user_account.team_id.
create table team_member (
  team_id uuid not null references team (id),
  user_id uuid not null references user_account (id),
  primary key (user_id, team_id)
);

create table role (
  id uuid primary key,
  version bigint not null default 1,
  name text not null,
  purpose text not null default '',
  grants jsonb not null default '{}',
  fields jsonb not null default '{}',
  system jsonb not null default '[]',
  -- Set for the roles that come with the product, by the key the program knows them by.
  built_in text unique,
  created_at timestamptz(3) not null default now(),
  updated_at timestamptz(3) not null default now()
);
create unique index role_name on role (lower(name));

-- Holds on database time between starts_at and ends_at; nothing has to run for it to end.
create table role_assignment (
  id uuid primary key,
  user_id uuid not null references user_account (id),
  role_id uuid not null references role (id),
  starts_at timestamptz(3) not null default now(),
  ends_at timestamptz(3),
  created_at timestamptz(3) not null default now(),
  unique (user_id, role_id)
);
create index role_assignment_role on role_assignment (role_id);

create table custom_field (
  id uuid primary key,
  object text not null,
  name text not null check (name ~ '^[a-z][a-z0-9_]{0,39}$'),
  kind text not null,
  label text not null,
  sensitivity text not null default 'normal' check (sensitivity in ('normal', 'sensitive', 'secret')),
  required boolean not null default false,
  choices jsonb not null default '[]',
  position int not null default 0,
  created_at timestamptz(3) not null default now(),
  unique (object, name)
);
