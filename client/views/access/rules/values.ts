import type { Field, StageDef } from '../../../../shared/fields/index.ts';
import { countries } from '../../../../shared/lib/countries.ts';
import { stageColor, stagesOf } from '../../../records/stages.ts';
import { w as records } from '../../../records/w.ts';
import { names } from '../../../stores/names.svelte.ts';
import { text } from '../../../stores/values.ts';
import type { Option } from '../../../ui/types.ts';

/** All values that a field may have, where they are few and known; null where one types or looks them up. */
export function valuesFor(field: Field): Option[] | null {
  if (field.kind === 'choice') return [...field.choices];
  if (field.kind === 'boolean')
    return [
      { value: 'true', label: records.yes },
      { value: 'false', label: records.no },
    ];
  if (field.kind === 'stage') return stages();
  if (field.codes === 'country') return countries();
  return null;
}

/** Stages of all pipelines, to name one by its key. */
export const stageLookup = (): StageDef[] => names.all('pipeline').flatMap((pipeline) => stagesOf(pipeline));

/** Stages of all pipelines, those of one key together. */
function stages(): Option[] {
  const found = new Map<string, { label: string; color: string; pipelines: string[] }>();
  for (const pipeline of names.all('pipeline')) {
    for (const { key, name, color } of stagesOf(pipeline)) {
      const known = found.get(key) ?? { label: name, color: stageColor(color), pipelines: [] };
      known.pipelines.push(text(pipeline, 'name') ?? '');
      found.set(key, known);
    }
  }
  const several = names.all('pipeline').length > 1;
  return [...found].map(([value, { label, color, pipelines }]) => ({
    value,
    label,
    color,
    ...(several ? { text: pipelines.join(', ') } : {}),
  }));
}
