import { KINDS, type Field, type KindName, type Operator } from '../../../../shared/fields/index.ts';
import { CREATED_FIELD } from '../../../../shared/protocol/index.ts';
import type { ObjectDef } from '../../../../shared/objects/index.ts';

/** How a field can be compared in the builder: `filled` is `empty` with false, one value stands for a list of one. */
export type Comparison = Exclude<Operator, 'eq' | 'ne'> | 'is' | 'is_not' | 'filled';

/** What is compared with one value of a short list is compared with several just as well. */
const LISTED: readonly KindName[] = ['choice', 'stage', 'relation'];
const isListed = (field: Field): boolean => LISTED.includes(field.kind) || field.codes !== null;
const MOMENTS: readonly KindName[] = ['date', 'instant'];

/** Comparisons offered for a field, the most usual first. */
export function comparisonsOf(field: Field): Comparison[] {
  const known = KINDS[field.kind].operators;
  const has = (operator: Operator) => known.includes(operator);
  const equality: Comparison[] = isListed(field)
    ? ['in', 'nin']
    : field.kind === 'boolean'
      ? ['is']
      : field.kind === 'instant'
        ? []
        : has('eq')
          ? ['is', 'is_not', ...(has('contains') ? (['in'] as const) : [])]
          : [];
  const ordered: Comparison[] = MOMENTS.includes(field.kind) ? ['gte', 'lte'] : ['gte', 'lte', 'gt', 'lt'];
  return [
    ...(has('has') ? (['has'] as const) : []),
    // A sum is seldom meant to the cent.
    ...(has('gt') ? ordered : []),
    ...equality,
    ...(has('starts') && field.codes === null ? (['starts'] as const) : []),
    ...(has('contains') && field.codes === null ? (['contains'] as const) : []),
    ...(field.required || !has('empty') ? [] : (['filled', 'empty'] as const)),
  ];
}

/** How many values a comparison takes. */
export function operandsOf(comparison: Comparison): 'none' | 'one' | 'many' {
  if (comparison === 'empty' || comparison === 'filled') return 'none';
  return comparison === 'in' || comparison === 'nin' ? 'many' : 'one';
}

/** The comparison that an operator of a filter is shown as. */
export function shownAs(field: Field, operator: Operator, value: unknown): Comparison {
  const listed = isListed(field);
  if (operator === 'eq') return listed ? 'in' : 'is';
  if (operator === 'ne') return listed ? 'nin' : 'is_not';
  if (operator === 'empty') return value === true ? 'empty' : 'filled';
  return operator;
}

/**
 * Fields that criteria may look at, by label: those that this person may read, and that stand on the record itself.
 * `mayRead` says which.
 */
export function criteriaFields(object: ObjectDef, mayRead: (field: string) => boolean): Field[] {
  return [...Object.values(object.fields), CREATED_FIELD]
    .filter((field) => KINDS[field.kind].operators.length > 0)
    .filter((field) => field.computedFrom === null && !(field.system && field.sensitivity === 'secret'))
    .filter((field) => field.name === CREATED_FIELD.name || mayRead(field.name))
    .sort((a, b) => a.label.localeCompare(b.label));
}
