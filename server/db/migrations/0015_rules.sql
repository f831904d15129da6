-- Rules and restrictions are brought to the records that were there before: a chunk at a time, by whichever node comes.

-- The record up to which it has come, in the order of ids; starts anew when the id is to be taken off again.
alter table criteria add column reached_id uuid;
create index criteria_unfilled on criteria (created_at) where filled_at is null or retired_at is not null;

-- Criteria may be changed again before those they had just been changed to are filled: until then all of them hide.
alter table restriction add column former_ids uuid[] not null default '{}';
update restriction set former_ids = array[former_id] where former_id is not null;
alter table restriction drop column former_id;

-- Who last said what it hides, and from whom: that person may take it back.
alter table restriction add column said_by uuid references user_account (id);
update restriction set said_by = created_by;
