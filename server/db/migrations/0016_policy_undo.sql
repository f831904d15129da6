-- Changes of policy that took another one back: two lines of the trail, which itself is never changed.
create table policy_undo (
  -- The line written when it was taken back.
  by_entry_id bigint primary key references audit_entry (id),
  entry_id bigint not null references audit_entry (id)
);
create index policy_undo_entry on policy_undo (entry_id, by_entry_id);

-- For the list of changes of policy, among all the signing in and out (server/identity/policyTrail.ts).
create index audit_entry_policy on audit_entry (id)
  where action ~ '^(role|user|team|territory|queue|sharing_rule|restriction|share)[.]';
