import type { Value } from '../../shared/fields/index.ts';
import { must } from '../../shared/lib/must.ts';
import { columnOf, type ObjectDef } from '../../shared/objects/index.ts';
import { toJson } from '../db/json.ts';
import type { Tx } from '../db/transaction.ts';

/** Checked values by field name; null is empty. */
export type Values = Record<string, Value>;

/** The same values by column, as parameters, and those of custom fields together (empty ones as null). */
export function columnsOf(
  tx: Tx,
  object: ObjectDef,
  values: Values,
): { columns: Record<string, unknown>; custom: Values } {
  const columns: Record<string, unknown> = {};
  const custom: Values = {};
  for (const [name, value] of Object.entries(values)) {
    const field = must(object.fields[name], `a field ${object.name}.${name}`);
    if (field.custom) custom[name] = value;
    else if (field.kind === 'relations') columns[columnOf(field)] = value ?? [];
    else if (field.kind === 'stages')
      columns[columnOf(field)] = toJson(tx, Array.isArray(value) ? value : []);
    else columns[columnOf(field)] = value;
  }
  return { columns, custom };
}
