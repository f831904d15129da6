-- Whether changes of policy wait for somebody else's yes. One row, always there.
create table policy_setting (
  one boolean primary key default true check (one),
  approvals boolean not null default false,
  updated_at timestamptz(3) not null default now()
);
insert into policy_setting default values;

-- A change of policy that somebody wants to make, until somebody else says yes or no.
create table policy_proposal (
  id uuid primary key,
  proposer_id uuid not null references user_account (id),
  -- As the door that shows beforehand what it comes to takes it.
  change jsonb not null,
  reason text not null,
  -- The line that it would have written into the trail when it was proposed, and what it would have come to.
  line jsonb not null,
  preview jsonb not null,
  status text not null default 'open' check (status in ('open', 'made', 'declined', 'withdrawn')),
  created_at timestamptz(3) not null default now(),
  answered_at timestamptz(3),
  answered_by uuid references user_account (id),
  words text
);
create index policy_proposal_latest on policy_proposal (created_at desc, id);
create index policy_proposal_open on policy_proposal (proposer_id) where status = 'open';
