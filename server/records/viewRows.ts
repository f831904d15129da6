import type { View } from '../../shared/protocol/index.ts';
import type { AnySql } from '../db/fragments.ts';
import { asksForText } from './filterSql.ts';
import { lookFor, LOOKS, type Looks } from './lookFor.ts';
import type { MaskedRow } from './readSql.ts';
import { rowsSql } from './rowsSql.ts';
import { partsOf, type Place } from './sortSql.ts';
import type { Source } from './source.ts';

/** At most `limit` rows of a view after a place, part by part: most pages need the first only. */
export async function readSorted(
  sql: AnySql,
  source: Source,
  view: View,
  after: Place | null,
  limit: number,
  looks: Looks = LOOKS,
): Promise<MaskedRow[]> {
  const found = new Map<string, MaskedRow>();
  for (const part of partsOf(source.sorted, after)) {
    const looking = { part, after, limit: limit - found.size };
    const more =
      (asksForText(view) ? await lookFor(sql, source, view, looking, looks) : null) ??
      (await sql<MaskedRow[]>`${rowsSql(sql, source, view, looking)}`);
    // One that lost its value between the two statements counts where it stood.
    for (const row of more) if (!found.has(row.id)) found.set(row.id, row);
    if (found.size >= limit) break;
  }
  return [...found.values()];
}
