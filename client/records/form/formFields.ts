import type { Field } from '../../../shared/fields/index.ts';
import type { ObjectDef } from '../../../shared/objects/index.ts';

/** Left to the program: it fills them in by itself, or they say something only later. */
const LATER = ['pipeline', 'lost_reason', 'owner', 'team', 'participants'];

/** The usual fields of what has no list of its own. */
const USUAL: Readonly<Record<string, readonly string[]>> = {
  user: ['name', 'email', 'title', 'team', 'manager', 'territories'],
};

/** The fields of a new record, drawn from the registry: those this person may fill in, the usual ones first. */
export function formFields(
  object: ObjectDef,
  may: (field: string) => 'hidden' | 'read' | 'edit',
): { first: Field[]; rest: Field[] } {
  const fields = Object.values(object.fields).filter(
    (field) => !field.system && !isLater(object, field) && may(field.name) === 'edit',
  );
  const usual = object.pages?.form ?? USUAL[object.name] ?? fields.map((field) => field.name);
  const first = usual.flatMap((name) => fields.find((field) => field.name === name) ?? []);
  const needed = fields.filter((field) => field.required && !first.includes(field));
  const rest = fields.filter((field) => !first.includes(field) && !needed.includes(field));
  return { first: [...needed, ...first], rest };
}

/** The team of a record comes with its owner; a person's own is where they are at home. Who is new is active. */
const isLater = ({ name }: ObjectDef, { name: field }: Field): boolean =>
  name === 'user' ? field === 'active' : LATER.includes(field);
