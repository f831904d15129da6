import { z } from '../lib/zod.ts';
import { furtherTeamsSchema, territoryRuleSchema } from './organisation.ts';
import { baselineAnswerSchema, restrictionSchema, sharingRuleSchema } from './policy.ts';
import { roleSchema, SYSTEM_PERMISSIONS } from '../access/index.ts';

/** What a change of policy would come to, before it is made. */

/** People told of one by one: those for whom most changes. */
export const PREVIEW_LISTED = 50;

const instant = z.iso.datetime({ offset: true }).nullable().optional();
const holder = { user: z.uuid().optional(), team: z.uuid().optional(), role: z.uuid() };

/** A change that could be made: with the same values as the door that makes it. */
export const policyChangeSchema = z.discriminatedUnion('kind', [
  /** Another policy for a role, or a new one; what is left out stays. `null`: the role is deleted. */
  z.strictObject({
    kind: z.literal('role'),
    id: z.uuid().optional(),
    policy: roleSchema.partial().nullable(),
  }),
  /** A role given to a person or a team. Judged as from its start, whenever that is. */
  z.strictObject({
    kind: z.literal('assign'),
    ...holder,
    within: z.uuid().nullable().optional(),
    starts_at: instant,
    ends_at: instant,
  }),
  z.strictObject({ kind: z.literal('unassign'), ...holder }),
  /** `null`: the rule is deleted. */
  z.strictObject({
    kind: z.literal('sharing_rule'),
    id: z.uuid().optional(),
    rule: sharingRuleSchema.partial({ name: true }).nullable(),
  }),
  /** `null`: the restriction is deleted. */
  z.strictObject({
    kind: z.literal('restriction'),
    id: z.uuid().optional(),
    restriction: restrictionSchema.partial({ name: true }).nullable(),
  }),
  /** Somebody moved, or no longer active. */
  z.strictObject({
    kind: z.literal('person'),
    id: z.uuid(),
    values: z.strictObject({
      team: z.uuid().nullable().optional(),
      manager: z.uuid().nullable().optional(),
      territories: z.array(z.uuid()).max(200).optional(),
      active: z.boolean().optional(),
    }),
  }),
  /** A territory put somewhere else in the tree. */
  z.strictObject({
    kind: z.literal('territory'),
    id: z.uuid().optional(),
    values: z.strictObject({ name: z.string().max(80).optional(), parent: z.uuid().nullable().optional() }),
  }),
  /** A team put somewhere else in the tree. */
  z.strictObject({
    kind: z.literal('team'),
    id: z.uuid(),
    values: z.strictObject({ parent: z.uuid().nullable() }),
  }),
  /** The teams a person is in besides their home team. */
  z.strictObject({ kind: z.literal('further_teams'), id: z.uuid(), ...furtherTeamsSchema.shape }),
  /** Which companies a territory fills with. Judged as if those that are there had been brought to it. */
  z.strictObject({ kind: z.literal('territory_rule'), id: z.uuid(), ...territoryRuleSchema.shape }),
  /** All records of an object opened to everyone, or closed. */
  z.strictObject({ kind: z.literal('baseline'), ...baselineAnswerSchema.shape }),
  /** Whether such changes wait for somebody else's approval. */
  z.strictObject({ kind: z.literal('approvals'), approvals: z.boolean() }),
  /** One of GET /api/policy-changes taken back. */
  z.strictObject({ kind: z.literal('undo'), id: z.int().min(1) }),
]);
export type PolicyChange = z.infer<typeof policyChangeSchema>;
export type PolicyChangeKind = PolicyChange['kind'];

export const previewRequestSchema = z.strictObject({ change: policyChangeSchema });

/** Records that come into somebody's sight, and that go out of it. */
const moved = { gained: z.int(), lost: z.int() };

export const previewAnswerSchema = z.object({
  /** Active people whose rights change, or before whose eyes records move. */
  people: z.int(),
  /** Their open sockets, on all nodes: what changes before their eyes. */
  sockets: z.int(),
  /** Records that one of them at least would see, or would see no longer; and how many people that are. */
  objects: z.array(z.object({ object: z.string(), ...moved, people_gained: z.int(), people_lost: z.int() })),
  /**
   * People who would read a field, or no longer, on records that they see before and after; of a sensitive field also
   * those who would read it on records that come or go.
   */
  fields: z.array(z.object({ object: z.string(), field: z.string(), ...moved })),
  /** People who could write a field, or no longer, which they read before and after. */
  editable: z.array(z.object({ object: z.string(), field: z.string(), ...moved })),
  /** People who may do more with a record at least, or less; `create`: add some. */
  actions: z.array(z.object({ object: z.string(), action: z.string(), ...moved })),
  /** People who get a system permission, or lose it. */
  permissions: z.array(z.object({ permission: z.enum(SYSTEM_PERMISSIONS), ...moved })),
  /** Those for whom most changes, the most concerned first. */
  list: z
    .array(
      z.object({
        user: z.uuid(),
        name: z.string(),
        objects: z.array(z.object({ object: z.string(), ...moved })),
      }),
    )
    .max(PREVIEW_LISTED),
  /**
   * Left to nobody by this change: unsolved tickets whose assignee could not answer any more, or that are nobody's and
   * that only those who answer all tickets still could; open deals, companies and contacts whose owner could not read
   * them any more.
   */
  orphans: z.object({ tickets: z.int(), records: z.int() }),
  /** Companies that a territory's rule would bring elsewhere. */
  moved: z.int(),
  /** Whether all of it was counted; not where it would have taken too long, or a rule is still being filled. */
  exact: z.boolean(),
  took_ms: z.int(),
});
export type PreviewAnswer = z.infer<typeof previewAnswerSchema>;
