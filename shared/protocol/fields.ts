import { wording } from '../fields/index.ts';
import { z } from '../lib/zod.ts';
import { CUSTOM_KINDS, customFieldSchema } from '../objects/index.ts';

/** Fields that an organisation adds to our objects. Once added they stay: records hold values of them. */

export const FIELD_LIMITS = { perObject: 100, atOnce: 50, choices: 200 };

const label = wording(80).min(1);

export const newFieldSchema = z.strictObject({
  label,
  kind: z.enum(CUSTOM_KINDS),
  /** Labels, for a choice and nothing else. */
  choices: z.array(label).min(1).max(FIELD_LIMITS.choices).optional(),
  /** `normal` if absent: read and written as far as the record is; others are hidden until a role shows them. */
  sensitivity: z.enum(['normal', 'sensitive', 'secret']).optional(),
});
export type NewField = z.infer<typeof newFieldSchema>;

/** All of them, or none. */
export const newFieldsSchema = z.strictObject({
  object: z.string().min(1).max(60),
  fields: z.array(newFieldSchema).min(1).max(FIELD_LIMITS.atOnce),
});
export type NewFields = z.infer<typeof newFieldsSchema>;

/** The fields as they were added, in the order in which they were asked for. */
export const fieldsAnswerSchema = z.object({ fields: z.array(customFieldSchema) });
export type FieldsAnswer = z.infer<typeof fieldsAnswerSchema>;

/** What field a column of a file would make; of columns that hold nothing, and those too wide, there is none. */
export const columnFieldSchema = z.object({
  head: z.string(),
  kind: z.enum(CUSTOM_KINDS),
  /** Different texts of the whole file, the most frequent first, where they are few: what a choice would be among. */
  choices: z.array(z.string()),
  /** Texts by which the file says nothing (`N/A`). */
  nothing: z.array(z.string()),
  /** Rows that say something. */
  filled: z.int(),
});
export const columnFieldsSchema = z.object({ columns: z.array(columnFieldSchema) });
export type ColumnField = z.infer<typeof columnFieldSchema>;
export type ColumnFields = z.infer<typeof columnFieldsSchema>;
