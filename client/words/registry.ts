import type { Field } from '../../shared/fields/index.ts';
import type { ObjectDef } from '../../shared/objects/index.ts';

/** What a language calls an object; whatever is absent keeps the registry's own label. */
export interface ObjectWords {
  label: string;
  labelPlural: string;
  fields: Record<string, string>;
  /** Choices of fields, by their values. */
  choices?: Record<string, Record<string, string>>;
}
/** By the objects' names. Fields that an organisation has added are called what it calls them. */
export type RegistryWords = Record<string, ObjectWords>;

/** The registry's objects as a language calls them: every page, form and sentence takes its labels from these. */
export const inWords = (objects: readonly ObjectDef[], words: RegistryWords): ObjectDef[] =>
  objects.map((object) => {
    const own = words[object.name];
    if (!own) return object;
    const fields = Object.entries(object.fields).map(([name, field]) => [name, fieldIn(own, field)]);
    return {
      ...object,
      label: own.label,
      labelPlural: own.labelPlural,
      fields: Object.fromEntries(fields) as Record<string, Field>, // the same fields under the same names
    };
  });

const fieldIn = (own: ObjectWords, field: Field): Field => ({
  ...field,
  label: own.fields[field.name] ?? field.label,
  choices: field.choices.map(({ value, label }) => ({
    value,
    label: own.choices?.[field.name]?.[value] ?? label,
  })),
});
