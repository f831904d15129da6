import type { Actor } from '../../shared/access/index.ts';
import { SEARCH_LIMITS, type SearchAnswer } from '../../shared/protocol/index.ts';
import { isEverReadable } from '../access/reaches.ts';
import { transaction } from '../db/transaction.ts';
import type { App } from '../lib/app.ts';
import { findNamed } from '../records/findNamed.ts';

/** Objects in the order in which what was found of them is shown; others after them. */
const ORDER = ['company', 'contact', 'deal', 'ticket', 'product', 'user'];

/**
 * Records of every object that people look for in which all words of `q` stand, as far as the actor may read them: a
 * field that is hidden on a record is not looked through there. `limit` is for each object.
 */
export async function search(
  app: App,
  actor: Actor,
  { q, limit = SEARCH_LIMITS.rowsDefault }: { q: string; limit?: number | undefined },
): Promise<SearchAnswer> {
  const { registry } = app;
  const place = (name: string) => (ORDER.includes(name) ? ORDER.indexOf(name) : ORDER.length);
  const objects = [...registry.objects.values()]
    .filter((object) => object.found && isEverReadable(actor, registry, object, 'id'))
    .sort((a, b) => place(a.name) - place(b.name));
  // One connection, one after the other: whoever types fast must not take the store away from everyone else.
  const found = await transaction(
    app.sql,
    (tx) => Promise.all(objects.map((object) => findNamed(tx, actor, registry, object, q, limit))),
    { isolation: 'snapshot' },
  );
  const groups = objects.map(({ name }, i) => {
    const rows = found[i] ?? [];
    return { object: name, rows: rows.slice(0, limit), more: rows.length > limit };
  });
  return { groups: groups.filter(({ rows }) => rows.length > 0) };
}
