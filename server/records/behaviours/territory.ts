import { alreadyDone, invalid } from '../../../shared/protocol/index.ts';
import { holdPolicy, logAccess } from '../../access/accessLog.ts';
import type { Tx } from '../../db/transaction.ts';
import { changes, type Behaviour } from './behaviour.ts';
import { chainsApart, isBelow } from './tree.ts';

/**
 * Territories stand in a tree: who works in one reaches the records of those below it. One goes into the bin only when
 * nobody and nothing is in it, so that nobody's reach changes by that, and those in the bin count like the others.
 */
export const territory: Behaviour = {
  async prepare({ tx, object }, drafts) {
    const moved = drafts.filter((draft) => changes(draft, 'parent'));
    if (moved.length > 0) await holdPolicy(tx);
    for (const { id, values } of moved) {
      const above = values['parent'] ?? null;
      if (above !== null && (await isBelow(tx, object, String(above), id)))
        throw invalid({ parent: 'A territory cannot be part of itself' });
    }
  },
  async remove({ tx }, { id }) {
    await holdPolicy(tx);
    const use = await useOf(tx, id);
    if (use !== null) throw alreadyDone(use);
  },
  async restore({ tx }) {
    await holdPolicy(tx);
  },
  /** Exactly those who work in a territory that has this one below it now, or had before. */
  async follow({ tx, object, actorId }, written) {
    const chains = await chainsApart(tx, object, written);
    if (chains.length === 0) return;
    const rows = await tx<{ id: string }[]>`
      select id from user_account where territory_ids && ${chains}::uuid[] and active and deleted_at is null
    `;
    if (rows.length > 0)
      await logAccess(tx, { users: rows.map(({ id }) => id), cause: 'territory.update', actorId });
  },
};

/** What still needs a territory, in words; null: nothing. */
async function useOf(tx: Tx, id: string): Promise<string | null> {
  const [use] = await tx<
    { below: boolean; people: boolean; records: boolean; meant: boolean; rule: boolean }[]
  >`
    select
      exists (select from territory where parent_id = ${id} and deleted_at is null) as below,
      exists (select from user_account where territory_ids @> array[${id}]::uuid[] and deleted_at is null) as people,
      exists (select from company where territory_id = ${id} and deleted_at is null)
        or exists (select from contact where territory_id = ${id} and deleted_at is null)
        or exists (select from deal where territory_id = ${id} and deleted_at is null)
        or exists (select from ticket where territory_id = ${id} and deleted_at is null) as records,
      exists (select from sharing_rule where to_id = ${id}) or exists (select from share where to_id = ${id}) as meant,
      exists (select from territory_rule where territory_id = ${id}) as rule
  `;
  if (use?.below) return 'There are territories below this one: move them first';
  if (use?.people) return 'People work in this territory: give them another one first';
  if (use?.records) return 'There are records in this territory: move them first';
  if (use?.meant) return 'Something is shared with this territory: take that back first';
  return use?.rule ? 'A rule fills this territory: take it away first' : null;
}
