import type { Actor } from '../../shared/access/index.ts';
import { isId } from '../../shared/lib/ids.ts';
import type { RoleAnswer } from '../../shared/protocol/index.ts';
import type { App } from '../lib/app.ts';
import { mayOversee } from './explain.ts';

/**
 * Roles, whole, by name, with the people who hold them now. Holders of manage_roles or read_audit see all of them;
 * everyone else the ones they hold or may hand out, with only themselves as a member.
 */
export function listRoles(app: App, actor: Actor): Promise<RoleAnswer[]> {
  return readRoles(app, actor, null);
}

/** One of these, or null: not there, or not theirs to see. */
export async function findRole(app: App, actor: Actor, id: string): Promise<RoleAnswer | null> {
  if (!isId(id)) return null;
  const [role] = await readRoles(app, actor, id);
  return role ?? null;
}

async function readRoles(app: App, actor: Actor, id: string | null): Promise<RoleAnswer[]> {
  const seesAll = mayOversee(actor);
  const held = actor.roles.flatMap(({ id: own, hands_out = [] }) => [own, ...hands_out]);
  const mine = app.sql`and a.user_id = ${actor.userId}::uuid`;
  const rows = await app.sql<RoleAnswer[]>`
    select role.id, name, purpose, grants, fields, system, hands_out, conflicts, version, built_in is not null as built_in,
      array(
        select distinct a.user_id from held_role a
        where a.role_id = role.id ${seesAll ? app.sql`` : mine}
          and a.starts_at <= statement_timestamp() and (a.ends_at is null or a.ends_at > statement_timestamp())
        order by a.user_id
      ) as members
    from role
    where ${id === null ? app.sql`true` : app.sql`role.id = ${id}::uuid`} ${seesAll ? app.sql`` : app.sql`and role.id = any (${held}::uuid[])`}
    order by name collate "und-x-icu", role.id
  `;
  return [...rows];
}
