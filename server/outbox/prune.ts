import type { App } from '../lib/app.ts';

/**
 * Drops parts of the log (a million events each) that every reader has passed and that are old enough; answers how many.
 * Any node may do it at any time.
 */
export async function pruneLog({ sql }: Pick<App, 'sql'>, kept_days: number): Promise<number> {
  const [row] = await sql<
    { dropped: number }[]
  >`select prune_log(${kept_days} * interval '1 day') as dropped`;
  return row?.dropped ?? 0;
}
