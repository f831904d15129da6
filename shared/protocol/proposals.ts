import { z } from '../lib/zod.ts';
import { policyChangeEntrySchema } from './policyChanges.ts';
import { policyChangeSchema, previewAnswerSchema } from './preview.ts';

/** Changes of policy that wait for somebody else's yes: what is asked of their doors, and what these answer. */

export const PROPOSAL_LIMITS = {
  /** Open ones of one person. */
  open: 50,
  reason: 1_000,
  words: 500,
  /** As many as are listed, the latest first. */
  listed: 100,
};

export const policySettingSchema = z.strictObject({
  /** Whether changes of roles, of who holds them, of rules, restrictions and defaults wait for somebody else's approval. */
  approvals: z.boolean(),
});
export type PolicySetting = z.infer<typeof policySettingSchema>;

export const proposalSchema = z.strictObject({
  change: policyChangeSchema,
  reason: z.string().trim().min(1).max(PROPOSAL_LIMITS.reason),
});
export const proposalAnswerBodySchema = z.strictObject({
  words: z.string().trim().max(PROPOSAL_LIMITS.words).optional(),
});

// —— answers ——

export const PROPOSAL_STATES = ['open', 'made', 'declined', 'withdrawn'] as const;

export const proposalAnswerSchema = z.object({
  id: z.uuid(),
  by: z.uuid(),
  reason: z.string(),
  status: z.enum(PROPOSAL_STATES),
  created_at: z.iso.datetime(),
  answered_at: z.iso.datetime().nullable(),
  answered_by: z.uuid().nullable(),
  words: z.string().nullable(),
  /** What it changes, as the list of changes would tell it. */
  what: policyChangeEntrySchema.pick({
    action: true,
    object: true,
    target: true,
    about: true,
    changes: true,
    names: true,
  }),
  /** What it would have come to when it was proposed. */
  preview: previewAnswerSchema,
  /** The same change, to look again at what it would come to. */
  change: policyChangeSchema,
});
export type ProposalAnswer = z.infer<typeof proposalAnswerSchema>;
