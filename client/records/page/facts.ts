import type { MaskedRecord } from '../../../shared/access/index.ts';
import type { Field } from '../../../shared/fields/index.ts';
import type { ObjectDef } from '../../../shared/objects/index.ts';
import { isEmpty } from '../values.ts';

/** Shown elsewhere on the page, beside its title: in its path of stages, its headline or among the people. */
const ELSEWHERE: Record<string, readonly string[]> = {
  deal: ['amount', 'pipeline', 'stage', 'closes_on', 'contact', 'participants'],
};
/** Worth a line only once it has a value. */
const IF_ANY = ['lost_reason', 'external_id'];

/**
 * The fields that stand as facts on a record's page, in the registry's order, custom ones last. A field that the person
 * may not read is among them: it is drawn as one locked line, whether it holds a value or not.
 */
export function factFields(object: ObjectDef, record: MaskedRecord): Field[] {
  const elsewhere = [object.title, ...(ELSEWHERE[object.name] ?? [])];
  const fields = Object.values(object.fields).filter(
    (field) =>
      !field.system &&
      !elsewhere.includes(field.name) &&
      !(IF_ANY.includes(field.name) && isEmpty(record[field.name])),
  );
  // Hidden amounts belong among the facts too: the headline leaves no trace of them.
  const lost = elsewhere.flatMap((name) => {
    const field = object.fields[name];
    return field && record[name] === undefined && !field.system ? [field] : [];
  });
  return [...lost, ...fields];
}
