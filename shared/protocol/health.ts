import { z } from '../lib/zod.ts';
import { CHECK_KEYS, CHECK_KINDS, LIKENESSES } from './healthChecks.ts';
import { namedRecordSchema } from './search.ts';
import { CURSOR_MAX } from './view.ts';

/** What is to be mended in the data, of what the person may read. */

export const HEALTH_LIMITS = { groups: 50, groupsDefault: 20, shown: 10 };

export const healthQuerySchema = z.strictObject({
  /** This check alone. */
  check: z.enum(CHECK_KEYS).optional(),
});

export const healthAnswerSchema = z.object({
  /** Those that the person can be shown: one that asks for a field they may not read is left out. */
  checks: z.array(
    z.object({
      key: z.enum(CHECK_KEYS),
      kind: z.enum(CHECK_KINDS),
      object: z.string(),
      /** How many records there are to mend … */
      count: z.int(),
      /** … among how many. */
      of: z.int(),
      /** What lists them. */
      filter: z.record(z.string(), z.unknown()),
    }),
  ),
});
export type HealthAnswer = z.infer<typeof healthAnswerSchema>;
export type HealthCheck = HealthAnswer['checks'][number];

export const duplicatesQuerySchema = z.strictObject({
  object: z.enum(Object.keys(LIKENESSES)),
  limit: z.coerce.number().int().min(1).max(HEALTH_LIMITS.groups).optional(),
  cursor: z.string().max(CURSOR_MAX).optional(),
});

export const duplicatesAnswerSchema = z.object({
  groups: z.array(
    z.object({
      /** Names of the fields in which they are alike. */
      alike: z.array(z.string()),
      count: z.int(),
      /** The oldest of them. */
      rows: z.array(namedRecordSchema),
    }),
  ),
  /** How many groups there are in all. */
  total: z.int(),
  next: z.string().nullable(),
});
export type DuplicatesAnswer = z.infer<typeof duplicatesAnswerSchema>;
