import { parentOf, type Image } from '../../../shared/access/index.ts';
import type { ObjectDef } from '../../../shared/objects/index.ts';
import { invalid } from '../../../shared/protocol/index.ts';
import type { Values } from '../columns.ts';
import { judgeEach } from '../judgeEach.ts';
import { factsFor, lockImages } from '../parts.ts';
import { merged, type Behaviour, type Draft, type Work } from './behaviour.ts';

/** Something with a deal, company or contact: it has its parent's facts, and a deal shows the next that is due. */
export const activity: Behaviour = {
  async prepare(work, drafts) {
    const parents = await lockParents(work, drafts);
    await judgeEach(drafts, (draft) => {
      const parent = parentAfter(work.object, draft);
      if (!parent) throw invalid({ [work.object.parents[0] ?? '']: 'Say what it belongs to' });
      const found = parents.get(parent.id);
      if (!found || found.deleted_at !== null) throw invalid({ [parent.field]: 'No such record' });
      Object.assign(draft.values, factsFor(work.object, work.registry.get(parent.object), found));
      const company = found['company'];
      if (!draft.before && parent.field === 'deal' && company) draft.values['company'] ??= company;
    });
  },
  async restore(work, record) {
    const parent = parentOf(work.object, record);
    if (!parent) return;
    const [found] = await lockImages(work.tx, work.registry.get(parent.object), [parent.id]);
    if (found?.deleted_at !== null)
      throw invalid({ [parent.field]: 'It is in the bin: bring it back first' });
  },
  async follow(work, written) {
    const deals = written.flatMap(({ before, after }) => [before?.['deal'], after['deal']]);
    await showNext(work, [...new Set(deals.filter((id) => typeof id === 'string'))]);
  },
};

/** The parents of all, as they are: locked before the parts, so that facts do not change in between. */
async function lockParents(work: Work, drafts: readonly Draft[]): Promise<Map<string, Image>> {
  const ids = new Map<string, Set<string>>();
  for (const draft of drafts) {
    for (const parent of [
      parentAfter(work.object, draft),
      draft.before && parentOf(work.object, draft.before),
    ]) {
      if (parent) ids.set(parent.object, (ids.get(parent.object) ?? new Set()).add(parent.id));
    }
  }
  const found = new Map<string, Image>();
  for (const [name, wanted] of [...ids].sort()) {
    for (const image of await lockImages(work.tx, work.registry.get(name), [...wanted]))
      found.set(image.id, image);
  }
  return found;
}

const parentAfter = (object: ObjectDef, draft: Draft) => parentOf(object, merged(draft) as Image);

/** Writes the earliest open activity with a date onto its deal; nothing where it is there already. */
async function showNext({ tx, registry, change }: Work, deals: readonly string[]): Promise<void> {
  if (deals.length === 0) return;
  const stale = await tx<{ id: string; kind: string | null; due_at: string | null }[]>`
    select d.id, next.kind, next.due_at
    from deal d
    left join lateral (
      select kind, due_at from activity a
      where a.deal_id = d.id and a.done_at is null and a.due_at is not null and a.deleted_at is null
      order by a.due_at, a.id limit 1
    ) next on true
    where d.id = any (${[...deals]}::uuid[]) and d.deleted_at is null
      and (d.next_activity_kind, d.next_activity_at) is distinct from (next.kind, next.due_at)
    order by d.id
  `;
  for (const { id, kind, due_at } of stale) {
    const values: Values = { next_activity_kind: kind, next_activity_at: due_at };
    await change(registry.get('deal'), id, values);
  }
}
