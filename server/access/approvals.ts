import type { Tx } from '../db/transaction.ts';

/** Whether changes of policy wait for somebody else's approval. Ask once policy is held. */
export async function approvalsHold(tx: Tx): Promise<boolean> {
  const [row] = await tx<{ approvals: boolean }[]>`select approvals from policy_setting`;
  return row?.approvals ?? false;
}

/** Ids of the active people who may approve changes of policy, now. */
export async function approvers(tx: Tx): Promise<string[]> {
  const rows = await tx<{ id: string }[]>`
    select distinct u.id
    from user_account u
    join held_role a on a.user_id = u.id and a.within_id is null
      and a.starts_at <= now() and (a.ends_at is null or a.ends_at > now())
    join role r on r.id = a.role_id and r.system @> '["approve_roles"]'
    where u.active and u.deleted_at is null
    order by u.id
  `;
  return rows.map((row) => row.id);
}
