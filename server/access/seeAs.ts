import type { Actor } from '../../shared/access/index.ts';
import { isId } from '../../shared/lib/ids.ts';
import { notAllowed, notFound, sessionEnded, type SeeAs } from '../../shared/protocol/index.ts';
import type { AnySql } from '../db/fragments.ts';
import { loadActor, loadAsRole } from './loadActor.ts';
import { mayAdminister, partsOf } from './parts.ts';

/** Somebody who looks as somebody else, or as a role. */
export interface Seeing {
  sessionId: string;
  viewer: string;
  as: SeeAs;
}

/**
 * The actor as whom they look, with the rights of now: that person's, or the viewer's own place with just that role. Asked
 * anew each time, so that it is over as soon as the viewer may not, or has ended it.
 * @throws ApiError `session_ended` (the viewer is inactive), `not_allowed`, `not_found` (nobody active, no such role)
 */
export async function lookAs(sql: AnySql, { sessionId, viewer, as }: Seeing): Promise<Actor> {
  const own = await loadActor(sql, viewer);
  if (!own) throw sessionEnded();
  await maySeeAs(sql, own, as);
  const [open] = await sql`
    select from see_as where session_id = ${sessionId} and viewer_id = ${viewer} and ended_at is null
      and coalesce(user_id, role_id) = ${as.id}
  `;
  if (!open) throw notAllowed('see_as');
  const actor = as.kind === 'user' ? await loadActor(sql, as.id) : await loadAsRole(sql, viewer, as.id);
  // A visitor's id is no person's.
  if (actor?.kind !== 'person') throw notFound();
  return actor;
}

/**
 * Whether somebody may look as that person or role. Where they may only within a part of the organisation: as the roles
 * that they may hand out there, and as its people who hold no others, since one sees all that they see.
 * @throws ApiError `not_allowed`, `not_found`
 */
export async function maySeeAs(sql: AnySql, viewer: Actor, { kind, id }: SeeAs): Promise<void> {
  const parts = partsOf(viewer, 'see_as');
  if (parts !== 'everyone' && parts.length === 0) throw notAllowed('see_as');
  // A role that is not theirs to hand out is none that they know of.
  if (kind === 'role' && parts !== 'everyone' && !parts.some(({ handsOut }) => handsOut.has(id)))
    throw notAllowed('see_as');
  if (!isId(id)) throw notFound();
  const [known] =
    kind === 'user'
      ? await sql`select 1 from user_account where id = ${id} and active and deleted_at is null`
      : await sql`select 1 from role where id = ${id}`;
  if (!known) throw notFound();
  if (kind === 'user' && !(await mayAdminister(sql, viewer, 'see_as', [id]))) throw notAllowed('see_as');
}

/** Who looks as a role, or may still, as the session they did it on has not ended it. */
export async function lookingAs(sql: AnySql, role: string): Promise<string[]> {
  const rows = await sql<{ viewer_id: string }[]>`
    select distinct viewer_id from see_as where role_id = ${role} and ended_at is null
  `;
  return rows.map(({ viewer_id }) => viewer_id);
}
