import type { MaskedRecord } from '../../shared/access/index.ts';
import type {
  DuplicatesAnswer,
  HealthAnswer,
  HistoryEntry,
  SearchAnswer,
} from '../../shared/protocol/index.ts';
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

/** Records of every kind in which all words of `q` stand. */
export const searchAll = (q: string): Promise<SearchAnswer> =>
  api.get<SearchAnswer>('/api/search', { q, limit: 5 });

/** What is to be mended in the data; `check` alone, where it is given. */
export const readHealth = (check?: string): Promise<HealthAnswer> =>
  api.get<HealthAnswer>('/api/data-health', { check });

/** Likely duplicates among the records of an object. */
export const readDuplicates = (
  object: string,
  page: { limit: number; cursor?: string | undefined },
): Promise<DuplicatesAnswer> => api.get<DuplicatesAnswer>('/api/data-health/duplicates', { object, ...page });

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
