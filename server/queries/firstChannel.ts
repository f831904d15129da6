import type { App } from '../lib/app.ts';

/** The oldest channel that customers may come through; null where there is none. */
export async function firstChannel(app: App): Promise<string | null> {
  const [channel] = await app.sql<{ id: string }[]>`
    select id from channel where active and deleted_at is null order by created_at, id limit 1
  `;
  return channel?.id ?? null;
}
