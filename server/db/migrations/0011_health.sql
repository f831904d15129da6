-- Tickets whose subject begins with what somebody types (server/records/findNamed.ts); the titles of other objects have one.
create index ticket_subject on ticket (subject collate "und-x-icu", id) where deleted_at is null;
