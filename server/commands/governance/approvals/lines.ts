import { must } from '../../../../shared/lib/must.ts';
import type { Json, TrailEntry } from '../../../identity/policyTrail.ts';
import type { Act } from '../../perform.ts';

/** What a line of the trail says of a change, and how the role stands that it gives. */
export interface Line extends Pick<TrailEntry, 'action' | 'object' | 'target_id'> {
  before: Json | null;
  after: Json | null;
  role_version: number | null;
}

/** The line that the change just made has written. */
export async function lineOf({ tx, ctx }: Act): Promise<Line> {
  const [line] = await tx<Line[]>`
    select action, object, target_id, before, after,
      (select version from role where action = 'role.assign' and role.id = (after ->> 'role')::uuid) as role_version
    from audit_entry
    where actor_id = ${ctx.actorId} and request_id = ${ctx.requestId}
      and action ~ '^(role|user|team|territory|queue|sharing_rule|restriction|share)[.]'
    order by id desc limit 1
  `;
  return must(line, 'the line of the change');
}
