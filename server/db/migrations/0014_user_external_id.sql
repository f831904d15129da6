-- Ids that people and activities have in other systems, as companies, contacts, deals, products and tickets keep them.

alter table user_account add column external_id text;
alter table activity add column external_id text;

-- A look-up, no constraint: the same id may come from two systems.
create index user_external_id on user_account (external_id) where external_id is not null and deleted_at is null;
create index activity_external_id on activity (external_id) where external_id is not null and deleted_at is null;
