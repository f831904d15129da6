import { ApiError } from '../../../shared/protocol/index.ts';
import type { Value } from '../../../shared/fields/index.ts';
import { toJson } from '../../db/json.ts';
import type { Act } from '../perform.ts';
import { alterRecord } from '../records/alterRecord.ts';
import { takeAway } from '../records/takeAway.ts';

const AT_ONCE = 100;

interface Written {
  position: number;
  object: string;
  record_id: string;
  version: number;
  before: Record<string, Value> | null;
}

/**
 * Takes some of what an import has written back, the newest first: what it added goes into the bin, what it changed gets
 * its old values. Whatever somebody has changed since stays as it is and is told, with the reason.
 */
export async function undoChunk(act: Act, id: string): Promise<{ gone: number; kept: number }> {
  const { tx } = act;
  const rows = await tx<Written[]>`
    select position, object, record_id, version, before from import_write
    where import_id = ${id} and fate is null order by position desc limit ${AT_ONCE}
  `;
  const fates: { position: number; fate: string; reason: string | null }[] = [];
  for (const row of rows) {
    const reason = await takeBack(act, row);
    fates.push({ position: row.position, fate: reason === null ? 'undone' : 'kept', reason });
  }
  await tx`
    update import_write set fate = r.fate, reason = r.reason
    from jsonb_to_recordset(${toJson(tx, fates)}) r (position bigint, fate text, reason text)
    where import_id = ${id} and import_write.position = r.position
  `;
  const kept = fates.filter(({ fate }) => fate === 'kept').length;
  return { gone: fates.length, kept };
}

/** Null, or why it was left as it is. */
async function takeBack(act: Act, row: Written): Promise<string | null> {
  const object = act.app.registry.get(row.object);
  try {
    if (row.before === null) {
      await act.attempt((part) => takeAway(part, object, row.record_id, row.version));
      return null;
    }
    const [now] = await act.tx<{ touched: Record<string, number> }[]>`
      select touched from ${act.tx(object.table)} where id = ${row.record_id} and deleted_at is null
    `;
    if (!now) return 'It is not there any more';
    const since = Object.keys(row.before).filter((name) => (now.touched[name] ?? 0) > row.version);
    const old = Object.fromEntries(Object.entries(row.before).filter(([name]) => !since.includes(name)));
    if (Object.keys(old).length > 0)
      await act.attempt((part) => alterRecord(part, object, row.record_id, old, row.version));
    const labels = since.map((name) => object.fields[name]?.label ?? name);
    return since.length > 0 ? `Changed since: ${labels.join(', ')}` : null;
  } catch (error) {
    if (!(error instanceof ApiError) || error.status >= 500) throw error;
    if (error.code === 'version_conflict') return 'Changed since';
    if (error.code === 'not_found') return 'It is not there any more, or not yours to see';
    return error.details.needs === undefined ? error.message : `${error.message} (${error.details.needs})`;
  }
}
