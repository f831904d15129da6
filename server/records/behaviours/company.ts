import { invalid } from '../../../shared/protocol/index.ts';
import type { Tx } from '../../db/transaction.ts';
import { changes, merged, type Behaviour, type Draft, type Work } from './behaviour.ts';
import { homeTerritories, placeByRule, territoryRules } from './placing.ts';

/**
 * Companies are in the territory whose rule they fulfil, unless it was chosen by hand. They stand in a tree, of any
 * depth; nobody's rights follow from that. That a circle would come about is told to whoever names the parent, though a
 * company between the two may not be theirs to see.
 */
export const company: Behaviour = {
  async prepare(work, drafts) {
    await place(work, drafts);
    const { tx } = work;
    const moved = drafts.filter((draft) => draft.values['parent'] && changes(draft, 'parent'));
    if (moved.length === 0) return;
    // Nothing stands below a new one yet but what is written with it, so new ones wait for nobody.
    if (moved.some(({ before }) => before !== null)) await holdTree(tx);
    const parents = await parentsAbove(tx, moved.map(({ values }) => String(values['parent']))); // prettier-ignore
    for (const { id, values } of drafts)
      if ('parent' in values) parents.set(id, values['parent'] ? String(values['parent']) : null);
    for (const { id } of moved)
      if (isAboveItself(id, parents)) throw invalid({ parent: 'A company cannot be part of itself' });
  },
};

/**
 * By the first rule that is fulfilled. Where none is, it stays where its owner or whoever wrote it has put it; and if
 * it was in its territory by a rule before, it goes to its owner's home.
 */
async function place({ tx, object }: Work, drafts: readonly Draft[]): Promise<void> {
  const free = drafts.filter((draft) => merged(draft)['territory_fixed'] !== true);
  if (free.length === 0) return;
  const rules = await territoryRules(tx, object);
  if (rules.length === 0) return;
  const left: Draft[] = [];
  for (const draft of free) {
    const { before, values } = draft;
    const place = placeByRule(rules, asFiltered(draft));
    if (place !== undefined) values['territory'] = place;
    else if (before?.['territory'] && placeByRule(rules, before) === before['territory']) left.push(draft);
  }
  const ownerOf = (draft: Draft): string => String(merged(draft)['owner'] ?? '');
  const homes = await homeTerritories(
    tx,
    left.map(ownerOf).filter((id) => id !== ''),
  );
  for (const draft of left)
    if (!('territory' in draft.values)) draft.values['territory'] = homes.get(ownerOf(draft)) ?? null;
}

/** The record as filters read it. */
const asFiltered = (draft: Draft) => ({ created_at: draft.at, ...merged(draft), id: draft.id });

/** Lets those that move companies in the tree through one at a time, until the commit: two moves can be a circle. */
async function holdTree(tx: Tx): Promise<void> {
  await tx`select pg_advisory_xact_lock(hashtextextended('company tree', 0))`;
}

/** The parents of these companies, of those parents, and so on to the top; those in the bin too: they may come back. */
async function parentsAbove(tx: Tx, ids: readonly string[]): Promise<Map<string, string | null>> {
  const rows = await tx<{ id: string; parent: string | null }[]>`
    with recursive up as (
      select id, parent_id from company where id = any (${[...new Set(ids)]}::uuid[])
      union
      -- One by one, by the key: whatever the planner thinks of a long chain, it must not read the table for every link.
      select c.id, c.parent_id
      from up cross join lateral (select id, parent_id from company where id = up.parent_id offset 0) c
    ) select id, parent_id as parent from up
  `;
  return new Map(rows.map(({ id, parent }) => [id, parent]));
}

function isAboveItself(id: string, parents: ReadonlyMap<string, string | null>): boolean {
  const seen = new Set<string>();
  for (let above = parents.get(id) ?? null; above !== null; above = parents.get(above) ?? null) {
    if (above === id) return true;
    // A circle of others: it is theirs to be refused.
    if (seen.has(above)) return false;
    seen.add(above);
  }
  return false;
}
