import type { Image } from '../../shared/access/index.ts';
import { sameValue } from '../../shared/fields/index.ts';
import type { Fragment } from '../db/fragments.ts';
import { toJson } from '../db/json.ts';
import type { Tx } from '../db/transaction.ts';

/** One change of one record, as it goes into the log. */
export interface Change {
  object: string;
  op: 'create' | 'update' | 'delete' | 'restore';
  /** The record before (null for `create`) and after, whole and unmasked. */
  before: Image | null;
  after: Image;
  actorId: string | null;
  requestId: string | null;
  /** Whether people will read it as history. */
  keep: boolean;
  /** ISO; another time than now only for the story that the demo tells. */
  at?: string | null;
}

/**
 * Appends changes to the outbox in their order, in the transaction that made them and after the records were written.
 * The policy they were made under (`access_seq`) is read in this very statement:
 * whoever judges them by that policy or a newer one judges them right.
 */
export async function appendEvents(tx: Tx, changes: readonly Change[]): Promise<void> {
  if (changes.length === 0) return;
  const rows = changes.map(({ object, op, before, after, actorId, requestId, keep, at }) => ({
    object,
    op,
    record_id: after.id,
    version: after.version,
    after,
    old: before === null ? {} : oldValues(before, after),
    actor_id: actorId,
    request_id: requestId,
    keep,
    at: at ?? null,
  }));
  await tx`
    insert into outbox (object, record_id, op, version, after, old, access_seq, actor_id, request_id, keep, at)
    select e.object, e.record_id, e.op, e.version, e.after, e.old, (select seq from access_head),
      e.actor_id, e.request_id, e.keep, coalesce(e.at, clock_timestamp())
    from jsonb_to_recordset(${toJson(tx, rows)}) e (object text, record_id uuid, op text, version bigint,
      after jsonb, old jsonb, actor_id uuid, request_id text, keep boolean, at timestamptz)
  `;
}

/**
 * The same for many records that one statement changes in the same way, without their passing through here: `changed` is
 * that statement, which answers `id`, `version`, `after` and `old` of each. Answers how many there were.
 */
export async function appendChanged(
  tx: Tx,
  changed: Fragment,
  { object, actorId, requestId }: Pick<Change, 'object' | 'actorId' | 'requestId'>,
): Promise<number> {
  const { count } = await tx`
    with changed as (${changed})
    insert into outbox (object, record_id, op, version, after, old, access_seq, actor_id, request_id, keep, at)
    select ${object}, id, 'update', version, after, old, (select seq from access_head), ${actorId}::uuid, ${requestId},
      false, clock_timestamp()
    from changed order by id
  `;
  return count;
}

/** What the changed fields held before. The version is left out: it is always one less. */
function oldValues(before: Image, after: Image): Partial<Image> {
  const names = Object.keys(after).filter(
    (name) => name !== 'version' && !sameValue(before[name], after[name]),
  );
  return Object.fromEntries(names.map((name) => [name, before[name] ?? null]));
}
