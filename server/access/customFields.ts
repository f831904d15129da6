import { z } from 'zod';
import { customFieldSchema, type CustomField } from '../../shared/objects/index.ts';
import type { AnySql } from '../db/fragments.ts';

/** The organisation's own fields, in the order that people see: with the code's objects they make the registry. */
export async function loadCustomFields(sql: AnySql): Promise<CustomField[]> {
  const rows = await sql`
    select object, name, kind, label, sensitivity, required, choices from custom_field order by object, position, name
  `;
  return z.array(customFieldSchema).parse([...rows]);
}
