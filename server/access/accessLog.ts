import type { Tx } from '../db/transaction.ts';
import { mustKeepDutiesApart } from './duties.ts';

export interface AccessChange {
  /** Whose rights may have changed; null: everyone's, by something else than what they hold. */
  users: readonly string[] | null;
  /** What happened, for those who look into the log: `role.update`. */
  cause: string;
  actorId: string | null;
}

/**
 * Tells all nodes that rights have changed. The head row stays locked until the commit, so that `seq` is in commit
 * order; call it as late in the transaction as can be, after what it tells of. Returns the seq. After the commit:
 * `app.poke('access')`.
 * @throws ApiError `conflicting_duties`: what was done gave somebody two roles that nobody may hold together
 */
export async function logAccess(tx: Tx, { users, cause, actorId }: AccessChange): Promise<number> {
  const [row] = await tx<{ seq: number }[]>`
    with head as (update access_head set seq = seq + 1 returning seq)
    insert into access_log (seq, users, cause, actor_id)
    select seq, ${users === null ? null : [...new Set(users)]}::uuid[], ${cause}, ${actorId} from head
    returning seq
  `;
  // Whichever way a role came to somebody, it is told here.
  if (users !== null) await mustKeepDutiesApart(tx, users);
  return row?.seq ?? 0;
}

/**
 * Lets changes of policy through one at a time, until the commit: for those that look at the whole before they
 * change it (is there another administrator? would the tree become a circle? is the name free?).
 */
export async function holdPolicy(tx: Tx): Promise<void> {
  await tx`select seq from access_head for no key update`;
}
