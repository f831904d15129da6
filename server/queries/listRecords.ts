import type { Actor, MaskedRecord } from '../../shared/access/index.ts';
import type { Totals, View } from '../../shared/protocol/index.ts';
import type { App } from '../lib/app.ts';
import { readPage, readTotals, refuseUnreadable } from '../records/readView.ts';

/**
 * The rows of a view that the actor may read, each masked, at most `view.limit`; `next` is the cursor for those after
 * them, null at the end. `total` adds up the whole view, which costs a second query.
 * @throws ApiError `field_not_readable`, `bad_cursor`
 */
export async function listRecords(
  app: App,
  actor: Actor,
  view: View,
  options: { cursor?: string; total?: boolean } = {},
): Promise<{ rows: MaskedRecord[]; next: string | null; totals?: Totals }> {
  refuseUnreadable(actor, app.registry, view);
  const [page, totals] = await Promise.all([
    readPage(app.sql, actor, app.registry, view, options.cursor),
    options.total ? readTotals(app.sql, actor, app.registry, view) : undefined,
  ]);
  return totals ? { ...page, totals } : page;
}
