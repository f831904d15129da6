import type { Image } from '../../../shared/access/index.ts';
import type { ObjectDef } from '../../../shared/objects/index.ts';
import type { Tx } from '../../db/transaction.ts';
import type { Written } from './behaviour.ts';

// Objects that stand in a tree, by their field `parent` (teams, territories).

/** Whether `id` is `top`, or stands below it at any depth. */
export async function isBelow(tx: Tx, object: ObjectDef, id: string, top: string): Promise<boolean> {
  return (await upFrom(tx, object, id)).has(top);
}

/**
 * Ids above which the tree has changed with these: those that had one of them below and do not any more, and those that
 * have now. What was above before and still is sees the same as ever.
 */
export async function chainsApart(tx: Tx, object: ObjectDef, written: readonly Written[]): Promise<string[]> {
  const apart = new Set<string>();
  for (const { before, after } of written) {
    const [from, to] = [parentOf(before), parentOf(after)];
    if (from === to) continue;
    const [old, now] = [await upFrom(tx, object, from), await upFrom(tx, object, to)];
    for (const id of [...old, ...now]) if (old.has(id) !== now.has(id)) apart.add(id);
  }
  return [...apart];
}

/** The id and all above it; those in the bin too, as they may come back. */
async function upFrom(tx: Tx, object: ObjectDef, id: string | null): Promise<Set<string>> {
  if (id === null) return new Set();
  const rows = await tx<{ id: string }[]>`
    with recursive up as (
      select id, parent_id from ${tx(object.table)} where id = ${id}
      union
      select t.id, t.parent_id from ${tx(object.table)} t join up on t.id = up.parent_id
    ) select id from up
  `;
  // The id itself, though it may be new.
  return new Set([id, ...rows.map((row) => row.id)]);
}

function parentOf(image: Image | null): string | null {
  const id = image?.['parent'];
  return typeof id === 'string' ? id : null;
}
