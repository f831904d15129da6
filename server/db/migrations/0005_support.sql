-- Queues, tickets and what is said in them; customers who come through a channel.

alter table user_account add column away boolean not null default false;

create table queue (
  id uuid primary key,
  version bigint not null default 1,
  touched jsonb not null default '{}',
  custom jsonb not null default '{}',
  created_at timestamptz(3) not null default now(),
  updated_at timestamptz(3) not null default now(),
  deleted_at timestamptz(3),
  name text not null,
  team_ids uuid[] not null default '{}',
  position int not null default 0
);
create index queue_teams on queue using gin (team_ids) where deleted_at is null;

create table channel (
  id uuid primary key,
  version bigint not null default 1,
  touched jsonb not null default '{}',
  custom jsonb not null default '{}',
  created_at timestamptz(3) not null default now(),
  updated_at timestamptz(3) not null default now(),
  deleted_at timestamptz(3),
  name text not null,
  queue_id uuid not null references queue (id),
  greeting text,
  origins text,
  active boolean not null default true
);

create table tag (
  id uuid primary key,
  version bigint not null default 1,
  touched jsonb not null default '{}',
  custom jsonb not null default '{}',
  created_at timestamptz(3) not null default now(),
  updated_at timestamptz(3) not null default now(),
  deleted_at timestamptz(3),
  name text not null
);
create unique index tag_name on tag (lower(name)) where deleted_at is null;

-- Somebody at the other end of a channel, known by a token of theirs. Not a record: nobody opens it but through tickets.
create table visitor (
  id uuid primary key,
  channel_id uuid not null references channel (id),
  -- SHA-256 of the token; the token itself is only with the customer.
  token_hash text not null unique,
  name text,
  email text,
  created_at timestamptz(3) not null default now(),
  seen_at timestamptz(3) not null default now(),
  expires_at timestamptz(3) not null,
  ended_at timestamptz(3)
);
create index visitor_seen on visitor (seen_at);

create sequence ticket_number;

create table ticket (
  id uuid primary key,
  version bigint not null default 1,
  touched jsonb not null default '{}',
  custom jsonb not null default '{}',
  created_at timestamptz(3) not null default now(),
  updated_at timestamptz(3) not null default now(),
  deleted_at timestamptz(3),
  number int not null unique,
  subject text not null,
  queue_id uuid not null references queue (id),
  status text not null,
  priority text not null,
  assignee_id uuid references user_account (id),
  team_id uuid references team (id),
  participant_ids uuid[] not null default '{}',
  tag_ids uuid[] not null default '{}',
  channel_id uuid references channel (id),
  contact_id uuid references contact (id),
  company_id uuid references company (id),
  customer_name text,
  customer_email text,
  customer_id uuid references visitor (id),
  preview text,
  preview_from text,
  last_message_at timestamptz(3),
  note_preview text,
  last_note_at timestamptz(3),
  mentioned_ids uuid[] not null default '{}',
  waiting_since timestamptz(3),
  first_replied_at timestamptz(3),
  resolved_at timestamptz(3),
  seen_by_us_at timestamptz(3),
  seen_by_customer_at timestamptz(3),
  place text not null
);
create index ticket_queue on ticket (queue_id, status, place collate "und-x-icu", id) where deleted_at is null;
create index ticket_status on ticket (status, place collate "und-x-icu", id) where deleted_at is null;
create index ticket_assignee on ticket (assignee_id, status) where deleted_at is null;
create index ticket_team on ticket (team_id) where deleted_at is null;
create index ticket_participants on ticket using gin (participant_ids) where deleted_at is null;
create index ticket_mentioned on ticket using gin (mentioned_ids) where deleted_at is null;
create index ticket_tags on ticket using gin (tag_ids) where deleted_at is null;
create index ticket_customer on ticket (customer_id) where deleted_at is null;
create index ticket_contact on ticket (contact_id) where deleted_at is null;
create index ticket_company on ticket (company_id) where deleted_at is null;
create index ticket_email on ticket (customer_email) where deleted_at is null;

create table message (
  id uuid primary key,
  version bigint not null default 1,
  touched jsonb not null default '{}',
  custom jsonb not null default '{}',
  created_at timestamptz(3) not null default now(),
  updated_at timestamptz(3) not null default now(),
  deleted_at timestamptz(3),
  ticket_id uuid not null references ticket (id),
  body text not null,
  "from" text not null,
  author_id uuid references user_account (id),
  author_name text,
  -- The ticket's facts, copied by the write path.
  assignee_id uuid references user_account (id),
  team_id uuid references team (id),
  participant_ids uuid[] not null default '{}',
  queue_id uuid references queue (id),
  customer_id uuid references visitor (id)
);
create index message_ticket on message (ticket_id, created_at desc, id) where deleted_at is null;

create table note (
  id uuid primary key,
  version bigint not null default 1,
  touched jsonb not null default '{}',
  custom jsonb not null default '{}',
  created_at timestamptz(3) not null default now(),
  updated_at timestamptz(3) not null default now(),
  deleted_at timestamptz(3),
  ticket_id uuid not null references ticket (id),
  body text not null,
  mention_ids uuid[] not null default '{}',
  author_id uuid references user_account (id),
  assignee_id uuid references user_account (id),
  team_id uuid references team (id),
  participant_ids uuid[] not null default '{}',
  queue_id uuid references queue (id),
  customer_id uuid references visitor (id)
);
create index note_ticket on note (ticket_id, created_at desc, id) where deleted_at is null;

create table notification (
  id uuid primary key,
  version bigint not null default 1,
  touched jsonb not null default '{}',
  custom jsonb not null default '{}',
  created_at timestamptz(3) not null default now(),
  updated_at timestamptz(3) not null default now(),
  deleted_at timestamptz(3),
  user_id uuid not null references user_account (id),
  kind text not null,
  ticket_id uuid references ticket (id),
  author_id uuid references user_account (id),
  read_at timestamptz(3)
);
create index notification_user on notification (user_id, created_at desc, id) where deleted_at is null;

-- What somebody is writing and has not sent. Their own whatever becomes of the ticket, so no part of it.
create table draft (
  user_id uuid not null references user_account (id),
  ticket_id uuid not null references ticket (id),
  kind text not null check (kind in ('reply', 'note')),
  body text not null,
  mention_ids uuid[] not null default '{}',
  updated_at timestamptz(3) not null default clock_timestamp(),
  primary key (user_id, ticket_id, kind)
);
