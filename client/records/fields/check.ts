import { valueSchema, type Field, type Value } from '../../../shared/fields/index.ts';
import { isEmpty } from '../values.ts';

/** What is wrong with a value, in the words of the server's own check, or null. `needed`: it may not be empty. */
export function problemWith(
  field: Field,
  value: unknown,
  needed: boolean,
  words: { required: string },
): string | null {
  if (isEmpty(value)) return needed || field.required ? words.required : null;
  const parsed = valueSchema(field).safeParse(value);
  return parsed.success ? null : (parsed.error.issues[0]?.message ?? null);
}

/** What is wrong, per field; empty when all is well. */
export function problemsOf(
  fields: readonly Field[],
  values: Readonly<Record<string, unknown>>,
  needed: (field: Field) => boolean,
  words: { required: string },
): Record<string, string> {
  const found = fields.flatMap((field) => {
    const problem = problemWith(field, values[field.name], needed(field), words);
    return problem === null ? [] : [[field.name, problem] as const];
  });
  return Object.fromEntries(found);
}

/** A typed value as it is sent: texts without blanks around them, emptiness as null, addresses with a protocol. */
export function cleaned(field: Field, value: Value | undefined): Value {
  if (typeof value !== 'string') return value ?? null;
  const trimmed = value.trim();
  if (trimmed === '') return null;
  if (field.kind === 'url' && !/^[a-z][a-z0-9+.-]*:/i.test(trimmed)) return `https://${trimmed}`;
  return trimmed;
}
