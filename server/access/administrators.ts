import type { Tx } from '../db/transaction.ts';

/**
 * Ids of the active people who may manage people and roles, now and without an end. Whoever takes that from someone
 * calls `holdPolicy` first, and leaves one.
 */
export async function administrators(tx: Tx): Promise<string[]> {
  const rows = await tx<{ id: string }[]>`
    select u.id
    from user_account u
    join held_role a on a.user_id = u.id and a.within_id is null and a.ends_at is null and a.starts_at <= now()
    join role r on r.id = a.role_id
    where u.active and u.deleted_at is null
    group by u.id
    having bool_or(r.system @> '["manage_users"]') and bool_or(r.system @> '["manage_roles"]')
    order by u.id
  `;
  return rows.map((row) => row.id);
}
