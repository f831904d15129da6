-- What search and order need at size. Of each row the indexes are kept by every write: only what people ask is indexed.

-- All pairs of letters that stand side by side in a text, small; signs and letters beyond ASCII also alone, since one of
-- these can be a whole word. A text that contains a term has all pairs of the term, so that an index of the pairs finds the
-- candidates: for terms of two letters, and in scripts that know no spaces, where trigrams find nothing. Needs no
-- extension, so nothing that the migrating role might not be allowed.
-- Expensive for the planner's eyes: it is to be looked up in the index, never worked out row by row.
create function search_pairs(t text) returns text[]
language plpgsql immutable strict parallel safe cost 500 as $$
declare
  letters text[] := string_to_array(lower(t collate "und-x-icu"), null);
  pairs text[] := '{}';
begin
  for i in 1 .. cardinality(letters) loop
    if strpos('abcdefghijklmnopqrstuvwxyz0123456789 ', letters[i]) = 0 then pairs := pairs || letters[i]; end if;
    if i < cardinality(letters) then pairs := pairs || (letters[i] || letters[i + 1]); end if;
  end loop;
  return pairs;
end $$;

-- Not partial: of a partial index the planner takes no statistics, and how rare a pair is decides everything. Without a
-- list of what is pending, which every search would have to read through after a bulk.
create index deal_title_pairs on deal using gin (search_pairs(title)) with (fastupdate = off);
create index ticket_subject_pairs on ticket using gin (search_pairs(subject)) with (fastupdate = off);
create index ticket_customer_name_pairs on ticket using gin (search_pairs(customer_name)) with (fastupdate = off);
create index company_name_pairs on company using gin (search_pairs(name)) with (fastupdate = off);
create index company_city_pairs on company using gin (search_pairs(city)) with (fastupdate = off);
create index company_website_pairs on company using gin (search_pairs(website)) with (fastupdate = off);
create index contact_name_pairs on contact using gin (search_pairs(name)) with (fastupdate = off);
create index contact_job_title_pairs on contact using gin (search_pairs(job_title)) with (fastupdate = off);
create index contact_email_pairs on contact using gin (search_pairs(email)) with (fastupdate = off);

-- The orders that lists offer. One for both directions: read backwards, rows that are equal but for their id are sorted.
create index deal_since on deal (stage_since, id) where deleted_at is null;
create index deal_title on deal (title collate "und-x-icu", id) where deleted_at is null;
create index deal_amount on deal (amount, id) where deleted_at is null;
create index deal_closes_on on deal (closes_on, id) where deleted_at is null;
create index contact_job_title on contact (job_title collate "und-x-icu", id) where deleted_at is null;
create index contact_email on contact (email collate "und-x-icu", id) where deleted_at is null;
create index contact_phone on contact (phone collate "und-x-icu", id) where deleted_at is null;
create index ticket_place on ticket (place collate "und-x-icu", id) where deleted_at is null;
create index ticket_created on ticket (created_at, id) where deleted_at is null;
create index ticket_last_message on ticket (last_message_at, id) where deleted_at is null;

-- What a board adds up: without a look at the rows themselves.
create index deal_totals on deal (pipeline_id, stage) include (amount) where deleted_at is null;
