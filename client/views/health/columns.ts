import type { ObjectDef } from '../../../shared/objects/index.ts';
import { parseFilter, type Filter } from '../../../shared/protocol/index.ts';
import { KINDS } from '../../../shared/fields/index.ts';
import type { Column } from '../../ui/data/columns.ts';

/** Fields that are the same on every line: what a check looks at in order to find the open ones. */
const SAID_BY_CHECK = ['closed_at', 'status'];

/** The columns that help to mend: the title, what the check looks at, what tells records apart, whose they are. */
export function columnsFor(
  object: ObjectDef,
  filter: Record<string, unknown>,
  may: (field: string) => boolean,
): Column[] {
  const asked = askedBy(parseFilter(object, filter)).filter((name) => !SAID_BY_CHECK.includes(name));
  const owner = object.facts.owner ?? [];
  const names = new Set([object.title, ...asked, ...(object.found?.beside ?? [])].concat(owner));
  return [...names]
    .flatMap((name) => object.fields[name] ?? [])
    .filter(({ name, kind }) => name === object.title || (may(name) && kind !== 'relations'))
    .map((field) => ({
      key: field.name,
      label: field.label,
      sortable: KINDS[field.kind].sortable && field.computedFrom === null,
      ...(['money', 'percent', 'integer'].includes(field.kind) ? { align: 'end' as const } : {}),
      ...(field.name === object.title ? { phone: 'title' as const } : {}),
    }));
}

/** Names of the fields that a filter looks at; where it asks for empty ones there is nothing to show. */
function askedBy(filter: Filter): string[] {
  if ('all' in filter) return filter.all.flatMap(askedBy);
  if ('any' in filter) return filter.any.flatMap(askedBy);
  return filter.operator === 'empty' ? [] : [filter.field];
}
