import type { ErrandAnswer } from '../../shared/protocol/index.ts';
import type { AnySql } from '../db/fragments.ts';

/** What is done bit by bit in the background, on behalf of whoever asked for it, with their rights of then. */
export type ErrandKind = 'fill_territories' | 'take_along';

/** How far the latest of a kind has come, about one and the same; null: there was none. */
export async function latestErrand(
  sql: AnySql,
  kind: ErrandKind,
  about: string | null,
): Promise<ErrandAnswer | null> {
  const [row] = await sql<ErrandAnswer[]>`
    select id, status, done, changed, total, problem, created_at, finished_at from errand
    where kind = ${kind} and about_id is not distinct from ${about}
    order by created_at desc, id desc limit 1
  `;
  return row ?? null;
}
