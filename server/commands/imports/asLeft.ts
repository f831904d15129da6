import type { Image } from '../../../shared/access/index.ts';
import { must } from '../../../shared/lib/must.ts';
import { columnOf, type ObjectDef } from '../../../shared/objects/index.ts';
import type { Act } from '../perform.ts';

/** Something that an import has added, by its version then. */
interface Added {
  record_id: string;
  version: number;
}

/**
 * Which of the records that an import has added are still as it left them, though they may have another version: the
 * program itself writes what it computes of a record's parts, as activities are brought in and taken back. Where
 * somebody else has added such a part since, or changed one, the record is theirs as well.
 */
export async function asLeft(
  { tx, app }: Act,
  object: ObjectDef,
  added: readonly Added[],
  images: ReadonlyMap<string, Image>,
  touched: ReadonlyMap<string, Record<string, number>>,
): Promise<ReadonlySet<string>> {
  const same = new Set<string>();
  /** By the object of the parts. */
  const doubtful = new Map<string, string[]>();
  for (const { record_id: id, version } of added) {
    const image = images.get(id);
    if (!image || image.deleted_at !== null) continue;
    if (image.version === version) {
      same.add(id);
      continue;
    }
    const since = Object.entries(touched.get(id) ?? {}).filter(([, at]) => at > version);
    const parts = new Set(since.map(([name]) => object.fields[name]?.computedFrom ?? null));
    const [part] = parts;
    if (parts.size === 1 && part) doubtful.set(part, [...(doubtful.get(part) ?? []), id]);
  }
  for (const [name, ids] of doubtful) {
    const part = app.registry.get(name);
    const parent = tx(`p.${columnOf(must(part.fields[object.name], 'the parent of the part'))}`);
    const theirs = await tx<{ id: string }[]>`
      select distinct ${parent} as id from ${tx(part.table)} p
      where ${parent} = any (${ids}::uuid[]) and p.deleted_at is null
        and not exists (select from import_write w where w.record_id = p.id and w.version = p.version)
    `;
    const taken = new Set(theirs.map(({ id }) => id));
    for (const id of ids) if (!taken.has(id)) same.add(id);
  }
  return same;
}
