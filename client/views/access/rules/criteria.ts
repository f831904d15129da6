import type { Field, Operator, Value } from '../../../../shared/fields/index.ts';
import type { ObjectDef } from '../../../../shared/objects/index.ts';
import { filterField, parseFilter, type Filter } from '../../../../shared/protocol/index.ts';
import { operandsOf, shownAs, type Comparison } from './operators.ts';

/** A filter as in lists: `{"stage":"won","amount":{"gte":1000},"or":[…]}`. */
export type Criteria = Record<string, unknown>;

/** Criteria as they are built: what is still being filled in has its place too. */
export interface Group {
  /** Tells parts apart on screen. */
  key: number;
  join: 'and' | 'or';
  parts: Part[];
}
export interface Test {
  key: number;
  /** '' until one is chosen. */
  field: string;
  comparison: Comparison;
  values: Value[];
}
export type Part = Group | Test;

/** Groups may stand in groups so deep: the filter that comes of it is one level deeper. */
export const GROUPS_DEEP = 3;

let keys = 0;
export const emptyTest = (): Test => ({ key: ++keys, field: '', comparison: 'is', values: [] });
export const emptyGroup = (join: Group['join'], parts: Part[] = []): Group => ({ key: ++keys, join, parts });
export const isGroup = (part: Part): part is Group => 'join' in part;

/** Criteria as a tree to edit. What cannot be read (a field is gone) is left out. */
export function readCriteria(object: ObjectDef, criteria: Criteria): Group {
  let filter: Filter;
  try {
    filter = parseFilter(object, criteria);
  } catch {
    return emptyGroup('and');
  }
  const read = partOf(object, filter);
  return isGroup(read) ? read : emptyGroup('and', [read]);
}

function partOf(object: ObjectDef, filter: Filter): Part {
  if ('field' in filter) return testOf(object, filter);
  const join = 'all' in filter ? 'and' : 'or';
  const parts = ('all' in filter ? filter.all : filter.any).map((part) => partOf(object, part));
  const [only] = parts;
  if (only && parts.length === 1) return only;
  // "a, and b and c" is one list.
  return emptyGroup(
    join,
    parts.flatMap((part) => (isGroup(part) && part.join === join ? part.parts : [part])),
  );
}

function testOf(
  object: ObjectDef,
  filter: { field: string; operator: Operator; value: Value | Value[] },
): Test {
  const { field, operator, value } = filter;
  const comparison = shownAs(filterField(object, field), operator, value);
  // Nothing that can be compared holds a list: a list is several values.
  const given = Array.isArray(value) ? (value as Value[]) : [value];
  const values = operandsOf(comparison) === 'none' ? [] : given;
  return { key: ++keys, field, comparison, values };
}

/** The criteria of a tree; null while something in it is still missing. An empty tree fits every record. */
export function writeCriteria(group: Group): Criteria | null {
  if (group.parts.length === 0) return {};
  const parts = group.parts.map((part) => (isGroup(part) ? writeGroup(part) : writeTest(part)));
  if (parts.some((part) => part === null)) return null;
  const [only] = parts;
  return parts.length === 1 && only ? only : { [group.join]: parts };
}

/** A group within another says something only with something in it. */
const writeGroup = (group: Group): Criteria | null =>
  group.parts.length === 0 ? null : writeCriteria(group);

function writeTest({ field, comparison, values }: Test): Criteria | null {
  if (field === '') return null;
  if (comparison === 'empty' || comparison === 'filled')
    return { [field]: { empty: comparison === 'empty' } };
  const given = values.filter((value) => value !== '' && value !== null);
  if (given.length === 0) return null;
  if (comparison === 'in' || comparison === 'nin') return { [field]: { [comparison]: given } };
  const operator: Operator = comparison === 'is' ? 'eq' : comparison === 'is_not' ? 'ne' : comparison;
  return { [field]: operator === 'eq' ? given[0] : { [operator]: given[0] } };
}

/** How many comparisons a tree holds. */
export const testsIn = (part: Part): number =>
  isGroup(part) ? part.parts.reduce((sum, one) => sum + testsIn(one), 0) : 1;

/** The fields that criteria look at. */
export function fieldsIn(object: ObjectDef, part: Part): Field[] {
  if (isGroup(part)) return part.parts.flatMap((one) => fieldsIn(object, one));
  return part.field === '' ? [] : [filterField(object, part.field)];
}
