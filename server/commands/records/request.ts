import { valueSchema } from '../../../shared/fields/index.ts';
import { isId } from '../../../shared/lib/ids.ts';
import type { ObjectDef } from '../../../shared/objects/index.ts';
import { invalid, notFound, unknownField } from '../../../shared/protocol/index.ts';
import type { App } from '../../lib/app.ts';
import type { Values } from '../../records/columns.ts';

// What can be said of a request without looking at any record.

/** The object of that name, if people write it at all (sessions are the program's). @throws ApiError `not_found` */
export function objectNamed(app: App, name: string): ObjectDef {
  const object = app.registry.find(name);
  if (!object || Object.values(object.fields).every((field) => field.system)) throw notFound();
  return object;
}

/** @throws ApiError `not_found`, as for an id that nobody has */
export function idFrom(text: string): string {
  const id = text.toLowerCase();
  if (!isId(id)) throw notFound();
  return id;
}

/**
 * Values as their fields have them.
 * @throws ApiError `unknown_field` for a key that is no field, or one that only the program writes; `invalid` per field
 */
export function parseValues(object: ObjectDef, body: Readonly<Record<string, unknown>>): Values {
  const unknown = Object.keys(body).filter(
    (key) => !Object.hasOwn(object.fields, key) || object.fields[key]?.system,
  );
  if (unknown.length > 0) throw unknownField(unknown.slice(0, 20).map((key) => key.slice(0, 60)));

  const values: Values = {};
  const wrong: Record<string, string> = {};
  for (const [name, raw] of Object.entries(body)) {
    const field = object.fields[name]!;
    const parsed = valueSchema(field).safeParse(raw);
    if (parsed.success) values[name] = parsed.data;
    else
      wrong[name] =
        raw === null ? 'Required' : (parsed.error.issues[0]?.message ?? 'Not a value for this field');
  }
  if (Object.keys(wrong).length > 0) throw invalid(wrong);
  return values;
}
