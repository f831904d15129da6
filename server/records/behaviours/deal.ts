import type { StageDef } from '../../../shared/fields/index.ts';
import { must } from '../../../shared/lib/must.ts';
import { invalid } from '../../../shared/protocol/index.ts';
import { judgeEach } from '../judgeEach.ts';
import { changes, merged, type Behaviour, type Draft, type Work } from './behaviour.ts';

/** A deal moves through the stages of its pipeline, and closes when it enters one that is won or lost. */
export const deal: Behaviour = {
  async prepare(work, drafts) {
    const pipelines = await pipelinesOf(work, drafts);
    await judgeEach(drafts, (draft) => place(work, draft, pipelines));
  },
};

function place(work: Work, draft: Draft, pipelines: readonly Pipeline[]): void {
  const { values, before } = draft;
  if (!before) values['pipeline'] ??= firstOf(pipelines).id;
  const moves = before === null || changes(draft, 'stage') || changes(draft, 'pipeline');
  if (!moves && !changes(draft, 'lost_reason')) return;

  const pipeline = pipelines.find(({ id }) => id === merged(draft)['pipeline']);
  if (!pipeline) throw invalid({ pipeline: 'No such pipeline' });
  if (!before)
    values['stage'] ??=
      (pipeline.stages.find(({ kind }) => kind === 'open') ?? pipeline.stages[0])?.key ?? null;
  if (before && changes(draft, 'pipeline') && !('stage' in values))
    throw invalid({ stage: 'Choose a stage of that pipeline' });
  const stage = pipeline.stages.find(({ key }) => key === merged(draft)['stage']);
  if (!stage) throw invalid({ stage: 'No such stage in this pipeline' });

  if (moves) enter(work, draft, stage);
  if (stage.kind === 'lost' && isMissing(work, draft, 'lost_reason'))
    throw invalid({ lost_reason: 'Say why it was lost' });
}

function enter(work: Work, draft: Draft, stage: StageDef): void {
  const { values, before, at } = draft;
  const missing = stage.requires.filter((name) => isMissing(work, draft, name));
  if (missing.length > 0) {
    throw invalid(Object.fromEntries(missing.map((name) => [name, `Needed before ${stage.name}`])));
  }
  // Of a record brought in from elsewhere it may be told when that was.
  values['stage_since'] = (!before && values['stage_since']) || at;
  if (stage.kind !== 'lost' && (before?.['lost_reason'] ?? values['lost_reason']))
    values['lost_reason'] = null;
  values['closed_at'] = stage.kind === 'open' ? null : (!before && values['closed_at']) || at;
}

/** What somebody does not read is not asked of them: that it is empty would be told by the refusal. */
const isMissing = (work: Work, draft: Draft, name: string): boolean =>
  isEmpty(merged(draft)[name]) && (name in draft.values || work.reads(draft.before, name));

interface Pipeline {
  id: string;
  stages: StageDef[];
}

const firstOf = (pipelines: readonly Pipeline[]): Pipeline => {
  const [first] = pipelines;
  if (!first) throw invalid({ pipeline: 'There is no pipeline yet' });
  return first;
};

/** In the order that people see. Held as they are until the commit: a stage does not vanish under a deal that enters it. */
async function pipelinesOf({ tx, registry }: Work, drafts: readonly Draft[]): Promise<readonly Pipeline[]> {
  const wanted = drafts.some(
    (draft) => !draft.before || ['stage', 'pipeline', 'lost_reason'].some((name) => changes(draft, name)),
  );
  if (!wanted) return [];
  must(registry.find('pipeline'), 'pipelines');
  return tx<Pipeline[]>`
    select id, stages from pipeline where deleted_at is null order by position, name, id for share
  `;
}

const isEmpty = (value: unknown): boolean =>
  value === undefined || value === null || value === '' || (Array.isArray(value) && value.length === 0);
