import { alreadyDone, invalid } from '../../../shared/protocol/index.ts';
import { holdPolicy, logAccess } from '../../access/accessLog.ts';
import { changes, type Behaviour } from './behaviour.ts';
import { chainsApart, isBelow } from './tree.ts';

/**
 * Teams stand in a tree, by which administration is delegated: whoever administers one administers those below it. Who
 * is in which team is said by the people (see user.ts).
 */
export const team: Behaviour = {
  async prepare({ tx, object }, drafts) {
    const moved = drafts.filter((draft) => changes(draft, 'parent'));
    if (moved.length > 0) await holdPolicy(tx);
    for (const { id, values } of moved) {
      const above = values['parent'] ?? null;
      if (above !== null && (await isBelow(tx, object, String(above), id)))
        throw invalid({ parent: 'A team cannot be part of itself' });
    }
  },
  async remove({ tx }, { id }) {
    await holdPolicy(tx);
    const [used] = await tx`
      select 1 from team_person p join user_account u on u.id = p.user_id
      where p.team_id = ${id} and u.deleted_at is null limit 1
    `;
    if (used) throw alreadyDone('There are people in this team: move them first');
  },
  async follow({ tx, object, actorId }, written) {
    const chains = await chainsApart(tx, object, written);
    if (chains.length === 0) return;
    const rows = await tx<{ id: string }[]>`
      select distinct user_id as id from held_role
      where within_id = any (${chains}::uuid[]) and (ends_at is null or ends_at > now())
    `;
    if (rows.length > 0)
      await logAccess(tx, { users: rows.map(({ id }) => id), cause: 'team.update', actorId });
  },
};
