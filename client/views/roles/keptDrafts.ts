import { roleSchema, type RolePolicy } from '../../../shared/access/index.ts';
import { z } from '../../../shared/lib/zod.ts';
import { roleAnswerSchema, type RoleAnswer } from '../../../shared/protocol/index.ts';
import { session } from '../../stores/session.svelte.ts';

// Drafts of roles, in this tab's storage: they go with the session, and nobody else finds them.

const PREFIX = 'role-draft:';
// A name may be empty while one is writing it.
const draftSchema = roleSchema.extend({ name: z.string().max(200) });
const keptSchema = z.object({ user: z.uuid(), role: roleAnswerSchema, policy: draftSchema });

/** The draft of a role that this person has left here, with the role it was made from. */
export function keptDraft(id: string): { role: RoleAnswer; policy: RolePolicy } | null {
  try {
    const kept = keptSchema.safeParse(JSON.parse(sessionStorage.getItem(PREFIX + id) ?? 'null'));
    return kept.success && kept.data.user === session.actor.userId ? kept.data : null;
  } catch {
    return null;
  }
}

export function keepDraft(role: RoleAnswer, policy: RolePolicy): void {
  try {
    sessionStorage.setItem(PREFIX + role.id, JSON.stringify({ user: session.actor.userId, role, policy }));
  } catch {
    // No room, or none allowed: then the draft lives as long as the page.
  }
}

export function forgetDraft(id: string): void {
  sessionStorage.removeItem(PREFIX + id);
}

session.onLeave(() => {
  for (const key of Object.keys(sessionStorage)) if (key.startsWith(PREFIX)) sessionStorage.removeItem(key);
  return 0;
});
