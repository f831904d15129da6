import type { Field, StageDef, Value } from '../../shared/fields/index.ts';
import { joinNames } from './names.ts';
import { disarm, type Cell } from './write.ts';

/** What ids and keys in a row are called; null and none for what the reader of the file may not know. */
export interface Called {
  name(object: string, id: string): string | null;
  /** The stages that the row's own can be one of. */
  stages: readonly StageDef[];
}

/**
 * A value as a file of rows holds it, so that people can read it and an import understands it: numbers plain, moments in
 * ISO 8601 with Z, choices and stages by what they are called, records by their names, several joined as `joinNames` does.
 */
export function cellOf(field: Field, value: Value | undefined, called: Called): Cell {
  if (value === null || value === undefined) return null;
  if (typeof value === 'number' || typeof value === 'boolean') return value;
  if (typeof value === 'string') return disarm(textOf(field, value, called));
  return disarm(field.kind === 'relations' ? namesOf(field, value, called) : JSON.stringify(value));
}

function textOf(field: Field, value: string, { name, stages }: Called): string {
  switch (field.kind) {
    case 'choice':
      return labelOf(field.choices, value);
    case 'stage':
      return labelOf(
        stages.map((stage) => ({ value: stage.key, label: stage.name })),
        value,
      );
    case 'relation':
      return field.target === null ? value : (name(field.target, value) ?? '');
    default:
      return value;
  }
}

function namesOf(field: Field, ids: readonly unknown[], { name }: Called): string {
  return joinNames(ids.flatMap((id) => (typeof id === 'string' ? (name(field.target ?? '', id) ?? []) : [])));
}

/** The label, if it is nobody else's; what is called like another can only be told apart by its own value. */
function labelOf(choices: readonly { value: string; label: string }[], value: string): string {
  const label = choices.find((choice) => choice.value === value)?.label;
  if (label === undefined) return value;
  const same = (text: string) => text.toLowerCase() === label.toLowerCase();
  const isOwn = choices.every(
    (choice) => choice.value === value || (!same(choice.label) && !same(choice.value)),
  );
  return isOwn ? label : value;
}
