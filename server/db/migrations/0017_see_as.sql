-- Who looks at the product as somebody else, or as a role: read only, for as long as their session lasts or until they
-- end it.

create table see_as (
  id uuid primary key,
  session_id uuid not null,
  viewer_id uuid not null references user_account (id),
  -- As whom, or as which role.
  user_id uuid references user_account (id),
  role_id uuid references role (id) on delete cascade,
  why text,
  started_at timestamptz(3) not null default now(),
  ended_at timestamptz(3),
  check ((user_id is null) <> (role_id is null))
);
create unique index see_as_open on see_as (session_id, coalesce(user_id, role_id)) where ended_at is null;
create index see_as_role on see_as (role_id) where ended_at is null and role_id is not null;

-- Whoever looks as a role is meant with its holders: what opens records to these opens them to that look.
create or replace function people_meant(targets uuid[]) returns setof uuid language sql stable as $$
  select id from user_account where id = any (targets) or territory_ids && targets
  union
  select user_id from team_person where team_id = any (targets)
  union
  select user_id from held_role
  where role_id = any (targets) and starts_at <= statement_timestamp()
    and (ends_at is null or ends_at > statement_timestamp())
  union
  select viewer_id from see_as where role_id = any (targets) and ended_at is null
$$;
