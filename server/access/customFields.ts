import { z } from 'zod';
import { customFieldSchema, OBJECTS, Registry, type CustomField } from '../../shared/objects/index.ts';
import type { AnySql } from '../db/fragments.ts';
import type { App } from '../lib/app.ts';

/** The organisation's own fields, in the order that people see: with the code's objects they make the registry. */
export async function loadCustomFields(sql: AnySql): Promise<CustomField[]> {
  const rows = await sql`
    select object, name, kind, label, sensitivity, required, choices from custom_field order by object, position, name
  `;
  return z.array(customFieldSchema).parse([...rows]);
}

/** Lets the program know the fields of now. Fields are only ever added: what was read before others is not put back. */
export async function takeUpCustomFields(app: App): Promise<void> {
  const fields = await loadCustomFields(app.sql);
  const known = [...app.registry.objects.values()].flatMap((object) =>
    Object.values(object.fields).filter(({ custom }) => custom),
  );
  if (fields.length > known.length) app.registry = new Registry(OBJECTS, fields);
}
