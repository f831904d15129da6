-- Somebody's lists are read off the records that one way lets them see, in the order of the list: a person's, a team's, a
-- territory's, a queue's. So the indexes of these go on with the order that lists have by themselves; those of tickets say
-- beside that how each stands, so that many are counted without a look at the rows. As many indexes as before are written,
-- but for the queues' tickets by their age and their last message.
drop index ticket_queue;
create index ticket_queue on ticket (queue_id, place collate "und-x-icu", id) include (status) where deleted_at is null;
drop index ticket_assignee;
create index ticket_assignee on ticket (assignee_id, place collate "und-x-icu", id) include (status)
  where deleted_at is null and assignee_id is not null;
drop index ticket_team;
create index ticket_team on ticket (team_id, place collate "und-x-icu", id) include (status) where deleted_at is null;
drop index ticket_territory;
create index ticket_territory on ticket (territory_id, place collate "und-x-icu", id) include (status)
  where deleted_at is null;
create index ticket_queue_created on ticket (queue_id, created_at desc, id) where deleted_at is null;
create index ticket_undone_queue_created on ticket (queue_id, created_at desc, id)
  where deleted_at is null and status <> 'resolved';
create index ticket_undone_queue_last_message on ticket (queue_id, last_message_at desc, id)
  where deleted_at is null and status <> 'resolved';

drop index deal_owner;
create index deal_owner on deal (owner_id, stage_since desc, id) where deleted_at is null;
drop index deal_team;
create index deal_team on deal (team_id, stage_since desc, id) where deleted_at is null;
drop index deal_territory;
create index deal_territory on deal (territory_id, stage_since desc, id) where deleted_at is null;

drop index company_owner;
create index company_owner on company (owner_id, name collate "und-x-icu", id) where deleted_at is null;
drop index company_team;
create index company_team on company (team_id, name collate "und-x-icu", id) where deleted_at is null;
drop index company_territory;
create index company_territory on company (territory_id, name collate "und-x-icu", id) where deleted_at is null;

-- The latest come first, and among those of one moment the first id: an index that has them just so is read row by row, and
-- one that is read backwards in heaps that are sorted first.
drop index ticket_created;
create index ticket_created on ticket (created_at desc, id) where deleted_at is null;
drop index ticket_last_message;
create index ticket_last_message on ticket (last_message_at desc, id) where deleted_at is null;
drop index ticket_undone_created;
create index ticket_undone_created on ticket (created_at desc, id)
  where deleted_at is null and status <> 'resolved';
drop index ticket_undone_last_message;
create index ticket_undone_last_message on ticket (last_message_at desc, id)
  where deleted_at is null and status <> 'resolved';
drop index deal_since;
create index deal_since on deal (stage_since desc, id) where deleted_at is null;
