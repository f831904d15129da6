import type { Actor } from '../../shared/access/index.ts';
import type { Registry } from '../../shared/objects/index.ts';
import type { AnySql } from '../db/fragments.ts';
import { maskedSql } from '../records/readSql.ts';

/** What records are called, by their ids, as far as the actor may read it. */
export async function titlesOf(
  sql: AnySql,
  actor: Actor,
  registry: Registry,
  records: readonly { object: string; id: string }[],
): Promise<Map<string, string>> {
  const titles = new Map<string, string>();
  for (const name of new Set(records.map(({ object }) => object))) {
    const object = registry.get(name);
    const ids = records.filter((one) => one.object === name).map(({ id }) => id);
    const rows = await sql<{ id: string; title: string | null }[]>`
      select m.id, ${sql(`m.${object.title}`)} as title from ${maskedSql(sql, actor, registry, object)} m
      where m.id = any (${ids}::uuid[])
    `;
    for (const { id, title } of rows) if (title !== null) titles.set(id, title);
  }
  return titles;
}
