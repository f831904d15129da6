import type { MaskedRecord } from '../../shared/access/index.ts';
import type { Field, StageDef } from '../../shared/fields/index.ts';
import type { ObjectDef } from '../../shared/objects/index.ts';
import type { Total } from '../../shared/protocol/index.ts';
import { isEmpty, mayEdit, readable, text } from './values.ts';

/** Whether its records move through the stages of a pipeline, and so have a board. */
export const isStaged = (object: ObjectDef): object is ObjectDef & { partition: string } =>
  object.fields['stage']?.kind === 'stage' && object.fields[object.partition ?? '']?.target === 'pipeline';

/** The field that says what one is worth: the first that a view sums up. */
export const worthOf = (object: ObjectDef): string => object.totals.sum[0] ?? '';

/** The stages of a pipeline, in order; none while the pipeline is not here. */
export function stagesOf(pipeline: MaskedRecord | null | undefined): StageDef[] {
  const stages = pipeline?.['stages'];
  return Array.isArray(stages) ? stages.filter((stage): stage is StageDef => typeof stage === 'object') : [];
}

export const stageOf = (stages: readonly StageDef[], key: string | null): StageDef | undefined =>
  stages.find((stage) => stage.key === key);

export interface Summary {
  count: number;
  /** Sum over open stages, in major units; null where the viewer may not read the amounts. */
  open: number | null;
  /** The same, each stage weighed by its probability. */
  weighted: number | null;
}

/** What a pipeline comes to, from what each of its stages comes to. */
export function summarize(
  stages: readonly StageDef[],
  groups: Record<string, Total | undefined>,
  field: string,
): Summary {
  const summary: Summary = { count: 0, open: null, weighted: null };
  for (const stage of stages) {
    const total = groups[stage.key];
    summary.count += total?.count ?? 0;
    const sum = total?.sum[field];
    if (sum === undefined || stage.kind !== 'open') continue;
    summary.open = (summary.open ?? 0) + sum;
    summary.weighted = (summary.weighted ?? 0) + (sum * stage.probability) / 100;
  }
  return summary;
}

/** How long in one stage is long: amber from ten days, red from three weeks. Closed deals do not age. */
export function ageTone(days: number, kind: StageDef['kind']): 'neutral' | 'warn' | 'bad' {
  if (kind !== 'open') return 'neutral';
  return days >= 21 ? 'bad' : days >= 10 ? 'warn' : 'neutral';
}

/** Whether its closing date has passed while it is still open. */
export function overdue(record: MaskedRecord, kind: StageDef['kind'], today: string): boolean {
  const closes = text(record, 'closes_on');
  return kind === 'open' && closes !== null && closes < today;
}

/**
 * The fields to ask for before a deal enters a stage: what the stage requires and the deal lacks; why it was lost;
 * the day it was won. A hidden field is left to the server, which knows its value.
 */
export function fieldsToAsk(object: ObjectDef, record: MaskedRecord, stage: StageDef): Field[] {
  const lacking = stage.requires.filter((name) => readable(record, name) && isEmpty(record[name]));
  const also = stage.kind === 'lost' ? ['lost_reason'] : stage.kind === 'won' ? ['closes_on'] : [];
  return [...new Set([...lacking, ...also])]
    .filter((name) => mayEdit(record, name))
    .flatMap((name) => object.fields[name] ?? []);
}

/** Asked fields that must be filled in; the others may be left as they are. */
export const mustAnswer = (stage: StageDef, field: Field): boolean =>
  stage.requires.includes(field.name) || field.name === 'lost_reason';

/** The CSS color that marks a stage: only for small squares, never behind text. */
export const stageColor = (color: StageDef['color']): string => COLORS[color];
const COLORS: Record<StageDef['color'], string> = {
  slate: 'light-dark(oklch(68% 0.03 230), oklch(68% 0.035 230))',
  blue: 'light-dark(oklch(65% 0.1 250), oklch(66% 0.1 250))',
  amber: 'light-dark(oklch(64% 0.12 82), oklch(68% 0.12 82))',
  violet: 'light-dark(oklch(60% 0.13 300), oklch(66% 0.12 300))',
  green: 'light-dark(oklch(60% 0.13 150), oklch(64% 0.14 150))',
  red: 'light-dark(oklch(60% 0.17 25), oklch(64% 0.16 25))',
};
