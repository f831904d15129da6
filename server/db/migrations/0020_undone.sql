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
-- Those of nobody too.
create index ticket_undone_assignee on ticket (assignee_id, place collate "und-x-icu", id)
  where deleted_at is null and status <> 'resolved';
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
