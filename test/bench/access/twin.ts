import { isAlways } from '../../../server/access/reaches.ts';
import type { App } from '../../../server/lib/app.ts';
import { maskedSql } from '../../../server/records/readSql.ts';
import { rightsOf, type Actor } from '../../../shared/access/index.ts';
import type { ObjectDef } from '../../../shared/objects/index.ts';
import type { BenchStore } from '../store.ts';
import { withoutIndexes } from './records.ts';

// What a list is held against: the same statement without rights, on a table that holds nothing but what the person may
// read, with all indexes of the true one. So it answers the same rows, and no condition tells it which: no programmer
// could write anything faster.

export interface Twin {
  /** The object as its twin's table has it. */
  object: ObjectDef;
  /** Whether it holds the very same rows. */
  same: boolean;
}

/** Whoever reads everything has the true table for a twin; so has who reads all but what a few restrictions hide. */
export async function twinOf(store: BenchStore, app: App, actor: Actor, object: ObjectDef): Promise<Twin> {
  const { owner } = store;
  const { read } = rightsOf(actor, app.registry, object, null).actions;
  if (read.every(isAlways)) return { object, same: actor.sets.restrictions.size === 0 };
  const table = `twin_${object.table}`;
  await owner`drop table if exists ${owner(table)}`;
  await owner`create unlogged table ${owner(table)} (like ${owner(object.table)} including all)`;
  await owner`grant select on ${owner(table)} to ${owner(new URL(store.url).username)}`;
  await withoutIndexes(
    owner,
    table,
    () => owner`
      insert into ${owner(table)} select t.* from ${owner(object.table)} t
      where t.id in (select m.id from ${maskedSql(owner, actor, app.registry, object)} m) order by t.id
    `,
  );
  await owner`vacuum (analyze) ${owner(table)}`;
  return { object: { ...object, table }, same: true };
}

export async function dropTwin({ owner }: BenchStore, { object: { table } }: Twin): Promise<void> {
  if (table.startsWith('twin_')) await owner`drop table ${owner(table)}`;
}
