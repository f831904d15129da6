-- What is sold, which deals name; companies that belong to companies; and ids that records have in other systems.

create table product (
  id uuid primary key,
  version bigint not null default 1,
  touched jsonb not null default '{}',
  custom jsonb not null default '{}',
  created_at timestamptz(3) not null default now(),
  updated_at timestamptz(3) not null default now(),
  deleted_at timestamptz(3),
  name text not null,
  code text,
  series text,
  price numeric(15, 2),
  active boolean not null default true,
  owner_id uuid references user_account (id),
  team_id uuid references team (id),
  about text,
  external_id text
);
create index product_owner on product (owner_id) where deleted_at is null;
create index product_team on product (team_id) where deleted_at is null;
create index product_name on product (name collate "und-x-icu", id) where deleted_at is null;

alter table deal add column product_id uuid references product (id), add column external_id text;
create index deal_product on deal (product_id) where deleted_at is null;

alter table company add column parent_id uuid references company (id), add column external_id text;
create index company_parent on company (parent_id) where deleted_at is null;

alter table contact add column external_id text;
alter table ticket add column external_id text;

-- A look-up, no constraint: the same id may come from two systems.
create index product_external_id on product (external_id) where external_id is not null and deleted_at is null;
create index company_external_id on company (external_id) where external_id is not null and deleted_at is null;
create index contact_external_id on contact (external_id) where external_id is not null and deleted_at is null;
create index deal_external_id on deal (external_id) where external_id is not null and deleted_at is null;
create index ticket_external_id on ticket (external_id) where external_id is not null and deleted_at is null;
