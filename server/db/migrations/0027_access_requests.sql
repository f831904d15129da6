-- Somebody asks to see something, or to do something with it. Whether it is there at all is not looked at when it is asked.
create table access_request (
  id uuid primary key,
  asker_id uuid not null references user_account (id),
  object text not null,
  record_id uuid not null,
  action text not null,
  -- One field of it; null: the record.
  field text,
  reason text not null,
  status text not null default 'open' check (status in ('open', 'granted', 'declined')),
  created_at timestamptz(3) not null default now(),
  -- When those who could give it were told.
  told_at timestamptz(3),
  answered_at timestamptz(3),
  answered_by uuid references user_account (id),
  -- What the answer says, and until when it was given.
  words text,
  ends_at timestamptz(3)
);
create unique index access_request_open
  on access_request (asker_id, object, record_id, action, coalesce(field, '')) where status = 'open';
create index access_request_asker on access_request (asker_id, created_at desc);
create index access_request_latest on access_request (created_at desc, id) where status = 'open';
create index access_request_untold on access_request (created_at) where told_at is null;
