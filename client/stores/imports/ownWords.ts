import type { Field } from '../../../shared/fields/index.ts';
import type { ImportTarget } from '../../../shared/protocol/imports.ts';
import { t } from '../../words/index.ts';

/** A target as the person's language calls it: as its field is called, or what stands beside the fields. */
export function inOwnWords(target: ImportTarget, field: Field | undefined): ImportTarget {
  const { key, label, choices } = target;
  const known = new Map(field?.choices.map((choice) => [choice.value, choice.label]));
  return {
    ...target,
    label: field?.label ?? t.beside_fields[key] ?? label,
    choices: choices.map((choice) => ({ ...choice, label: known.get(choice.value) ?? choice.label })),
  };
}
