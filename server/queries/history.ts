import type { Actor } from '../../shared/access/index.ts';
import type { ObjectDef } from '../../shared/objects/index.ts';
import type { HistoryEntry } from '../../shared/protocol/index.ts';
import { transaction } from '../db/transaction.ts';
import type { App } from '../lib/app.ts';
import { findMasked } from '../records/readView.ts';

export const HISTORY_MAX = 200;

/**
 * What happened to a record, latest first, at most `limit` entries from before the seq `before`; `next` is the `before`
 * for those still earlier. It tells only of fields that the actor reads on this record now; an update of none of these
 * is left out whole. Null where the record is not there or not theirs to see.
 */
export async function recordHistory(
  app: App,
  actor: Actor,
  object: ObjectDef,
  id: string,
  { before, limit = 50 }: { before?: number; limit?: number } = {},
): Promise<{ entries: HistoryEntry[]; next: number | null } | null> {
  const most = Math.min(limit, HISTORY_MAX);
  const rows = await transaction(
    app.sql,
    async (tx) => {
      const record = await findMasked(tx, actor, app.registry, object, id);
      if (!record) return null;
      const readable = Object.keys(object.fields).filter((name) => name in record);
      return tx<HistoryEntry[]>`
        select h.seq, h.at, h.version, h.op, h.actor_id as actor, seen.changes
        from history h
        cross join lateral (
          select coalesce(jsonb_object_agg(key, value), '{}') as changes
          from jsonb_each(h.changes) where key = any (${readable}::text[])
        ) seen
        where h.object = ${object.name} and h.record_id = ${id}::uuid
          and (h.op <> 'update' or seen.changes <> '{}')
          ${before === undefined ? tx`` : tx`and h.seq < ${before}`}
        order by h.seq desc limit ${most + 1}
      `;
    },
    { isolation: 'snapshot' },
  );
  if (!rows) return null;
  const entries = rows.slice(0, most);
  return { entries, next: rows.length > most ? (entries.at(-1)?.seq ?? null) : null };
}
