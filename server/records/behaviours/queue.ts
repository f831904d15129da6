import { sameValue } from '../../../shared/fields/index.ts';
import { alreadyDone, invalid } from '../../../shared/protocol/index.ts';
import { holdPolicy, logAccess } from '../../access/accessLog.ts';
import type { Tx } from '../../db/transaction.ts';
import { changes, type Behaviour, type Written } from './behaviour.ts';

/** Who works a queue decides who sees its tickets, so the people of its teams are told; the tickets stay untouched. */
export const queue: Behaviour = {
  async prepare({ tx }, drafts) {
    if (drafts.some((draft) => changes(draft, 'teams'))) await holdPolicy(tx);
    for (const draft of drafts) if (!draft.before) draft.values['position'] ??= 0;
  },
  async remove({ tx }, { id }) {
    // Its row is held by now, and tickets and channels hold it too while they enter (`mustBeOpen`).
    const [used] = await tx`select 1 from ticket where queue_id = ${id} and deleted_at is null limit 1`;
    if (used) throw alreadyDone('There are tickets in this queue: move them first');
    const [led] = await tx`select 1 from channel where queue_id = ${id} and deleted_at is null limit 1`;
    if (led) throw alreadyDone('A channel leads to this queue: give it another one first');
    await holdPolicy(tx);
  },
  async restore({ tx }) {
    await holdPolicy(tx);
  },
  async follow({ tx, actorId }, written) {
    const teams = [...new Set(written.filter(isPolicy).flatMap(teamsOf))];
    if (teams.length === 0) return;
    const members = await tx<{ id: string }[]>`
      select distinct user_id as id from team_person where team_id = any (${teams}::uuid[])
    `;
    await logAccess(tx, { users: members.map(({ id }) => id), cause: 'queue.update', actorId });
  },
};

/** Holds a queue that something enters, until the commit. @throws ApiError `invalid` if it is in the bin, or none */
export async function mustBeOpen(tx: Tx, id: unknown): Promise<void> {
  const [open] = await tx`select 1 from queue where id = ${String(id)} and deleted_at is null for share`;
  if (!open) throw invalid({ queue: 'No such queue' });
}

const isPolicy = ({ before, after }: Written): boolean =>
  !sameValue(before?.['teams'] ?? [], after['teams'] ?? []) ||
  (before !== null && before.deleted_at !== after.deleted_at);

const teamsOf = ({ before, after }: Written): string[] =>
  [before?.['teams'], after['teams']].flatMap((ids) => (Array.isArray(ids) ? (ids as string[]) : []));
