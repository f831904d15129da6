import type { ApiError } from '../../shared/protocol/errors.ts';
import type { ExportSize } from '../../shared/protocol/index.ts';
import { download } from '../net/download.ts';
import { api } from '../net/http.ts';
import { session } from './session.svelte.ts';

/** A list as a page shows it. */
export interface ListShown {
  /** Name of the object. */
  object: string;
  filter?: Record<string, unknown> | undefined;
  q?: string | undefined;
  sort?: string | undefined;
}

/** How many rows a file of this list would have, and how many the list has. @throws ApiError · OfflineError */
export const exportSize = (list: ListShown): Promise<ExportSize> =>
  api.get<ExportSize>(`${pathOf(list)}/size`, asked(list));

/** Has the browser fetch the file; `columns` null for all that may be read. `refused`: see `download`. */
export function startExport(
  list: ListShown,
  columns: readonly string[] | null,
  refused: (error: ApiError | null) => void,
): void {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries({ ...asked(list), columns: columns?.join() })) {
    if (value !== undefined) query.set(name, typeof value === 'string' ? value : JSON.stringify(value));
  }
  download(`${pathOf(list)}?${query.toString()}`, refused);
}

const pathOf = ({ object }: ListShown): string => `/api/${session.registry.get(object).plural}/export`;

const asked = ({ filter, q, sort }: ListShown) => ({
  filter,
  q: q === '' ? undefined : q,
  sort,
});
