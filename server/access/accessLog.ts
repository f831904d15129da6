import type { Tx } from '../db/transaction.ts';

export interface AccessChange {
  /** Whose rights may have changed; null: everyone's. */
  users: readonly string[] | null;
  /** What happened, for those who look into the log: `role.update`. */
  cause: string;
  actorId: string | null;
}

/**
 * Tells all nodes that rights have changed. The head row stays locked until the commit, so that `seq` is in commit
 * order; call it as late in the transaction as can be. Returns the seq. After the commit: `app.poke('access')`.
 */
export async function logAccess(tx: Tx, { users, cause, actorId }: AccessChange): Promise<number> {
  const [row] = await tx<{ seq: number }[]>`
    with head as (update access_head set seq = seq + 1 returning seq)
    insert into access_log (seq, users, cause, actor_id)
    select seq, ${users === null ? null : [...new Set(users)]}::uuid[], ${cause}, ${actorId} from head
    returning seq
  `;
  return row?.seq ?? 0;
}

/**
 * Lets changes of policy through one at a time, until the commit: for those that look at the whole before they
 * change it (is there another administrator? would the tree become a circle? is the name free?).
 */
export async function holdPolicy(tx: Tx): Promise<void> {
  await tx`select seq from access_head for no key update`;
}
