-- Every way to be entitled: territories, roles for teams, administration of a part, sharing rules, shares, restrictions.

create table territory (
  id uuid primary key,
  version bigint not null default 1,
  touched jsonb not null default '{}',
  custom jsonb not null default '{}',
  created_at timestamptz(3) not null default now(),
  updated_at timestamptz(3) not null default now(),
  deleted_at timestamptz(3),
  name text not null,
  parent_id uuid references territory (id)
);
create index territory_parent on territory (parent_id);

-- The first is the home territory: records go there with their owner.
alter table user_account add column territory_ids uuid[] not null default '{}';
create index user_account_territories on user_account using gin (territory_ids);

-- Who belongs to which team, by home team or besides.
create view team_person as
  select team_id, id as user_id from user_account where team_id is not null
  union
  select team_id, user_id from team_member;

-- A role is held by a person or by everyone in a team. `within_id`: its system permissions reach that team and those
-- below it only.
alter table role_assignment alter column user_id drop not null;
alter table role_assignment add column team_id uuid references team (id);
alter table role_assignment add column within_id uuid references team (id);
alter table role_assignment add check ((user_id is null) <> (team_id is null));
create unique index role_assignment_team on role_assignment (team_id, role_id) where team_id is not null;

-- Roles whose holders may, within their part, give away the roles named here.
alter table role add column hands_out jsonb not null default '[]';

create view held_role as
  select id, user_id, role_id, within_id, starts_at, ends_at from role_assignment where user_id is not null
  union all
  select a.id, p.user_id, a.role_id, a.within_id, a.starts_at, a.ends_at
  from role_assignment a join team_person p on p.team_id = a.team_id;

-- What rules and restrictions look for. Its id stands in `policy_ids` of every record that fulfils it; other criteria
-- get another id, so that what they open is taken away before anything is given.
create table criteria (
  id uuid primary key,
  object text not null,
  -- As in the filter of a list.
  filter jsonb not null,
  -- Set once every record that fulfilled it when it was made carries the id.
  filled_at timestamptz(3),
  -- Set when nothing looks for it any more; the id is then taken off the records.
  retired_at timestamptz(3),
  -- How far the work is, of how many records; empty before it begins.
  done int,
  total int,
  created_at timestamptz(3) not null default now()
);
create index criteria_object on criteria (object);

create table sharing_rule (
  id uuid primary key,
  version bigint not null default 1,
  name text not null,
  object text not null,
  criteria_id uuid not null references criteria (id),
  to_kind text not null check (to_kind in ('user', 'team', 'role', 'territory')),
  to_id uuid not null,
  level text not null check (level in ('read', 'edit')),
  active boolean not null default true,
  created_by uuid references user_account (id),
  created_at timestamptz(3) not null default now(),
  updated_at timestamptz(3) not null default now()
);
create index sharing_rule_to on sharing_rule (to_id);

create table restriction (
  id uuid primary key,
  version bigint not null default 1,
  name text not null,
  object text not null,
  criteria_id uuid not null references criteria (id),
  -- After the criteria have changed: hides as well until the new ones are filled.
  former_id uuid references criteria (id),
  -- Roles from whose holders it hides nothing.
  except_roles uuid[] not null default '{}',
  active boolean not null default true,
  created_by uuid references user_account (id),
  created_at timestamptz(3) not null default now(),
  updated_at timestamptz(3) not null default now()
);

-- One record opened to somebody. Its id stands in `policy_ids` of the record.
create table share (
  id uuid primary key,
  object text not null,
  record_id uuid not null,
  to_kind text not null check (to_kind in ('user', 'team', 'role', 'territory')),
  to_id uuid not null,
  level text not null check (level in ('read', 'edit')),
  -- On database time; nothing has to run for it to end.
  ends_at timestamptz(3),
  given_by uuid references user_account (id),
  created_at timestamptz(3) not null default now(),
  unique (object, record_id, to_id)
);
create index share_to on share (to_id);
create index share_ends on share (ends_at) where ends_at is not null;

-- Everyone whom a share or a rule with that target reaches now: the person, the team's people, a role's holders, those
-- who work in the territory.
create function people_meant(targets uuid[]) returns setof uuid language sql stable as $$
  select id from user_account where id = any (targets) or territory_ids && targets
  union
  select user_id from team_person where team_id = any (targets)
  union
  select user_id from held_role
  where role_id = any (targets) and starts_at <= statement_timestamp()
    and (ends_at is null or ends_at > statement_timestamp())
$$;

-- The facts of a record that these ways look at.
alter table company add column territory_id uuid references territory (id);
alter table contact add column territory_id uuid references territory (id);
alter table deal add column territory_id uuid references territory (id);
alter table ticket add column territory_id uuid references territory (id);
alter table activity add column territory_id uuid references territory (id);
alter table message add column territory_id uuid references territory (id);
alter table note add column territory_id uuid references territory (id);
create index company_territory on company (territory_id) where deleted_at is null;
create index contact_territory on contact (territory_id) where deleted_at is null;
create index deal_territory on deal (territory_id) where deleted_at is null;
create index ticket_territory on ticket (territory_id) where deleted_at is null;

alter table company add column policy_ids uuid[] not null default '{}';
alter table contact add column policy_ids uuid[] not null default '{}';
alter table product add column policy_ids uuid[] not null default '{}';
alter table deal add column policy_ids uuid[] not null default '{}';
alter table ticket add column policy_ids uuid[] not null default '{}';
alter table activity add column policy_ids uuid[] not null default '{}';
alter table message add column policy_ids uuid[] not null default '{}';
alter table note add column policy_ids uuid[] not null default '{}';
create index company_policies on company using gin (policy_ids);
create index contact_policies on contact using gin (policy_ids);
create index product_policies on product using gin (policy_ids);
create index deal_policies on deal using gin (policy_ids);
create index ticket_policies on ticket using gin (policy_ids);
