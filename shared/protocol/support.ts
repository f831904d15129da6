import { z } from '../lib/zod.ts';

/** Bodies and answers of the doors for tickets, drafts and visitors. Texts are measured by their fields, with 422. */

const DRAFT_KINDS = ['reply', 'note'] as const;
export const draftKindSchema = z.enum(DRAFT_KINDS);

/** What visitors send is no longer than this. */
export const VISITOR_BODY_BYTES = 65_536;
/** Messages of a thread in one answer. */
export const THREAD_MAX = 500;

const mentions = z.array(z.uuid().toLowerCase()).max(20);

export const ticketMessageSchema = z
  .strictObject({ body: z.string(), kind: draftKindSchema, mentions: mentions.optional() })
  .refine((message) => message.kind === 'note' || message.mentions === undefined, {
    path: ['mentions'],
    message: 'Only a note mentions people',
  });

export const draftSchema = z.strictObject({ body: z.string(), mentions: mentions.optional() });

const detail = z.string().nullable().optional();
export const visitorPatchSchema = z.strictObject({ name: detail, email: detail });
export const newVisitorSchema = visitorPatchSchema.extend({ channel: z.uuid().toLowerCase() });
export const visitorMessageSchema = z.strictObject({ body: z.string() });

/** Up to which message one has read; without it, to the last. */
export const seenSchema = z.strictObject({ through: z.iso.datetime().optional() });
export const awaySchema = z.strictObject({ away: z.boolean() });

// —— answers ——

/** How many tickets went back to the queue. */
export const awayAnswerSchema = z.object({ away: z.boolean(), returned: z.int() });

export const draftsAnswerSchema = z.object({
  drafts: z.array(
    z.object({
      ticket: z.uuid(),
      kind: draftKindSchema,
      body: z.string(),
      mentions: z.array(z.uuid()),
      updated_at: z.iso.datetime(),
    }),
  ),
});
/** Null: there is no draft any more. */
export const draftAnswerSchema = z.object({ updated_at: z.iso.datetime().nullable() });

const channel = z.object({ name: z.string(), greeting: z.string().nullable() });
export const visitAnswerSchema = z.object({
  visitor: z.uuid(),
  name: z.string().nullable(),
  email: z.string().nullable(),
  channel,
  /** The ticket they write in; null before their first message. */
  ticket: z.uuid().nullable(),
});
export type Visit = z.infer<typeof visitAnswerSchema>;
export const newVisitAnswerSchema = z.object({
  /** Tells the visitor from all others; it is not shown again. */
  token: z.string(),
  visitor: z.uuid(),
  channel,
  ticket: z.null(),
});
export type NewVisit = z.infer<typeof newVisitAnswerSchema>;
