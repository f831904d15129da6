import { wording } from '../fields/index.ts';
import { z } from '../lib/zod.ts';
import { isId } from '../lib/ids.ts';
import { malformed } from './errors.ts';

/** Looking at the product as somebody else, or as a role: for reading only. */

/** `user:ID` or `role:ID`, with every request; on the socket `auth: {seeAs}`. */
export const SEE_AS_HEADER = 'rolecall-see-as';

export interface SeeAs {
  kind: 'user' | 'role';
  id: string;
}

export const seeAsText = ({ kind, id }: SeeAs): string => `${kind}:${id}`;

/** @throws ApiError `malformed` */
export function parseSeeAs(text: unknown): SeeAs {
  const [kind, id, ...rest] = typeof text === 'string' ? text.split(':') : [];
  if ((kind !== 'user' && kind !== 'role') || id === undefined || !isId(id) || rest.length > 0)
    throw malformed(`${SEE_AS_HEADER} is user:ID or role:ID`, { [SEE_AS_HEADER]: 'Not a person or role' });
  return { kind, id: id.toLowerCase() };
}

export const seeAsSchema = z
  .strictObject({
    user: z.uuid().optional(),
    role: z.uuid().optional(),
    why: wording(500).optional(),
  })
  .refine(({ user, role }) => (user === undefined) !== (role === undefined), 'Either a user or a role');

/** What to end: as that person or role, or that one looking, by the id it was begun with; all there are without any. */
export const seeAsQuerySchema = z.strictObject({
  user: z.uuid().optional(),
  role: z.uuid().optional(),
  id: z.uuid().optional(),
});

// —— answers ——

export const seeAsAnswerSchema = z.object({
  id: z.uuid(),
  user: z.uuid().nullable(),
  role: z.uuid().nullable(),
  name: z.string(),
  started_at: z.iso.datetime(),
});
export type SeeAsAnswer = z.infer<typeof seeAsAnswerSchema>;

/** In `Me`: who looks, and as whom. */
export const seeingSchema = z.object({
  kind: z.enum(['user', 'role']),
  id: z.uuid(),
  name: z.string(),
  by: z.object({ id: z.uuid(), name: z.string() }),
});
export type SeeingInfo = z.infer<typeof seeingSchema>;
