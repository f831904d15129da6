import type { JSONValue } from 'postgres';
import type { Tx } from '../db/transaction.ts';

export interface AuditEntry {
  /** Who did it; null for the program itself, and where nobody is signed in. */
  actorId: string | null;
  /** `object.act`, small letters: `session.end`, `role.update`. */
  action: string;
  object?: string;
  targetId?: string | null;
  /** What was and what is, as far as auditors may read it: never a secret, never a field's hidden value. */
  before?: JSONValue;
  after?: JSONValue;
  address?: string;
  requestId?: string;
}

/**
 * Writes one line into the trail, in the transaction of what it records: neither exists without the other.
 * The program's database role can add to the trail and read it, but not change it.
 */
export async function audit(tx: Tx, entry: AuditEntry): Promise<void> {
  const {
    actorId,
    action,
    object = null,
    targetId = null,
    before,
    after,
    address = null,
    requestId = null,
  } = entry;
  await tx`
    insert into audit_entry (actor_id, action, object, target_id, before, after, address, request_id)
    values (${actorId}, ${action}, ${object}, ${targetId}, ${json(tx, before)}, ${json(tx, after)},
      ${address}, ${requestId})
  `;
}

const json = (tx: Tx, value: JSONValue | undefined) =>
  value === undefined || value === null ? null : tx.json(value);
