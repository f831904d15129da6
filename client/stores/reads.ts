import type { MaskedRecord } from '../../shared/access/index.ts';
import type { HistoryEntry } from '../../shared/protocol/index.ts';
import { api } from '../net/http.ts';
import { session } from './session.svelte.ts';

/** Reads that are asked once rather than held open. All throw ApiError · OfflineError. */

interface ListOptions {
  q?: string | undefined;
  filter?: Record<string, unknown> | undefined;
  limit: number;
}

/** The first records of a list, as the server orders them. */
export async function findRecords(object: string, options: ListOptions): Promise<MaskedRecord[]> {
  const { rows } = await api.get<{ rows: MaskedRecord[] }>(`/api/${session.registry.get(object).plural}`, {
    ...options,
  });
  return rows;
}

export interface HistoryPage {
  entries: HistoryEntry[];
  /** Give as `before` for the entries still earlier; null when there are none. */
  next: number | null;
}

/** What happened to a record, newest first. */
export function readHistory(
  object: string,
  id: string,
  page: { before?: number; limit: number },
): Promise<HistoryPage> {
  return api.get<HistoryPage>(`/api/${session.registry.get(object).plural}/${id}/history`, page);
}

/** How the connection stands: `state` and `since` are reactive. */
export { connection } from '../net/socket.ts';
