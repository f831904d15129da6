import type { Field } from '../../../shared/fields/index.ts';
import type { ObjectDef } from '../../../shared/objects/index.ts';

/** Left to the program: it fills them in by itself, or they say something only later. */
const LATER = ['pipeline', 'lost_reason', 'owner', 'team', 'participants'];

/** The fields of a new record, drawn from the registry: those this person may fill in, the usual ones first. */
export function formFields(
  object: ObjectDef,
  may: (field: string) => 'hidden' | 'read' | 'edit',
): { first: Field[]; rest: Field[] } {
  const fields = Object.values(object.fields).filter(
    (field) => !field.system && !LATER.includes(field.name) && may(field.name) === 'edit',
  );
  const usual = object.pages?.form ?? fields.map((field) => field.name);
  const first = usual.flatMap((name) => fields.find((field) => field.name === name) ?? []);
  const needed = fields.filter((field) => field.required && !first.includes(field));
  const rest = fields.filter((field) => !first.includes(field) && !needed.includes(field));
  return { first: [...needed, ...first], rest };
}
