-- What is to be done is a tenth of all tickets, and what people look at all day. Indexes of that part alone are small, are
-- written when a ticket is opened and solved, and lead to the few rows of one person without a walk through what is long
-- solved. One for each fact that lets people read, in the order of the console.
create index ticket_undone on ticket (place collate "und-x-icu", id)
  where deleted_at is null and status <> 'resolved';
create index ticket_undone_created on ticket (created_at, id)
  where deleted_at is null and status <> 'resolved';
create index ticket_undone_last_message on ticket (last_message_at, id)
  where deleted_at is null and status <> 'resolved';
create index ticket_undone_queue on ticket (queue_id, place collate "und-x-icu", id)
  where deleted_at is null and status <> 'resolved';
create index ticket_undone_assignee on ticket (assignee_id, place collate "und-x-icu", id)
  where deleted_at is null and status <> 'resolved' and assignee_id is not null;
-- Those of nobody, apart: the store does not see that rows without a value in the first column are in the order of the next.
create index ticket_undone_nobodys on ticket (place collate "und-x-icu", id)
  where deleted_at is null and status <> 'resolved' and assignee_id is null;
drop index ticket_assignee;
create index ticket_assignee on ticket (assignee_id, status)
  where deleted_at is null and assignee_id is not null;
create index ticket_undone_team on ticket (team_id, place collate "und-x-icu", id)
  where deleted_at is null and status <> 'resolved';
create index ticket_undone_territory on ticket (territory_id, place collate "und-x-icu", id)
  where deleted_at is null and status <> 'resolved';
create index ticket_undone_participants on ticket using gin (participant_ids)
  where deleted_at is null and status <> 'resolved';
create index ticket_undone_policies on ticket using gin (policy_ids)
  where deleted_at is null and status <> 'resolved';
create index ticket_undone_tags on ticket using gin (tag_ids)
  where deleted_at is null and status <> 'resolved';
create index ticket_undone_mentioned on ticket using gin (mentioned_ids)
  where deleted_at is null and status <> 'resolved';

-- Whoever a ticket is given to and how it stands depend on each other: what is nobody's is not solved. Without this the
-- store takes the tickets of nobody for few, and fetches all of them to sort.
create statistics ticket_given (mcv) on assignee_id, status from ticket;
