import { transaction } from '../../db/transaction.ts';
import type { App } from '../../lib/app.ts';

const KEPT_d = 30;

/**
 * Forgets files, and the cells of refused rows, 30 days after they came in; and what was left of uploads that never
 * ended. A file at a time, as it may be large; answers how many.
 */
export async function forgetFiles({ sql }: Pick<App, 'sql'>, limit = 5): Promise<number> {
  const gone = await transaction(sql, async (tx) => {
    const rows = await tx<{ id: string }[]>`
      select p.import_id as id from import_plan p join data_import d on d.id = p.import_id
      where p.forgotten_at is null and d.created_at < now() - ${KEPT_d} * interval '1 day'
        and d.status not in ('checking', 'running', 'undoing')
      order by d.created_at limit ${limit} for update of p skip locked
    `;
    const ids = rows.map(({ id }) => id);
    if (ids.length > 0) {
      await tx`delete from import_piece where import_id = any (${ids}::uuid[])`;
      await tx`update import_row set cells = null where import_id = any (${ids}::uuid[]) and cells is not null`;
      await tx`update import_plan set forgotten_at = now() where import_id = any (${ids}::uuid[])`;
    }
    return ids.length;
  });
  await sql`
    delete from import_piece where import_id in (
      select import_id from import_piece p where position = 0 and kept_at < now() - interval '1 day'
        and not exists (select from data_import d where d.id = p.import_id) limit ${limit}
    )
  `;
  return gone;
}
