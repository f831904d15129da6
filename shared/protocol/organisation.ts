import { z } from '../lib/zod.ts';
import { assignmentAnswerSchema } from './http.ts';

/** Where people, teams and territories stand: bodies, queries and answers of their administration. */

/** Fields of the person that say where they stand, and whether their records go along. */
export const moveSchema = z.strictObject({
  team: z.uuid().nullable().optional(),
  manager: z.uuid().nullable().optional(),
  territories: z.array(z.uuid()).max(50).optional(),
  take_records: z.boolean(),
});
export type MoveRequest = z.infer<typeof moveSchema>;

/** Teams that a person is in besides their home team. */
export const furtherTeamsSchema = z.strictObject({ teams: z.array(z.uuid()).max(50) });

/** Which companies a territory fills with: a filter as in lists; null: none by a rule. */
export const territoryRuleSchema = z.strictObject({
  criteria: z.record(z.string(), z.unknown()).nullable(),
});

export const HELD_ROLES_MAX = 100;
export const heldRolesQuerySchema = z.strictObject({
  /** Ids of people, with commas between them. */
  users: z
    .string()
    .max(HELD_ROLES_MAX * 37)
    .transform((text) => text.split(','))
    .pipe(z.array(z.uuid()).min(1).max(HELD_ROLES_MAX)),
});

// —— answers ——

/** Work in the background, and how far it has come. */
export const errandSchema = z.object({
  id: z.uuid(),
  status: z.enum(['running', 'done', 'failed']),
  /** Records gone through, of `total` (null: not counted yet), and those of them that were changed. */
  done: z.int(),
  changed: z.int(),
  total: z.int().nullable(),
  /** Why it failed. */
  problem: z.string().nullable(),
  created_at: z.iso.datetime(),
  finished_at: z.iso.datetime().nullable(),
});
export type ErrandAnswer = z.infer<typeof errandSchema>;

export const progressSchema = z.object({ progress: errandSchema.nullable() });

export const personTeamsSchema = z.object({
  id: z.uuid(),
  /** The home team: the person's field `team`. */
  home: z.uuid().nullable(),
  teams: z.array(z.uuid()),
});
export type PersonTeams = z.infer<typeof personTeamsSchema>;

/** Told once; the link is `/welcome#token=TOKEN&for=EMAIL`. */
export const invitationLinkSchema = z.object({ token: z.string(), expires_at: z.iso.datetime() });
export type InvitationLink = z.infer<typeof invitationLinkSchema>;

/** Whether somebody can sign in; if not, until when a link of theirs does (null: there is none). */
export const joiningSchema = z.object({ joined: z.boolean(), invited_until: z.iso.datetime().nullable() });
export type JoiningAnswer = z.infer<typeof joiningSchema>;

export const territoryCountSchema = z.object({
  territory: z.uuid(),
  /** In it and not below it: companies that the asker sees, and active people. */
  companies: z.int(),
  people: z.int(),
  /** Whether a rule fills it. */
  ruled: z.boolean(),
});
export type TerritoryCount = z.infer<typeof territoryCountSchema>;

/** An assignment as it is listed: with what the role is called. */
export const assignmentRowSchema = assignmentAnswerSchema.extend({ role_name: z.string() });
export type AssignmentRow = z.infer<typeof assignmentRowSchema>;

/** A role that somebody holds or will, and the team by which it came to them, if any. */
export const heldRoleSchema = assignmentAnswerSchema
  .omit({ user: true })
  .extend({ user: z.uuid(), role_name: z.string() });
export type HeldRole = z.infer<typeof heldRoleSchema>;

/** Somebody who may look after the people of a team, by a role that is limited to it or to one above. */
export const teamAdministratorSchema = z.object({
  user: z.uuid(),
  role: z.uuid(),
  role_name: z.string(),
  within: z.uuid(),
});
export type TeamAdministrator = z.infer<typeof teamAdministratorSchema>;
