import { isStorable } from '../fields/index.ts';
import { z } from '../lib/zod.ts';

/** Looking for records of every kind at once, from anywhere. */

export const SEARCH_LIMITS = { shortest: 2, longest: 200, words: 10, rows: 8, rowsDefault: 5 };

export const searchQuerySchema = z.strictObject({
  q: z
    .string()
    .trim()
    .min(SEARCH_LIMITS.shortest)
    .max(SEARCH_LIMITS.longest)
    .refine(isStorable, 'Holds characters that nothing can contain'),
  /** Records of each object at most. */
  limit: z.coerce.number().int().min(1).max(SEARCH_LIMITS.rows).optional(),
});

/** A record as it is named among others: its title, and what tells it from the next. */
export const namedRecordSchema = z.object({
  id: z.uuid(),
  /** Null where it is hidden. */
  title: z.string().nullable(),
  /** Values of the fields that the object shows beside the title; one that may not be read is absent, an empty one null. */
  beside: z.record(z.string(), z.unknown()),
});
export type NamedRecord = z.infer<typeof namedRecordSchema>;

export const searchAnswerSchema = z.object({
  /** By object, those that nothing was found of left out; the likeliest record first. */
  groups: z.array(
    z.object({
      object: z.string(),
      rows: z.array(namedRecordSchema),
      /** Whether there are more than these. */
      more: z.boolean(),
    }),
  ),
});
export type SearchAnswer = z.infer<typeof searchAnswerSchema>;
