import { z } from '../lib/zod.ts';

/** Changes of policy that were made, and taking them back. */

/** As many as are listed, the latest first. */
export const POLICY_CHANGES_LISTED = 100;

export const policyChangeEntrySchema = z.object({
  /** Its line in the audit trail. */
  id: z.int(),
  at: z.iso.datetime(),
  by: z.uuid().nullable(),
  /** `role.update`, `role.assign`, `user.update`, `sharing_rule.create` … */
  action: z.string(),
  /** What was changed: a role, a person, a team …; of an assignment who holds it, of a share the record. */
  object: z.string(),
  target: z.uuid().nullable(),
  /** The object whose records a rule, a share or a default for everyone is about. */
  about: z.string().nullable(),
  /** What changed, from what to what; null where there was nothing, or is nothing any more. */
  changes: z.array(z.object({ path: z.array(z.string()), before: z.unknown(), after: z.unknown() })),
  /** What the ids in it are called; ids of records are not told. */
  names: z.record(z.string(), z.string()),
  /** Whether it is one of those that can be taken back at all. */
  undoable: z.boolean(),
  /** Who took it back, and when; null: it stands. */
  undone: z.object({ id: z.int(), at: z.iso.datetime(), by: z.uuid().nullable() }).nullable(),
  /** The change that this one took back. */
  undoes: z.int().nullable(),
});
export type PolicyChangeEntry = z.infer<typeof policyChangeEntrySchema>;
