-- Roles that nobody may hold together with this one: ids, as `hands_out` has them. It counts whichever of two names the
-- other (server/access/duties.ts).
alter table role add column conflicts jsonb not null default '[]';
