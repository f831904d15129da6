import { z } from '../lib/zod.ts';
import { ACTIONS, REACHED_ACTIONS } from '../objects/index.ts';
import { WAY_NAMES } from '../access/index.ts';

/** Why somebody may do something, and who may see something: what is asked, and what is answered. */

export const explainQuerySchema = z
  .strictObject({
    user: z.uuid(),
    action: z.enum(ACTIONS),
    object: z.string().max(60),
    /** Of the record; none where it is asked whether records of the kind may be added. */
    id: z.uuid().optional(),
    field: z.string().max(60).optional(),
  })
  .refine(({ action, id }) => (action === 'create') === (id === undefined), {
    path: ['id'],
    message: 'A record is named for every action but create',
  });

export const SEERS_MAX = 500;

export const whoCanSeeQuerySchema = z.strictObject({
  object: z.string().max(60),
  id: z.uuid(),
  field: z.string().max(60).optional(),
  /** Part of a name. */
  q: z.string().max(100).optional(),
  /** `key` of one of the groups: only those who see it by that. */
  group: z.string().max(300).optional(),
  /** `next` of the page before. */
  cursor: z.uuid().optional(),
  limit: z.coerce.number().int().min(1).max(SEERS_MAX).optional(),
});

// —— answers ——

const named = z.object({ id: z.uuid(), name: z.string().nullable() });
export type Named = z.infer<typeof named>;

const targetNameSchema = z.object({
  kind: z.enum(['user', 'team', 'role', 'territory']),
  id: z.uuid(),
  name: z.string().nullable(),
});

/** Through what a way matched: only as far as whoever reads it may read the record's field behind it. */
export const throughSchema = z.discriminatedUnion('kind', [
  /** They own it, are named on it, or are the customer. */
  z.object({ kind: z.literal('self'), as: z.enum(['owner', 'participant', 'customer']) }),
  /** It belongs to somebody below them; `above`: whoever stands in between, from the bottom. */
  z.object({ kind: z.literal('report'), owner: named, above: z.array(named) }),
  z.object({ kind: z.literal('team'), team: named }),
  /** It is in a queue that these teams of theirs work. */
  z.object({ kind: z.literal('queue'), queue: named, teams: z.array(named) }),
  /** It is in that territory; `under`: the one they work in, where that is another. */
  z.object({ kind: z.literal('territory'), territory: named, under: named.nullable() }),
  /** A sharing rule opens it. Named where the reader may know by what. */
  z.object({
    kind: z.literal('rule'),
    rule: named.nullable(),
    to: targetNameSchema,
    level: z.enum(['read', 'edit']),
  }),
  /** Somebody has shared it. */
  z.object({
    kind: z.literal('share'),
    id: z.uuid(),
    by: named.nullable(),
    to: targetNameSchema,
    level: z.enum(['read', 'edit']),
    ends_at: z.string().nullable(),
  }),
]);
export type Through = z.infer<typeof throughSchema>;

/** How they come by a role: given to them, or to a team of theirs. */
export const heldSchema = z.object({ team: named.nullable(), ends_at: z.string().nullable() });
export type Held = z.infer<typeof heldSchema>;

export const pathSchema = z.object({
  /** Name of the role; `Everyone` for what everyone signed in may read. */
  role: z.string(),
  /** Its id; `baseline` for that. */
  roleId: z.string(),
  action: z.enum(ACTIONS),
  way: z.enum(WAY_NAMES),
  field: z.enum(['read', 'edit']).optional(),
  through: z.array(throughSchema).optional(),
  held: z.array(heldSchema).optional(),
  /** What it opens besides the record: the parent of a part, or a field that a value is computed from. */
  besides: z
    .object({ of: z.enum(['parent', 'source']), object: z.string(), field: z.string().optional() })
    .optional(),
});
export type Path = z.infer<typeof pathSchema>;

const missing = { of: z.enum(['record', 'parent', 'source']), object: z.string() };
export const lackingSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('bin') }),
  z.object({ kind: z.literal('restriction') }),
  z.object({ kind: z.literal('inactive') }),
  z.object({ kind: z.literal('never'), why: z.enum(['action', 'field', 'program', 'parent']) }),
  z.object({ kind: z.literal('grant'), ...missing, action: z.enum(ACTIONS) }),
  z.object({
    kind: z.literal('reach'),
    ...missing,
    action: z.enum(REACHED_ACTIONS),
    ways: z.array(z.enum(WAY_NAMES)),
  }),
  z.object({ kind: z.literal('field'), ...missing, field: z.string(), right: z.enum(['read', 'edit']) }),
]);

export const explanationSchema = z.object({
  allowed: z.boolean(),
  because: z.array(pathSchema),
  /** Where it is refused: what is missing, all of it together. */
  lacking: z.array(lackingSchema),
  /** The restrictions that hide it. */
  restrictions: z.array(named),
});
export type Explanation = z.infer<typeof explanationSchema>;

export const seerSchema = z.object({ user: z.uuid(), name: z.string(), because: z.array(pathSchema) });
export type Seer = z.infer<typeof seerSchema>;

export const seersSchema = z.object({
  people: z.array(seerSchema),
  /** How many there are in all, whatever is searched for. */
  total: z.int(),
  /** By what they see it; somebody who sees it by several stands in each. */
  groups: z.array(
    pathSchema
      .pick({ role: true, roleId: true, way: true, through: true })
      .extend({ key: z.string(), people: z.int() }),
  ),
  /** For those after these. */
  next: z.uuid().optional(),
});
export type Seers = z.infer<typeof seersSchema>;

const sharing = { object: z.string(), to: targetNameSchema, level: z.enum(['read', 'edit']) };

/** What one's rights come from beside what one's roles say. */
export const myRightsSchema = z.object({
  held: z.array(heldSchema.extend({ role: z.uuid() })),
  /** Where they work; territories below count as well. */
  territories: z.array(named),
  /** Sharing rules that open records to them; named where they may know by what. */
  rules: z.array(z.object({ ...sharing, name: z.string().nullable() })),
  /** Records that colleagues have shared, the latest first. */
  shares: z.array(
    z.object({
      ...sharing,
      record: z.uuid(),
      title: z.string().nullable(),
      by: named.nullable(),
      ends_at: z.string().nullable(),
    }),
  ),
  /** Objects of which restrictions may hide some from them. */
  restricted: z.array(z.string()),
});
export type MyRights = z.infer<typeof myRightsSchema>;
