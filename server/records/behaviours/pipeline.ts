import type { StageDef } from '../../../shared/fields/index.ts';
import { alreadyDone, invalid } from '../../../shared/protocol/index.ts';
import { changes, merged, type Behaviour, type Draft, type Work } from './behaviour.ts';

/** The stages of a pipeline hold deals: one in use is not taken away. */
export const pipeline: Behaviour = {
  async prepare(work, drafts) {
    for (const draft of drafts) {
      if (!draft.before) draft.values['position'] ??= await nextPosition(work);
      if (changes(draft, 'stages')) await checkStages(work, draft);
    }
  },
  async remove({ tx }, { id }) {
    const [used] = await tx`select 1 from deal where pipeline_id = ${id} and deleted_at is null limit 1`;
    if (used) throw alreadyDone('There are deals in this pipeline: move them first');
  },
};

async function checkStages({ tx, registry }: Work, draft: Draft): Promise<void> {
  const stages = (merged(draft)['stages'] ?? []) as StageDef[];
  if (!stages.some(({ kind }) => kind === 'open'))
    throw invalid({ stages: 'At least one stage must be open' });
  const { fields } = registry.get('deal');
  const unknown = stages.flatMap(({ requires }) => requires).find((name) => !Object.hasOwn(fields, name));
  if (unknown !== undefined) throw invalid({ stages: `Deals have no field ${unknown}` });
  // A refused move says which field is empty, so it must not be one that roles may hide.
  const telling = stages
    .flatMap(({ requires }) => requires)
    .find((name) => fields[name]?.sensitivity !== 'normal');
  if (telling !== undefined) throw invalid({ stages: `${telling} is sensitive and cannot be required` });
  const keys = stages.map(({ key }) => key);
  const [stray] = await tx<{ stage: string }[]>`
    select stage from deal
    where pipeline_id = ${draft.id} and deleted_at is null and stage <> all (${keys}) limit 1
  `;
  if (stray) throw invalid({ stages: `There are deals in the stage "${stray.stage}": move them first` });
}

async function nextPosition({ tx }: Work): Promise<number> {
  const [row] = await tx<{ next: number }[]>`select coalesce(max(position) + 1, 0) as next from pipeline`;
  return row?.next ?? 0;
}
