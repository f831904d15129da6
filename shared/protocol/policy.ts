import { wording } from '../fields/index.ts';
import { z } from '../lib/zod.ts';

/** Sharing rules, restrictions and shares: what is asked of their doors, and what these answer. */

export const POLICY_LIMITS = {
  /** Of one object each, the inactive included. */
  rules: 200,
  restrictions: 200,
  /** Of one record. */
  shares: 100,
  /** That name the same person, team, role or territory and have not ended. */
  sharesTo: 5_000,
  /** Matches are counted up to here; beyond it they are estimated. */
  counted: 100_000,
};

export const TARGET_KINDS = ['user', 'team', 'role', 'territory'] as const;
export type TargetKind = (typeof TARGET_KINDS)[number];
export const SHARE_LEVELS = ['read', 'edit'] as const;
export type ShareLevel = (typeof SHARE_LEVELS)[number];

/** Whom a rule or a share means: a person, everyone in a team, who holds a role, who works in a territory. */
export const targetSchema = z.strictObject({ kind: z.enum(TARGET_KINDS), id: z.uuid().toLowerCase() });
export type Target = z.infer<typeof targetSchema>;

/** As the filter of a list, see docs/protocol.md; `{}` is every record. */
export const criteriaSchema = z.record(z.string().max(60), z.unknown());
export type CriteriaJson = z.infer<typeof criteriaSchema>;

const name = wording(80).min(1);
const object = z.string().min(1).max(60);
const level = z.enum(SHARE_LEVELS);
const version = z.int().min(1);

export const sharingRuleSchema = z.strictObject({
  name,
  object,
  criteria: criteriaSchema,
  to: targetSchema,
  level,
  active: z.boolean().optional(),
});
export type SharingRuleInput = z.infer<typeof sharingRuleSchema>;
/** What it is about stays: another object is another rule. */
export const sharingRulePatchSchema = sharingRuleSchema.omit({ object: true }).partial().extend({ version });
export type SharingRulePatch = z.infer<typeof sharingRulePatchSchema>;

export const restrictionSchema = z.strictObject({
  name,
  object,
  criteria: criteriaSchema,
  /** Ids of the roles from whose holders it hides nothing. */
  except: z.array(z.uuid().toLowerCase()).max(50),
  active: z.boolean().optional(),
});
export type RestrictionInput = z.infer<typeof restrictionSchema>;
export const restrictionPatchSchema = restrictionSchema.omit({ object: true }).partial().extend({ version });
export type RestrictionPatch = z.infer<typeof restrictionPatchSchema>;

export const shareSchema = z.strictObject({
  object,
  /** The record. */
  id: z.uuid().toLowerCase(),
  to: targetSchema,
  level,
  /** Null or absent: until it is taken back. */
  ends_at: z.iso.datetime({ offset: true }).nullable().optional(),
});
export type ShareInput = z.infer<typeof shareSchema>;
export const sharesQuerySchema = shareSchema.pick({ object: true, id: true });

export const criteriaCountSchema = z.strictObject({ object, criteria: criteriaSchema });

/** Of a rule or restriction that goes. */
export const policyDeleteQuerySchema = z.strictObject({ version: z.coerce.number().int().min(1).optional() });

// —— answers ——

/**
 * How many of the records that were there before have been brought under it (`total` is null until they are counted);
 * null where all of them are.
 */
const progressSchema = z.object({ done: z.int(), total: z.int().nullable() }).nullable();

const ruleFrame = {
  id: z.uuid(),
  version: z.int(),
  name: z.string(),
  object: z.string(),
  criteria: criteriaSchema,
  active: z.boolean(),
  progress: progressSchema,
  created_by: z.uuid().nullable(),
  created_at: z.iso.datetime(),
  updated_at: z.iso.datetime(),
};

export const sharingRuleAnswerSchema = z.object({ ...ruleFrame, to: targetSchema, level });
export type SharingRuleAnswer = z.infer<typeof sharingRuleAnswerSchema>;

export const restrictionAnswerSchema = z.object({ ...ruleFrame, except: z.array(z.uuid()) });
export type RestrictionAnswer = z.infer<typeof restrictionAnswerSchema>;

export const shareAnswerSchema = z.object({
  id: z.uuid(),
  object: z.string(),
  /** Id of the record. */
  record: z.uuid(),
  to: targetSchema,
  level,
  ends_at: z.iso.datetime().nullable(),
  given_by: z.uuid().nullable(),
  created_at: z.iso.datetime(),
});
export type ShareAnswer = z.infer<typeof shareAnswerSchema>;

export const criteriaCountAnswerSchema = z.object({
  /** Records that match, of those that whoever asks may read. */
  count: z.int(),
  /** All of these. */
  total: z.int(),
  /** Whether there are so many that they have been estimated. */
  estimate: z.literal(true).optional(),
});
export type CriteriaCount = z.infer<typeof criteriaCountAnswerSchema>;

/** What everyone signed in may do with all records of an object. */
export const baselineSchema = z.strictObject({ baseline: z.enum(['private', 'read', 'edit']) });
export type BaselineValue = z.infer<typeof baselineSchema>['baseline'];

export const baselineAnswerSchema = z.object({ object: z.string(), baseline: baselineSchema.shape.baseline });
export type BaselineAnswer = z.infer<typeof baselineAnswerSchema>;
