import { alreadyDone, invalid } from '../../../shared/protocol/index.ts';
import { holdPolicy } from '../../access/accessLog.ts';
import { changes, type Behaviour } from './behaviour.ts';

/** Teams stand in a tree. Who is in which team is said by the people (see user.ts). */
export const team: Behaviour = {
  async prepare({ tx }, drafts) {
    for (const draft of drafts) {
      const above = draft.values['parent'] ?? null;
      if (above === null || !changes(draft, 'parent')) continue;
      await holdPolicy(tx);
      const [circle] = await tx`
        with recursive up as (
          select id, parent_id from team where id = ${String(above)}
          union
          select t.id, t.parent_id from team t join up on t.id = up.parent_id
        ) select 1 from up where id = ${draft.id}
      `;
      if (circle) throw invalid({ parent: 'A team cannot be part of itself' });
    }
  },
  async remove({ tx }, { id }) {
    const [used] = await tx`
      select 1 from team_person p join user_account u on u.id = p.user_id
      where p.team_id = ${id} and u.deleted_at is null limit 1
    `;
    if (used) throw alreadyDone('There are people in this team: move them first');
  },
};
