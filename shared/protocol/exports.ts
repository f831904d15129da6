import { z } from '../lib/zod.ts';
import { listQuerySchema } from './http.ts';

/** Taking a list out as a file of rows. */

export const EXPORT_LIMITS = {
  columns: 300,
  /** Exports that run at once. */
  perPerson: 2,
  perNode: 4,
  /** For how long a client may take nothing, and how long the whole may take. */
  stall_ms: 60_000,
  whole_ms: 600_000,
};

/** Which rows, as for a list, and in which order. `columns`: names of fields, joined by commas; absent: all of them. */
export const exportQuerySchema = listQuerySchema
  .pick({ filter: true, sort: true, q: true })
  .extend({ columns: z.string().min(1).max(12_000).optional() });

// —— answers ——

export const exportSizeSchema = z.object({
  /** Rows that the file will have. */
  rows: z.int(),
  /** Rows that the list has: the asker may read more than they may take out. */
  listed: z.int(),
});
export type ExportSize = z.infer<typeof exportSizeSchema>;
