-- Territories that fill themselves by rules on company fields, and work on many records that goes on in the background.

alter table company add column postcode text;
-- Somebody has chosen the territory: rules and owners leave it as it is.
alter table company add column territory_fixed boolean;

-- Which companies belong to a territory. `filter` as in the filter of a list of companies.
create table territory_rule (
  territory_id uuid primary key references territory (id),
  filter jsonb not null,
  created_at timestamptz(3) not null default now(),
  updated_at timestamptz(3) not null default now()
);

-- What the program does bit by bit on somebody's behalf, with the rights that this person has then. Any node takes it up.
create table errand (
  id uuid primary key,
  kind text not null check (kind in ('fill_territories', 'take_along')),
  -- Whom it is about: the person whose records go along.
  about_id uuid,
  asked_by uuid not null references user_account (id),
  status text not null default 'running' check (status in ('running', 'done', 'failed')),
  -- How far it is, of how many records; `total` is empty before it begins.
  done int not null default 0,
  changed int not null default 0,
  total int,
  -- Where it goes on.
  at_object text,
  at_id uuid,
  problem text,
  leased_by text,
  leased_until timestamptz(3),
  created_at timestamptz(3) not null default now(),
  finished_at timestamptz(3)
);
create index errand_running on errand (created_at) where status = 'running';
create index errand_about on errand (kind, about_id, created_at desc);
-- One at a time of a kind for one and the same.
create unique index errand_one on errand (kind, coalesce(about_id, '00000000-0000-0000-0000-000000000000'))
  where status = 'running';

create index role_assignment_within on role_assignment (within_id) where within_id is not null;
create index team_parent on team (parent_id);
create index team_member_team on team_member (team_id);
