import { isStorable, KINDS, OPERATORS, type Field, type Operator, type Value } from '../fields/index.ts';
import type { ObjectDef } from '../objects/index.ts';
import { badFilter } from './errors.ts';

/** A checked filter: a tree of comparisons. Both readings (here, and as SQL) take null for an unreadable field. */
export type Filter =
  { all: Filter[] } | { any: Filter[] } | { field: string; operator: Operator; value: Value | Value[] };

export const FILTER_LIMITS = { depth: 4, comparisons: 50, in: 500, bytes: 32_768 };

/**
 * Reads `{"stage":"won","amount":{"gte":1000},"or":[…]}`: keys are joined by AND; `or` and `and` take lists of filters.
 * A bare value means `eq` (`null` means empty), a list means `in`.
 * @throws ApiError `bad_filter` – whether a field is readable is asked elsewhere, see `fieldsOf`
 */
export function parseFilter(object: ObjectDef, json: unknown): Filter {
  const budget = { left: FILTER_LIMITS.comparisons };
  return parseAll(object, json ?? {}, 1, budget);
}

function parseAll(object: ObjectDef, json: unknown, depth: number, budget: { left: number }): Filter {
  if (depth > FILTER_LIMITS.depth) throw badFilter(`A filter may be ${FILTER_LIMITS.depth} levels deep`);
  if (typeof json !== 'object' || json === null || Array.isArray(json))
    throw badFilter('A filter is an object');
  const all = Object.entries(json).flatMap(([key, value]): Filter[] => {
    if (key === 'or' || key === 'and') {
      if (!Array.isArray(value) || value.length === 0) throw badFilter(`"${key}" takes a list of filters`);
      const parts = value.map((part) => parseAll(object, part, depth + 1, budget));
      return [key === 'or' ? { any: parts } : { all: parts }];
    }
    const field = filterField(object, key);
    return tests(value).map(([operator, operand]) => {
      if (--budget.left < 0) throw badFilter(`A filter may hold ${FILTER_LIMITS.comparisons} comparisons`);
      return { field: key, operator, value: operandOf(field, operator, operand) };
    });
  });
  return { all };
}

/** `id` may be filtered like a field (to hold a set of records open). */
export const ID_FIELD: Field = {
  name: 'id', kind: 'relation', label: 'Id', sensitivity: 'normal', required: true, system: true, assigns: false,
  custom: false, max: 0, choices: [], initial: null, codes: null, target: null, computedFrom: null, inputs: [],
}; // prettier-ignore
export const CREATED_FIELD: Field = { ...ID_FIELD, name: 'created_at', kind: 'instant', label: 'Created' };

/** The field of that name, `id` and `created_at` included. @throws ApiError `bad_filter` */
export function filterField(object: ObjectDef, name: string): Field {
  if (name === 'id') return ID_FIELD;
  if (name === 'created_at') return CREATED_FIELD;
  const field = Object.hasOwn(object.fields, name) ? object.fields[name] : undefined;
  if (!field) throw badFilter(`${object.label} has no field "${name.slice(0, 60)}"`);
  return field;
}

function tests(value: unknown): [Operator, unknown][] {
  if (value === null) return [['empty', true]];
  if (Array.isArray(value)) return [['in', value]];
  if (typeof value !== 'object') return [['eq', value]];
  const entries = Object.entries(value);
  if (entries.length === 0) throw badFilter('A comparison needs an operator');
  return entries.map(([operator, operand]) => {
    if (!OPERATORS.includes(operator as Operator))
      throw badFilter(`There is no operator "${operator.slice(0, 20)}"`);
    return [operator as Operator, operand];
  });
}

function operandOf(field: Field, operator: Operator, operand: unknown): Value | Value[] {
  const kind = KINDS[field.kind];
  if (!kind.operators.includes(operator))
    throw badFilter(`"${field.name}" cannot be asked with "${operator}"`);
  if (operator === 'empty') {
    if (typeof operand !== 'boolean') throw badFilter('"empty" takes true or false');
    return operand;
  }
  if (operator === 'contains' || operator === 'starts') {
    if (typeof operand !== 'string' || operand.length > 200 || !isStorable(operand))
      throw badFilter(`"${operator}" takes a short text`);
    return operand;
  }
  const element = field.kind === 'relations' ? { ...field, kind: 'relation' as const } : field;
  const one = (value: unknown): Value => {
    const parsed = KINDS[element.kind].schema(element).safeParse(value);
    if (!parsed.success)
      throw badFilter(`"${field.name}": ${parsed.error.issues[0]?.message ?? 'not a value'}`);
    return parsed.data;
  };
  if (operator !== 'in' && operator !== 'nin') return one(operand);
  if (!Array.isArray(operand) || operand.length > FILTER_LIMITS.in) {
    throw badFilter(`"${operator}" takes a list of at most ${FILTER_LIMITS.in}`);
  }
  return operand.map(one);
}

/** Names of all fields a filter looks at. */
export function fieldsOf(filter: Filter): string[] {
  if ('all' in filter) return filter.all.flatMap(fieldsOf);
  if ('any' in filter) return filter.any.flatMap(fieldsOf);
  return [filter.field];
}

/** Whether a (masked) record passes. Held equal to the SQL reading (server/records/filterSql.ts) by a property test. */
export function passes(filter: Filter, record: Readonly<Record<string, unknown>>): boolean {
  if ('all' in filter) return filter.all.every((part) => passes(part, record));
  if ('any' in filter) return filter.any.some((part) => passes(part, record));
  const actual = (record[filter.field] ?? null) as Value;
  const { operator, value } = filter;
  switch (operator) {
    case 'empty':
      return (actual === null || (Array.isArray(actual) && actual.length === 0)) === value;
    case 'ne':
      return actual !== value;
    case 'eq':
      return actual === value;
    case 'in':
      return actual !== null && isAmong(value as Value[], actual);
    case 'nin':
      return actual === null || !isAmong(value as Value[], actual);
    case 'has':
      return Array.isArray(actual) && (actual as string[]).includes(value as string);
    case 'contains':
      return typeof actual === 'string' && actual.toLowerCase().includes(String(value).toLowerCase());
    case 'starts':
      return typeof actual === 'string' && actual.toLowerCase().startsWith(String(value).toLowerCase());
    default:
      return actual !== null && ordered(operator, actual as string | number, value as string | number);
  }
}

/** Long lists name what a client wants to know the names of: each is asked for thousands of records. */
function isAmong(values: readonly Value[], value: Value): boolean {
  if (values.length < SHORT) return values.includes(value);
  let set = sets.get(values);
  if (!set) sets.set(values, (set = new Set(values)));
  return set.has(value);
}
const SHORT = 9;
const sets = new WeakMap<readonly Value[], ReadonlySet<Value>>();

function ordered(operator: 'gt' | 'gte' | 'lt' | 'lte', a: string | number, b: string | number): boolean {
  if (operator === 'gt') return a > b;
  if (operator === 'gte') return a >= b;
  return operator === 'lt' ? a < b : a <= b;
}
