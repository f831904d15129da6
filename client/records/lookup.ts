import type { MaskedRecord } from '../../shared/access/index.ts';
import type { StageDef } from '../../shared/fields/index.ts';
import { names } from '../stores/names.svelte.ts';
import { session } from '../stores/session.svelte.ts';
import type { Lookup } from './fields/text.ts';
import { stagesOf } from './stages.ts';
import { text, titleOf } from './values.ts';
import { w } from './w.ts';

/** The stages of the pipeline that this deal is in. Reactive: they may come later than the deal. */
export function pipelineStages(record: MaskedRecord): StageDef[] {
  const pipeline = text(record, 'pipeline');
  return pipeline === null ? [] : stagesOf(names.get('pipeline', pipeline));
}

/** What ids and stage keys in this record's values are called. Reactive, as the names behind them are. */
export function lookup(record: MaskedRecord): Lookup {
  return { name: nameOf, stages: pipelineStages(record), yes: w.yes, no: w.no };
}

/** The name behind an id: '…' while it is on its way, other words where it is not for this person. */
export function nameOf(object: string, id: string): string {
  const record = names.get(object, id);
  if (record === undefined) return '…';
  return record === null ? w.no_name : titleOf(session.registry.get(object), record);
}

/** A person's first name, for a tag on a card. */
export const firstName = (userId: string): string => {
  const name = nameOf('user', userId);
  // "Anna Sørensen" is Anna; 田中 次郎 is called whole.
  return /^[\p{Script=Latin}]/u.test(name) ? (name.split(' ')[0] ?? name) : name;
};
