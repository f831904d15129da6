import { wording } from '../fields/index.ts';
import { z } from '../lib/zod.ts';
import { REACHED_ACTIONS, type ReachedAction } from '../objects/index.ts';
import { GRANTED_WAYS } from './ways.ts';

/** What a role lets its holders do beyond records. */
export const SYSTEM_PERMISSIONS = [
  'manage_users', 'manage_roles', 'approve_roles', 'end_sessions', 'read_audit', 'import',
  'manage_settings', 'manage_workflows', 'see_as', 'break_glass',
] as const; // prettier-ignore
export type SystemPermission = (typeof SYSTEM_PERMISSIONS)[number];

export const FIELD_RIGHTS = ['hidden', 'read', 'edit'] as const;
export type FieldRight = (typeof FIELD_RIGHTS)[number];

const ways = z.array(z.enum(GRANTED_WAYS)).max(GRANTED_WAYS.length);
const objectName = z.string().max(60);

/** `{deal: {read: ["own"], update: ["own"], create: true}}`; every action but `create` has a reach. */
const grantsSchema = z.record(
  objectName,
  z.strictObject({
    create: z.boolean().optional(),
    ...(Object.fromEntries(REACHED_ACTIONS.map((action) => [action, ways.optional()])) as Record<
      ReachedAction,
      z.ZodOptional<typeof ways>
    >),
  }),
);

/** The part of a role that decides. */
export const roleSchema = z.strictObject({
  name: wording(80).min(1),
  purpose: wording(400),
  grants: grantsSchema,
  fields: z.record(objectName, z.record(z.string().max(60), z.enum(FIELD_RIGHTS))),
  system: z.array(z.enum(SYSTEM_PERMISSIONS)),
  /** Ids of the roles that whoever administers a part of the organisation by this role may give away there. */
  hands_out: z.array(z.uuid()).max(100).optional(),
  /** Ids of the roles that nobody may hold together with this one; it counts whichever of the two names the other. */
  conflicts: z.array(z.uuid().toLowerCase()).max(100).optional(),
});

export type RolePolicy = z.infer<typeof roleSchema>;
export interface Role extends RolePolicy {
  id: string;
  /** Fields that it does not name are hidden, whatever their sensitivity (see customer.ts). */
  closed?: true;
  /** Teams that its system permissions reach; absent: everyone. What it grants of records is not narrowed by this. */
  within?: readonly string[];
}
