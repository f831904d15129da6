import { KINDS, type Field } from '../../../shared/fields/index.ts';
import type { ObjectDef } from '../../../shared/objects/index.ts';
import type { Column, Sort } from '../../ui/data/columns.ts';

/**
 * The columns of an object's list, as far as the person may read them; `hatched`: the others too, to show that they are hidden. The title comes first and is the row's link.
 */
export function columnsOf(
  object: ObjectDef,
  may: (field: string) => boolean,
  { hatched = false }: { hatched?: boolean } = {},
): Column[] {
  return (object.pages?.columns ?? [object.title])
    .flatMap((name) => object.fields[name] ?? [])
    .filter((field) => field.name === object.title || hatched || may(field.name))
    .map((field) => ({
      key: field.name,
      label: field.label,
      sortable: sortable(field) && may(field.name),
      ...(['money', 'percent', 'integer'].includes(field.kind) ? { align: 'end' as const } : {}),
      ...(field.name === object.title ? { phone: 'title' as const } : {}),
      ...(object.pages?.phone.includes(field.name) === false ? { phone: 'hide' as const } : {}),
    }));
}

// What ids and stage keys sort by means nothing to people.
const sortable = (field: Field): boolean => KINDS[field.kind].sortable && field.computedFrom === null;

/** `-amount` in an address, as a table says it; undefined if it names no column that sorts. */
export function readSort(text: string | null, columns: readonly Column[]): Sort | undefined {
  if (!text) return undefined;
  const key = text.replace(/^-/, '');
  const column = columns.find((one) => one.key === key && one.sortable);
  return column && { key, direction: text.startsWith('-') ? 'desc' : 'asc' };
}

export const writeSort = ({ key, direction }: Sort): string => (direction === 'desc' ? `-${key}` : key);
