import { z } from '../lib/zod.ts';
import { REACHED_ACTIONS } from '../objects/index.ts';
import { SHARE_LEVELS } from './policy.ts';

/** Asking for what one does not see or may not do, and the answers: what is asked of their doors, and what these answer. */

export const REQUEST_LIMITS = {
  /** Of one person, at the same time. */
  open: 50,
  /** That one person sends within an hour. */
  hourly: 30,
  reason: 500,
  words: 500,
  /** As many as are listed. */
  listed: 100,
  /** What is given ends by then, if nothing else is said, and at the latest. */
  days: 7,
  daysMax: 366,
  /** Unanswered for so long it is declined by itself. */
  openDays: 14,
  /** Answered, it is forgotten after that. */
  keptDays: 90,
};

/** Either an object and an id, or a link to the record as one pastes it. */
export const accessRequestSchema = z.strictObject({
  object: z.string().max(60).optional(),
  id: z.uuid().toLowerCase().optional(),
  link: z.string().max(2_000).optional(),
  /** What one wants to do; `read` if nothing is said. */
  action: z.enum(REACHED_ACTIONS).optional(),
  /** With one field of it only. */
  field: z.string().max(60).optional(),
  reason: z.string().trim().min(1).max(REQUEST_LIMITS.reason),
});
export type AccessRequestInput = z.infer<typeof accessRequestSchema>;

/** By what it is given: the record is shared with them, or they get a role; in either case for a while. */
export const grantSchema = z.strictObject({
  level: z.enum(SHARE_LEVELS).optional(),
  role: z.uuid().toLowerCase().optional(),
  ends_at: z.iso.datetime({ offset: true }).optional(),
});
export type Grant = z.infer<typeof grantSchema>;

export const declineSchema = z.strictObject({
  words: z.string().trim().max(REQUEST_LIMITS.words).optional(),
});

// —— answers ——

/** The same for whatever is asked for. */
export const askedSchema = z.object({ status: z.literal('open') });

const frame = {
  id: z.uuid(),
  object: z.string(),
  /** Id of the record. */
  record: z.uuid(),
  action: z.enum(REACHED_ACTIONS),
  field: z.string().nullable(),
  reason: z.string(),
  created_at: z.iso.datetime(),
};

/** A request of one's own. */
export const ownRequestSchema = z.object({
  ...frame,
  status: z.enum(['open', 'granted', 'declined']),
  /** What the record is called, where one reads that by now. */
  title: z.string().nullable(),
  words: z.string().nullable(),
  answered_at: z.iso.datetime().nullable(),
  /** Until when it was given. */
  ends_at: z.iso.datetime().nullable(),
});
export type OwnRequest = z.infer<typeof ownRequestSchema>;

/** Somebody else's, for whoever could give it. */
export const askedForSchema = z.object({
  ...frame,
  asker: z.object({ id: z.uuid(), name: z.string() }),
  title: z.string().nullable(),
  /** How this person may give it: by sharing the record to that level, or by a role. */
  by: z.object({ share: z.enum(SHARE_LEVELS).nullable(), role: z.boolean() }),
});
export type AskedFor = z.infer<typeof askedForSchema>;

/** What somebody sees of one record and may do with it; null: nothing. */
const sightSchema = z
  .object({
    fields: z.array(z.string()),
    edit: z.array(z.string()),
    actions: z.array(z.enum(REACHED_ACTIONS)),
  })
  .nullable();
export type Sight = z.infer<typeof sightSchema>;

/** What whoever asks has of the record, and would have. */
export const grantPreviewSchema = z.object({
  now: sightSchema,
  then: sightSchema,
  /** Whether that is what they ask for. */
  enough: z.boolean(),
  ends_at: z.iso.datetime(),
});
export type GrantPreview = z.infer<typeof grantPreviewSchema>;
