import type { Actor } from '../../shared/access/index.ts';
import type { View } from '../../shared/protocol/index.ts';
import type { App } from '../lib/app.ts';
import { readRows } from '../records/readView.ts';

/** Which of these records are in the view for that actor, on whatever page. */
export async function stillIn(app: App, actor: Actor, view: View, ids: readonly string[]): Promise<string[]> {
  if (ids.length === 0) return [];
  const filter = { all: [view.filter, { field: 'id', operator: 'in' as const, value: [...ids] }] };
  const { rows } = await readRows(app.sql, actor, app.registry, { ...view, filter, limit: ids.length });
  return rows.map((row) => row.id);
}
