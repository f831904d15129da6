import { z } from '../lib/zod.ts';
import { roleSchema } from '../access/index.ts';
import { customFieldSchema } from '../objects/index.ts';
import { seeingSchema } from './seeAs.ts';
import { CURSOR_MAX, ROWS_MAX } from './view.ts';

/** Bodies and queries of the HTTP API. The doors validate with these, and OpenAPI is made from them. */

export const LIMITS = { bodyBytes: 262_144, passwordMin: 8, passwordMax: 128 };

export const signInSchema = z.strictObject({
  email: z.string().max(254),
  password: z.string().max(1_000),
  code: z.string().max(40).optional(),
});

export const welcomeSchema = z.strictObject({
  token: z.string().min(20).max(100),
  name: z.string().trim().min(1).max(120),
  email: z.email().max(254),
  password: z.string().min(LIMITS.passwordMin).max(LIMITS.passwordMax),
});

/** By the link of somebody who is here already. */
export const joinSchema = welcomeSchema.pick({ token: true, password: true });

export const listQuerySchema = z.strictObject({
  /** JSON, see docs/protocol.md. */
  filter: z.string().max(32_768).optional(),
  sort: z.string().max(61).optional(),
  limit: z.coerce.number().int().min(1).max(ROWS_MAX).optional(),
  cursor: z.string().max(CURSOR_MAX).optional(),
  q: z.string().max(200).optional(),
  /** Whether to add up the whole list, which costs a second query. */
  total: z.enum(['true', 'false']).optional(),
});

export const deleteQuerySchema = z.strictObject({ version: z.coerce.number().int().min(1).optional() });

export const idSchema = z.uuid();

export const rolePatchSchema = roleSchema.partial();

export const assignmentSchema = z.strictObject({
  /** Who gets it: a person, or everyone in a team. */
  user: z.uuid().optional(),
  team: z.uuid().optional(),
  role: z.uuid(),
  /** A team: its system permissions reach the people of that one and those below only. */
  within: z.uuid().nullable().optional(),
  starts_at: z.iso.datetime({ offset: true }).nullable().optional(),
  ends_at: z.iso.datetime({ offset: true }).nullable().optional(),
});

export const unassignQuerySchema = assignmentSchema.pick({ user: true, team: true, role: true });
/** Whose assignments: one of them is named. */
export const assignmentsQuerySchema = unassignQuerySchema.partial();

// —— answers ——

export const assignmentAnswerSchema = z.object({
  id: z.uuid(),
  user: z.uuid().nullable(),
  team: z.uuid().nullable(),
  role: z.uuid(),
  within: z.uuid().nullable(),
  starts_at: z.iso.datetime(),
  ends_at: z.iso.datetime().nullable(),
});
export type AssignmentAnswer = z.infer<typeof assignmentAnswerSchema>;

export const receiptSchema = z.object({
  /** How many sessions this ended. */
  ended: z.int(),
  receipt: z.object({
    /** Nodes that confirmed: sockets they closed, and milliseconds from the commit. */
    nodes: z.array(z.object({ id: z.string(), sockets: z.int(), ms: z.number() })),
    /** Nodes that have not confirmed, and by when their lease runs out so that it must hold all the same. */
    pending: z.array(z.object({ id: z.string(), holds_by: z.iso.datetime() })),
  }),
});
export type Receipt = z.infer<typeof receiptSchema>;

export const sessionSchema = z.object({
  id: z.uuid(),
  user: z.uuid(),
  user_name: z.string(),
  roles: z.array(z.string()),
  /** The session that asks. */
  current: z.boolean(),
  device: z.string(),
  address: z.string(),
  method: z.string(),
  created_at: z.iso.datetime(),
  seen_at: z.iso.datetime(),
  expires_at: z.iso.datetime(),
  sockets: z.int(),
  ended_at: z.iso.datetime().nullable(),
  end_reason: z.string().nullable(),
});
export type SessionInfo = z.infer<typeof sessionSchema>;

export const roleAnswerSchema = roleSchema.extend({
  id: z.uuid(),
  built_in: z.boolean(),
  version: z.int(),
  members: z.array(z.uuid()),
});
export type RoleAnswer = z.infer<typeof roleAnswerSchema>;

export const meSchema = z.object({
  user: z.object({
    id: z.uuid(),
    name: z.string(),
    email: z.string().nullable(),
    title: z.string().nullable(),
  }),
  /** The roles that hold now, whole: the client decides with them what to offer. */
  roles: z.array(
    roleSchema.extend({
      id: z.uuid(),
      /** Teams that its system permissions reach; absent: everyone. */
      within: z.array(z.uuid()).readonly().optional(),
    }),
  ),
  rights: z.object({
    teams: z.array(z.uuid()),
    reports: z.array(z.uuid()),
    queues: z.array(z.uuid()),
    territories: z.array(z.uuid()),
    open: z.record(z.string(), z.enum(['read', 'edit'])),
    fingerprint: z.string(),
  }),
  access_seq: z.int(),
  session: z.object({ id: z.uuid(), expires_at: z.iso.datetime() }),
  organisation: z.object({ name: z.string(), currency: z.string(), demo: z.boolean() }),
  custom_fields: z.array(customFieldSchema),
  /** Set where somebody looks as this person, or as a role: nothing can be changed then. */
  seeing: seeingSchema.nullable(),
  protocol: z.int(),
});
export type Me = z.infer<typeof meSchema>;

export const demoSchema = z.object({
  accounts: z.array(
    z.object({ email: z.string(), password: z.string(), name: z.string(), role: z.string() }),
  ),
});
export type Demo = z.infer<typeof demoSchema>;

export const historyEntrySchema = z.object({
  seq: z.int(),
  at: z.iso.datetime(),
  version: z.int(),
  op: z.enum(['create', 'update', 'delete', 'restore']),
  actor: z.uuid().nullable(),
  /** Only fields the viewer may read: `{field: [before, after]}`. */
  changes: z.record(z.string(), z.tuple([z.unknown(), z.unknown()])),
});
export type HistoryEntry = z.infer<typeof historyEntrySchema>;
