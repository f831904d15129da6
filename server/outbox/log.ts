import type { Image } from '../../shared/access/index.ts';
import type { Sql } from '../db/connect.ts';
import type { Fragment } from '../db/fragments.ts';

/** One committed change of one record, in the order of the one log. */
export interface LogEvent {
  seq: number;
  /** Its id in the outbox: tells a snapshot read before sequencing that it contains this event already. */
  outboxId: number;
  object: string;
  id: string;
  version: number;
  /** The record before (null: there was none) and after, whole and unmasked. */
  before: Image | null;
  after: Image;
  /** The policy the change was made under; it must not be judged by an older one. */
  accessSeq: number;
  actorId: string | null;
}

export const BATCH_MAX = 1_000;

/** Events that one reading answers at most, and about how many bytes of JSON: a node holds no more at a time. */
export const READ_MAX = 500;
export const READ_MAX_bytes = 2_000_000;

/**
 * Moves up to `max` committed outbox rows into the log. Answers the new head and how many moved; `moved` is −1 where
 * another node is at it right now.
 */
export async function sequenceBatch(
  sql: Sql,
  max = BATCH_MAX,
): Promise<{ head: number | null; moved: number }> {
  const [row] = await sql<{ head: number | null; moved: number }[]>`select * from sequence_batch(${max})`;
  return row ?? { head: null, moved: -1 };
}

/** Whether more than one batch waits to be moved into the log. */
export async function isLogBehind(sql: Sql): Promise<boolean> {
  const [row] = await sql`select 1 from outbox offset ${BATCH_MAX} limit 1`;
  return row !== undefined;
}

/**
 * Events after `seq`, in order: at most `limit`, and no more than come to `READ_MAX_bytes`, but one if there is any. They
 * follow each other without a gap; if the first is not `seq` + 1, what lies between has been dropped.
 */
export async function readLog(sql: Sql, seq: number, limit = READ_MAX): Promise<LogEvent[]> {
  // Most are stored as they are; what is compressed is measured as it will be sent.
  const bytes = (column: Fragment) => sql`
    case when pg_column_compression(${column}) is null then pg_column_size(${column}) else octet_length(${column}::text) end
  `;
  const rows = await sql<Row[]>`
    select seq, outbox_id, object, record_id, op, version, after, old, access_seq, actor_id
    from (
      select *, sum(bytes) over (order by seq rows between unbounded preceding and 1 preceding) as before
      from (
        select *, ${bytes(sql`after`)} + ${bytes(sql`old`)} as bytes
        from event_log where seq > ${seq} order by seq limit ${limit}
      ) e
    ) e
    where before is null or before + bytes <= ${READ_MAX_bytes} order by seq
  `;
  return rows.map((row) => ({
    seq: row.seq,
    outboxId: row.outbox_id,
    object: row.object,
    id: row.record_id,
    version: row.version,
    before: row.op === 'create' ? null : { ...row.after, ...row.old, version: row.version - 1 },
    after: row.after,
    accessSeq: row.access_seq,
    actorId: row.actor_id,
  }));
}

interface Row {
  seq: number;
  outbox_id: number;
  object: string;
  record_id: string;
  op: 'create' | 'update' | 'delete' | 'restore';
  version: number;
  after: Image;
  old: Partial<Image>;
  access_seq: number;
  actor_id: string | null;
}
