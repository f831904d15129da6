-- Who is named in a record, and which policies open or hide it, is asked of these indexes by every list. By itself such an
-- index collects what is new in a heap that every reader goes through, up to 4 MB of it, until somebody tidies up.
do $$
declare
  name text;
begin
  foreach name in array array['deal_participants', 'ticket_participants', 'ticket_mentioned', 'ticket_tags',
    'company_policies', 'contact_policies', 'product_policies', 'deal_policies', 'ticket_policies',
    'ticket_undone_participants', 'ticket_undone_policies', 'ticket_undone_tags', 'ticket_undone_mentioned']
  loop
    execute format('alter index %I set (fastupdate = off)', name);
    perform gin_clean_pending_list(name::regclass);
  end loop;
end $$;

-- The other orders that lists of companies offer.
create index company_industry on company (industry collate "C", id) where deleted_at is null;
create index company_city on company (city collate "und-x-icu", id) where deleted_at is null;
create index company_country on company (country collate "und-x-icu", id) where deleted_at is null;
create index company_employees on company (employees, id) where deleted_at is null;
