create table pipeline (
  id uuid primary key,
  version bigint not null default 1,
  touched jsonb not null default '{}',
  custom jsonb not null default '{}',
  created_at timestamptz(3) not null default now(),
  updated_at timestamptz(3) not null default now(),
  deleted_at timestamptz(3),
  name text not null,
  stages jsonb not null,
  position int not null default 0
);

create table company (
  id uuid primary key,
  version bigint not null default 1,
  touched jsonb not null default '{}',
  custom jsonb not null default '{}',
  created_at timestamptz(3) not null default now(),
  updated_at timestamptz(3) not null default now(),
  deleted_at timestamptz(3),
  name text not null,
  industry text,
  website text,
  phone text,
  city text,
  country text,
  employees int,
  revenue numeric(15, 2),
  owner_id uuid references user_account (id),
  team_id uuid references team (id),
  about text
);
create index company_owner on company (owner_id) where deleted_at is null;
create index company_team on company (team_id) where deleted_at is null;
create index company_name on company (name collate "und-x-icu", id) where deleted_at is null;

create table contact (
  id uuid primary key,
  version bigint not null default 1,
  touched jsonb not null default '{}',
  custom jsonb not null default '{}',
  created_at timestamptz(3) not null default now(),
  updated_at timestamptz(3) not null default now(),
  deleted_at timestamptz(3),
  name text not null,
  job_title text,
  company_id uuid references company (id),
  email text,
  phone text,
  language text,
  owner_id uuid references user_account (id),
  team_id uuid references team (id),
  about text
);
create index contact_owner on contact (owner_id) where deleted_at is null;
create index contact_team on contact (team_id) where deleted_at is null;
create index contact_company on contact (company_id) where deleted_at is null;
create index contact_name on contact (name collate "und-x-icu", id) where deleted_at is null;

create table deal (
  id uuid primary key,
  version bigint not null default 1,
  touched jsonb not null default '{}',
  custom jsonb not null default '{}',
  created_at timestamptz(3) not null default now(),
  updated_at timestamptz(3) not null default now(),
  deleted_at timestamptz(3),
  title text not null,
  amount numeric(15, 2),
  pipeline_id uuid not null references pipeline (id),
  stage text not null,
  stage_since timestamptz(3) not null default now(),
  closes_on date,
  closed_at timestamptz(3),
  lost_reason text,
  company_id uuid references company (id),
  contact_id uuid references contact (id),
  owner_id uuid references user_account (id),
  team_id uuid references team (id),
  participant_ids uuid[] not null default '{}',
  source text,
  discount numeric(5, 2),
  margin numeric(5, 2),
  next_step text,
  next_activity_kind text,
  next_activity_at timestamptz(3)
);
create index deal_owner on deal (owner_id) where deleted_at is null;
create index deal_team on deal (team_id) where deleted_at is null;
create index deal_participants on deal using gin (participant_ids) where deleted_at is null;
create index deal_column on deal (pipeline_id, stage, stage_since desc, id) where deleted_at is null;
create index deal_company on deal (company_id) where deleted_at is null;
create index deal_contact on deal (contact_id) where deleted_at is null;

create table activity (
  id uuid primary key,
  version bigint not null default 1,
  touched jsonb not null default '{}',
  custom jsonb not null default '{}',
  created_at timestamptz(3) not null default now(),
  updated_at timestamptz(3) not null default now(),
  deleted_at timestamptz(3),
  kind text not null,
  subject text not null,
  body text,
  due_at timestamptz(3),
  done_at timestamptz(3),
  duration_min int,
  assignee_id uuid references user_account (id),
  deal_id uuid references deal (id),
  company_id uuid references company (id),
  contact_id uuid references contact (id),
  -- The parent's facts, copied by the write path.
  owner_id uuid references user_account (id),
  team_id uuid references team (id),
  participant_ids uuid[] not null default '{}',
  check (num_nonnulls(deal_id, company_id, contact_id) > 0)
);
create index activity_deal on activity (deal_id, created_at desc) where deleted_at is null;
create index activity_company on activity (company_id, created_at desc) where deleted_at is null;
create index activity_contact on activity (contact_id, created_at desc) where deleted_at is null;
create index activity_owner on activity (owner_id) where deleted_at is null;
create index activity_team on activity (team_id) where deleted_at is null;
