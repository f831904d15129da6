import type { MaskedRecord } from '../../shared/access/index.ts';
import type { Field, Value } from '../../shared/fields/index.ts';
import type { ObjectDef } from '../../shared/objects/index.ts';
import { listOf } from './pages.ts';
import { looksAs } from '../net/seeAs.ts';

/** Reading fields of a record by what they hold: null where the value is empty, hidden or of another kind. */

export function text(record: MaskedRecord, field: string): string | null {
  const value = record[field];
  return typeof value === 'string' && value !== '' ? value : null;
}

export function num(record: MaskedRecord, field: string): number | null {
  const value = record[field];
  return typeof value === 'number' ? value : null;
}

/** The ids of a relation or a list of relations. */
export function ids(record: MaskedRecord, field: string): string[] {
  const value = record[field];
  if (typeof value === 'string') return [value];
  return Array.isArray(value) ? value.filter((id): id is string => typeof id === 'string') : [];
}

/** The value of a field; undefined where the person may not read it. */
export const valueOf = (record: MaskedRecord, field: string): Value | undefined => {
  const value = record[field];
  return value !== null && typeof value === 'object' && !Array.isArray(value) ? undefined : value;
};

/** Whether the person may read this field of this record at all. */
export const readable = (record: MaskedRecord, field: string): boolean => record[field] !== undefined;

/** Whoever looks as somebody else changes nothing, whatever that one may. */
export const mayEdit = (record: MaskedRecord, field: string): boolean =>
  looksAs() === null && record.may.edit.includes(field);
export const mayDo = (record: MaskedRecord, action: MaskedRecord['may']['actions'][number]): boolean =>
  record.may.actions.includes(action) && (looksAs() === null || READING.includes(action));
const READING: readonly string[] = ['read', 'read_thread'];

/** What people call the record. */
export const titleOf = (object: ObjectDef, record: MaskedRecord): string => text(record, object.title) ?? '—';

export const isEmpty = (value: unknown): boolean =>
  value === null || value === undefined || value === '' || (Array.isArray(value) && value.length === 0);

/** The address of a record's own page; null for objects that have none. */
export function pathOf(object: string, id: string): string | null {
  const list = listOf(object);
  return list === null ? null : `${list}/${id}`;
}

/** The field of that name; throws for a name that the registry does not know. */
export function fieldOf(object: ObjectDef, name: string): Field {
  const field = object.fields[name];
  if (!field) throw new Error(`${object.name} has no field ${name}`);
  return field;
}
