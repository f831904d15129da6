import { z } from '../lib/zod.ts';
import { compareValues, isStorable, KINDS } from '../fields/index.ts';
import type { ObjectDef } from '../objects/index.ts';
import { badFilter } from './errors.ts';
import { fieldsOf, filterField, parseFilter, passes, type Filter } from './filter.ts';

export const ROWS_MAX = 500;
export const ROWS_DEFAULT = 50;
/** A cursor carries the sorted value of the last row: an address of 2,000 characters at the longest, in base64. */
export const CURSOR_MAX = 9_000;

/** What a client opens: a list with a filter, an order and a limit; `record` is the list of one. */
export const viewSchema = z.strictObject({
  object: z.string().max(60),
  /** Value of the object's partition field (for deals: a pipeline's id). */
  partition: z.uuid().optional(),
  record: z.uuid().optional(),
  filter: z.record(z.string(), z.unknown()).optional(),
  /** Search text, as `q` of the list endpoints. */
  q: z.string().max(200).optional(),
  /** Field name, with `-` in front for descending. */
  sort: z.string().max(61).optional(),
  limit: z.int().min(1).max(ROWS_MAX).optional(),
  /** False: only the rows are wanted, not what the whole view adds up to. */
  totals: z.boolean().optional(),
});
export type ViewRequest = z.infer<typeof viewSchema>;

/** A view, checked against the registry: everything that decides which records are in it, and in which order. */
export interface View {
  object: ObjectDef;
  filter: Filter;
  q: string;
  /** `asked` is false for the object's own order, which applies to whoever cannot read its field too (as if empty). */
  sort: { field: string; descending: boolean; asked: boolean };
  limit: number;
  totals: boolean;
}

/** @throws ApiError `bad_filter` */
export function parseView(object: ObjectDef, request: Omit<ViewRequest, 'object'>): View {
  const all = [parseFilter(object, request.filter)];
  if (request.record !== undefined) all.push({ field: 'id', operator: 'eq', value: request.record });
  if (request.partition !== undefined) {
    if (object.partition === null) throw badFilter(`${object.labelPlural} have no partition`);
    all.push({ field: object.partition, operator: 'eq', value: request.partition });
  }
  const sort = request.sort ?? object.sort;
  const field = filterField(object, sort.replace(/^-/, ''));
  if (!KINDS[field.kind].sortable) throw badFilter(`Cannot be sorted by "${field.name}"`);
  if (!isStorable(request.q ?? '')) throw badFilter('The search holds characters that nothing can contain');
  return {
    object,
    filter: { all },
    q: (request.q ?? '').trim(),
    sort: { field: field.name, descending: sort.startsWith('-'), asked: request.sort !== undefined },
    limit: request.limit ?? ROWS_DEFAULT,
    totals: request.totals ?? true,
  };
}

/** Names of all fields that whoever asks has named for membership or order: each must be readable by them. */
export const fieldsAskedBy = (view: View): string[] => [
  ...new Set([...fieldsOf(view.filter), ...(view.sort.asked ? [view.sort.field] : [])]),
];

/** Whether a (masked) record belongs to the view: the same function decides on the server and in the client. */
export function matches(view: View, record: Readonly<Record<string, unknown>>): boolean {
  return passes(view.filter, record) && searched(view, record);
}

function searched(view: View, record: Readonly<Record<string, unknown>>): boolean {
  if (view.q === '') return true;
  const wanted = view.q.toLowerCase();
  return view.object.search.some((name) => {
    const value = record[name];
    return typeof value === 'string' && value.toLowerCase().includes(wanted);
  });
}

/** Order of two records in a view; equal ones by id, so that the order is total. Empty values come last either way. */
export function compareIn(
  view: View,
  a: Readonly<Record<string, unknown>>,
  b: Readonly<Record<string, unknown>>,
): number {
  const field = filterField(view.object, view.sort.field);
  const left = (a[field.name] ?? null) as string | number | null;
  const right = (b[field.name] ?? null) as string | number | null;
  const order = compareValues(field, left, right);
  const turned = left === null || right === null || !view.sort.descending ? order : -order;
  return turned || (String(a['id']) < String(b['id']) ? -1 : String(a['id']) > String(b['id']) ? 1 : 0);
}
