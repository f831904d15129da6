import { alreadyDone } from '../../../shared/protocol/index.ts';
import type { App, Caller } from '../../lib/app.ts';
import { once } from '../idempotency.ts';
import { perform, type Act } from '../perform.ts';
import { idFrom } from '../records/request.ts';
import { changePolicy, policyOf } from './policy.ts';
import { roleAnswer } from './updateRole.ts';

/**
 * Deletes a role that nobody holds, now or later, and that nothing names; one that came with the product stays.
 * @throws ApiError `not_allowed`, `not_found`, `already_done` (it is still held or named: `message` says by what),
 * `idempotency_conflict`, `session_ended`
 */
export async function deleteRole(
  app: App,
  caller: Caller,
  request: { id: string; idempotencyKey?: string },
): Promise<void> {
  const id = idFrom(request.id);
  const asked = { key: request.idempotencyKey, content: ['delete', id], object: 'role', id, status: 200 };
  await perform(app, caller, (act) =>
    once(
      act,
      asked,
      () => dropRole(act, id),
      () => Promise.resolve(),
    ),
  );
}

/** The same within work that is under way. @throws ApiError `not_allowed`, `not_found`, `already_done` */
export function dropRole(act: Act, id: string): Promise<void> {
  const { tx } = act;
  return changePolicy(act, async () => {
    const before = await roleAnswer(act, id, 'lock');
    if (before.built_in) throw alreadyDone('It came with the product and stays');
    const use = await inUse(act, id);
    if (use !== null) throw alreadyDone(`It is still in use: ${use}`);
    // What is over is told by the trail.
    await tx`delete from role_assignment where role_id = ${id}`;
    await tx`delete from share where to_kind = 'role' and to_id = ${id}`;
    await tx`delete from role where id = ${id}`;
    const trail = { action: 'role.delete', object: 'role', targetId: id, before: { ...policyOf(before) } };
    return { result: undefined, users: [], field: 'role', ...trail };
  });
}

/** What still holds or names a role; null: nothing does. */
async function inUse({ tx }: Act, id: string): Promise<string | null> {
  const [use] = await tx<Record<'held' | 'rule' | 'restriction' | 'share' | 'handed' | 'apart', boolean>[]>`
    select
      exists (
        select 1 from role_assignment where role_id = ${id} and (ends_at is null or ends_at > now())
      ) as held,
      exists (select 1 from sharing_rule where to_kind = 'role' and to_id = ${id}) as rule,
      exists (select 1 from restriction where ${id}::uuid = any (except_roles)) as restriction,
      exists (
        select 1 from share where to_kind = 'role' and to_id = ${id} and (ends_at is null or ends_at > now())
      ) as share,
      exists (select 1 from role where hands_out ? ${id}::text) as handed,
      exists (select 1 from role where conflicts ? ${id}::text) as apart
  `;
  if (use?.held) return 'somebody holds it, or will';
  if (use?.rule) return 'a sharing rule opens records to it';
  if (use?.restriction) return 'a restriction makes an exception for it';
  if (use?.share) return 'records are shared with it';
  if (use?.handed) return 'another role lets it be given away';
  return use?.apart ? 'another role names it as a duty that conflicts' : null;
}
