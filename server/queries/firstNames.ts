import { firstName } from '../../shared/lib/names.ts';
import type { App } from '../lib/app.ts';

/** The names by which customers hear of people of ours: the first word of each, by id. */
export async function firstNames(app: App, ids: readonly string[]): Promise<Map<string, string>> {
  const rows = await app.sql<{ id: string; name: string }[]>`
    select id, name from user_account where id = any (${[...ids]}::uuid[])
  `;
  return new Map(rows.map(({ id, name }) => [id, firstName(name)]));
}
